import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import StandardWebhooks from 'standardwebhooks'
import { hashEmail, verifyWebhook, WebhookVerificationError } from '../../../client/src/index.ts'
import type { Client } from '../../../client/src/index.ts'
import { databases } from '../support/databases.ts'
import { startFreshNetwork } from '../support/network.ts'
import type { Network } from '../support/network.ts'
import { startReceiver } from '../support/receiver.ts'
import type { Received, Receiver } from '../support/receiver.ts'
import { clientOf, collect, failureOf } from './own-client.ts'
import { published } from './published-client.ts'

describe.each(databases)('our own client on $name', ({ create }) => {
  let network: Network
  let publisher: Client
  let merchant: Client
  let merchantId: string
  let receiver: Receiver

  beforeAll(async () => {
    network = await startFreshNetwork(create, { publishers: 1, merchants: 1 })
    publisher = clientOf(network, network.publishers[0]!)
    merchant = clientOf(network, network.merchants[0]!)
    merchantId = network.merchants[0]!.organization.id
    receiver = await startReceiver(204)
  })

  afterAll(async () => {
    await receiver.close()
    await network.stop()
  })

  test('customers: report, get, replace, erase', async () => {
    const [first, second] = [hashEmail('1@example.com'), hashEmail('2@example.com')]
    const id = 'customer/1?&#%'
    const advertisingId = '6d92078a-8246-4ba4-ae5b-76104861e7dc'
    const reported = await publisher.customers.report({ id, email_sha256: first })
    expect(reported).toMatchObject({ id, emails_sha256: [first], advertising_id: null })
    expect(reported.segments).toMatchObject([{ organization_id: merchantId, name: 'new' }])
    expect(await publisher.customers.get(id)).toEqual(reported)
    const identifiers = { email_sha256: second, advertising_id: advertisingId }
    const replaced = await publisher.customers.replace(id, identifiers)
    expect(replaced).toMatchObject({ emails_sha256: [second], advertising_id: advertisingId })
    await publisher.customers.erase(id)
    expect(await failureOf(publisher.customers.get(id))).toMatchObject({
      status: 404,
      type: 'NotFound',
      requestId: expect.stringMatching(/^req-/),
    })
  })

  test('customers: a batch answers one result a row', async () => {
    const results = await publisher.customers.reportBatch([
      { id: 'batch-1', email_sha256: hashEmail('batch@example.com') },
      { id: 'batch-2', email_sha256: 'batch@example.com' },
      { id: 'no spaces please' },
      { id: 'batch-3' },
    ])
    expect(results).toMatchObject([
      { id: 'batch-1', status: 'created' },
      { id: 'batch-2', status: 'rejected', error: { type: 'InvalidField' } },
      { id: null, status: 'rejected', error: { details: { field: 'id' } } },
      { id: 'batch-3', status: 'created' },
    ])
    expect(JSON.stringify(results)).not.toContain('batch@example.com')
  })

  test('orders: create, get, update, cancel, verdict', async () => {
    const customer = { id: 'shopper-1', email_sha256: hashEmail('shopper@example.com') }
    const created = await merchant.orders.create({
      order_id: 'order-1',
      total: '22.99',
      total_as_decimal: true,
      currency: 'USD',
      customer,
      btn_ref: 'srctok-00000000000000ff',
      line_items: [{ identifier: 'tea', amount: '11.50', quantity: 2, attributes: { fair: true } }],
    })
    expect(created).toMatchObject({ total: 2299, status: 'open', session_id: null, ifa: null })
    expect(created.line_items).toEqual([
      {
        identifier: 'tea',
        total: 2300,
        amount: 1150,
        quantity: 2,
        description: null,
        sku: null,
        upc: null,
        gtin: null,
        category: [],
        attributes: { fair: 'true' },
      },
    ])
    expect(await merchant.orders.get(created.button_order_id)).toEqual(created)
    const second = await merchant.orders.create({
      order_id: 'order-2',
      total: 1,
      currency: 'USD',
      customer,
    })
    expect(await merchant.orders.verdict('order-1')).toMatchObject({
      button_order_id: created.button_order_id,
      order_id: 'order-1',
      segment: 'new',
      evidence: null,
    })
    expect(await merchant.orders.verdict(second.button_order_id)).toMatchObject({
      segment: 'active',
      evidence: { matched: 'customer_id', button_order_id: created.button_order_id },
    })
    const updated = await merchant.orders.update('order-1', { total: 5, btn_ref: null })
    expect(updated).toMatchObject({ total: 5, btn_ref: null, line_items: created.line_items })
    await merchant.orders.cancel('order-1')
    expect((await merchant.orders.get('order-1')).status).toBe('deleted')
    expect(await failureOf(merchant.orders.update('order-1', { total: 6 }))).toMatchObject({
      status: 409,
      type: 'Conflict',
    })
    const found = await collect(merchant.orders.getByBtnRef('srctok-00000000000000ff'))
    expect(found).toEqual([])
  })

  test('orders: a 400 names the field', async () => {
    const order = { order_id: 'wrong', total: -1, currency: 'USD' }
    expect(await failureOf(merchant.orders.create(order))).toMatchObject({
      status: 400,
      type: 'InvalidField',
      details: { field: 'total' },
    })
  })

  test('merchants: list', async () => {
    const merchants = await collect(publisher.merchants.list({ status: 'approved' }))
    expect(merchants).toMatchObject([
      { id: merchantId, status: 'approved', customer_segments: true, rates: [] },
    ])
    expect(await collect(publisher.merchants.list({ status: 'available' }))).toEqual([])
  })

  test('webhooks: create, list, get, update, pause, resume, rotate, delete', async () => {
    const created = await publisher.webhooks.create({
      url: receiver.url,
      event_types: ['segment-change'],
      description: 'first',
    })
    const { secret, ...shown } = created
    expect(secret).toMatch(/^whsec_/)
    expect(shown.previous_secrets_expire_date).toBeNull()
    expect(shown).toMatchObject({
      id: expect.stringMatching(/^endpoint-/),
      url: receiver.url,
      event_types: ['segment-change'],
      description: 'first',
      status: 'enabled',
      paused_reason: null,
    })
    expect(await publisher.webhooks.get(created.id)).toEqual(shown)
    await publisher.webhooks.create({ url: receiver.url, event_types: ['tx-pending'] })
    const all = await collect(publisher.webhooks.list({ page_size: 1 }))
    expect(all).toHaveLength(2)
    expect(all).toContainEqual(shown)
    const changes = { description: null, event_types: ['segment-change' as const] }
    expect(await publisher.webhooks.update(created.id, changes)).toMatchObject(changes)
    expect(await publisher.webhooks.pause(created.id)).toMatchObject({
      status: 'paused',
      paused_reason: 'by-hand',
    })
    expect(await publisher.webhooks.resume(created.id)).toMatchObject({ status: 'enabled' })
    const rotated = await publisher.webhooks.rotateSecret(created.id)
    expect(rotated.secret).not.toBe(secret)
    expect(rotated.previous_secrets_expire_date).not.toBeNull()
    const now = await publisher.webhooks.rotateSecret(created.id, { overlap_hours: 0 })
    expect(now.previous_secrets_expire_date).toBeNull()
    for (const { id } of all) await publisher.webhooks.delete(id)
    expect(await collect(publisher.webhooks.list())).toEqual([])
    expect(await failureOf(publisher.webhooks.get(created.id))).toMatchObject({ status: 404 })
  })

  /** What is delivered to a new endpoint because of `act`. */
  async function deliver(
    act: (endpoint: { id: string; secret: string }) => Promise<void>,
  ): Promise<{ endpoint: { id: string; secret: string }; requests: Received[] }> {
    const own = await startReceiver(204)
    onTestFinished(() => own.close())
    const fields = { url: own.url, event_types: ['segment-change' as const] }
    const endpoint = await publisher.webhooks.create(fields)
    await act(endpoint)
    await own.arrived(1)
    return { endpoint, requests: own.received }
  }

  test('a delivered webhook is verified, by both signatures, and by others', async () => {
    const email = hashEmail('webhook@example.com')
    await publisher.customers.report({ id: 'told', email_sha256: email })
    const { endpoint, requests } = await deliver(async () => {
      const customer = { id: 'buyer', email_sha256: email }
      await merchant.orders.create({ order_id: 'tell', total: 1, currency: 'USD', customer })
    })
    const { secret } = endpoint
    const { raw: body, headers } = requests[0]!
    const event = verifyWebhook({ body, headers, secret })
    if (event.event_type !== 'segment-change') expect.fail('another event')
    const { id, request_id, event_type, data, ...members } = event
    expect({ id, request_id, event_type }).toEqual({
      id: expect.stringMatching(/^hook-/),
      request_id: expect.stringMatching(/^attempt-/),
      event_type: 'segment-change',
    })
    expect(data).toEqual(members)
    expect(data).toMatchObject({ customer_id: 'told', sequence: 1, cause: 'order' })
    expect(data.segments.previous).toMatchObject([{ organization_id: merchantId, name: 'new' }])
    expect(data.segments.current).toMatchObject([{ organization_id: merchantId, name: 'active' }])
    const read = await publisher.customers.get('told')
    expect(read.segments, 'a segment is the same everywhere').toEqual(data.segments.current)

    const signature = String(headers['x-button-signature'])
    expect(verifyWebhook({ body, headers: { 'X-Button-Signature': signature }, secret })).toEqual(
      event,
    )
    expect(published.utils.isWebhookAuthentic(secret, body, signature)).toBe(true)
    const standard = new StandardWebhooks.Webhook(secret)
    expect(standard.verify(body, headers as Record<string, string>)).toEqual(event)
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^Newcomer-Webhooks\//),
      'webhook-id': event.id,
    })
    const forged = { body: Buffer.concat([body, Buffer.from(' ')]), headers, secret }
    expect(() => verifyWebhook(forged)).toThrow(WebhookVerificationError)
    await publisher.webhooks.delete(endpoint.id)
  })

  test('while a secret is rotated the old one and the new one both verify', async () => {
    let rotated = ''
    const { endpoint, requests } = await deliver(async ({ id }) => {
      rotated = (await publisher.webhooks.rotateSecret(id, { overlap_hours: 1 })).secret
      await publisher.webhooks.ping(id)
    })
    const { raw: body, headers } = requests[0]!
    for (const secret of [endpoint.secret, rotated]) {
      const event = verifyWebhook({ body, headers, secret })
      expect(event.event_type).toBe('ping')
    }
    await publisher.webhooks.delete(endpoint.id)
  })

  test('a ping arrives, and its delivery and attempts are listed', async () => {
    let pinged: string | undefined
    const { endpoint, requests } = await deliver(async ({ id }) => {
      const delivery = await publisher.webhooks.ping(id)
      expect(delivery).toMatchObject({ event_type: 'ping', customer_id: null, attempts: [] })
      pinged = delivery.event_id
    })
    const { raw: body, headers } = requests[0]!
    const event = verifyWebhook({ body, headers, secret: endpoint.secret })
    if (event.event_type !== 'ping') expect.fail('another event')
    expect(event).toMatchObject({ id: pinged, type: 'ping', data: { endpoint_id: endpoint.id } })
    const acknowledged = async () =>
      collect(publisher.webhooks.deliveries(endpoint.id, { state: 'acknowledged' }))
    await expect.poll(acknowledged, { timeout: 10_000 }).toHaveLength(1)
    expect(await acknowledged()).toEqual([
      {
        event_id: pinged,
        event_type: 'ping',
        test: false,
        customer_id: null,
        transaction_id: null,
        state: 'acknowledged',
        attempts: [
          {
            request_id: event.request_id,
            at: expect.any(String),
            status: 204,
            error: null,
            duration_ms: expect.any(Number),
            answer: null,
            replay_id: null,
          },
        ],
        next_attempt_at: null,
        created_date: expect.any(String),
      },
    ])
    await publisher.webhooks.delete(endpoint.id)
  })
})
