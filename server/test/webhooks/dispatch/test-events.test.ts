import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { verifyWebhook } from '../../../../client/src/index.ts'
import { SUBSCRIBABLE_TYPES } from '../../../src/events/event.ts'
import { createMarket, setMerchant } from '../../commissions/market.ts'
import type { Market } from '../../commissions/market.ts'
import { published } from '../../conformance/published-client.ts'
import { databases } from '../../support/databases.ts'
import { emailHash } from '../../support/hash.ts'
import { must } from '../../support/network.ts'
import type { Member } from '../../support/network.ts'
import { startReceiver } from '../../support/receiver.ts'
import type { Received } from '../../support/receiver.ts'

const DAY_MS = 86_400_000

type Body = Received['body']

/** Every member's name with those above it, in order; of a list those of its first member. */
function pathsOf(value: unknown, above = ''): string[] {
  if (Array.isArray(value)) return pathsOf(value[0], `${above}[]`)
  if (typeof value !== 'object' || value === null) return [above]
  const entries = Object.entries(value)
  return entries.length === 0
    ? [`${above}{}`]
    : entries.flatMap(([name, member]) => pathsOf(member, `${above}.${name}`))
}

/** Its members that are no objects, by their path: of which kind each is. */
function kindsOf(value: unknown, above = ''): [string, string][] {
  if (Array.isArray(value)) return kindsOf(value[0], `${above}[]`)
  if (typeof value !== 'object' || value === null) return [[above, kindOf(value)]]
  return Object.entries(value).flatMap(([name, member]) => kindsOf(member, `${above}.${name}`))
}

function kindOf(value: unknown): string {
  if (typeof value !== 'string') return value === null ? 'null' : typeof value
  return value.replace(/[0-9a-f]{16}$/, '#').replaceAll(/\d/g, '0')
}

// What is of a real event's own making, and not of its shape.
const OWN =
  /\.(customer_id|url|status|error|name|\w+_name|identifier|category|publisher_customer_id)$/

describe.each(databases)('test events on $name', (testDatabase) => {
  let market: Market
  let publisher: Member
  let merchant: Member

  beforeAll(async () => {
    market = await createMarket(testDatabase, { publishers: 1, merchants: 1 })
    ;[publisher, merchant] = [market.network.publishers[0]!, market.network.merchants[0]!]
  })
  afterAll(async () => {
    expect(await market.drift()).toEqual([])
    await market.stop()
  })

  async function endpoint(event_types: readonly string[], ...answers: number[]) {
    const receiver = await startReceiver(...answers)
    onTestFinished(() => receiver.close())
    const body = { url: receiver.url, event_types }
    const { id, secret } = await must(publisher.call('POST', '/v1/webhooks', body))
    onTestFinished(async () => void (await publisher.call('DELETE', `/v1/webhooks/${id}`)))
    const path = `/v1/webhooks/${id}`
    const ping = (request?: object) => must(publisher.call('POST', `${path}/ping`, request))
    return { receiver, path, ping, secret: secret as string }
  }

  /** Has one event of each type happen, and answers their bodies by type. */
  async function happen(path: string, received: Received[]): Promise<Map<unknown, Body>> {
    const rates = [{ segment: 'new', percent: '10' }]
    await must(merchant.call('POST', '/v1/rate-cards', { name: 'Books', rates }))
    await setMerchant(market.network, merchant, { finalization_days: 30 })
    for (const id of ['kept', 'deleted']) {
      const email = emailHash(`${id}@shop.example`)
      await must(publisher.call('POST', '/v1/customers', { id, email_sha256: email }))
      const token = await market.click(publisher, merchant, { user: id })
      const line = { identifier: 'book-1', total: 2299, amount: 2299, category: ['Books'] }
      const order = { order_id: id, total: 2299, currency: 'USD', btn_ref: token }
      const customer = { id, email_sha256: email }
      await must(merchant.call('POST', '/v1/order', { ...order, line_items: [line], customer }))
    }
    await must(merchant.call('DELETE', '/v1/order/deleted'))
    // A month's leap of the clock is no wait for what is being sent.
    const waiting = () => must(publisher.call('GET', `${path}/deliveries?state=waiting`))
    await expect.poll(waiting, { timeout: 15_000 }).toEqual([])
    await market.advance(31 * DAY_MS)
    await market.validate()
    const broken = await endpoint(['tx-pending'], 503)
    for (let count = 0; count < 5; count++) await broken.ping()
    await expect
      .poll(() => new Set(received.map(({ body }) => body['event_type'])).size, { timeout: 15_000 })
      .toBe(SUBSCRIBABLE_TYPES.length)
    // The first of each: a customer's second move is that of the order that was deleted.
    return new Map(received.map(({ body }) => [body['event_type'], body] as const).reverse())
  }

  test('they have the members of real ones, in the same order and of the same kinds', async () => {
    const { receiver, path, ping } = await endpoint(SUBSCRIBABLE_TYPES)
    const real = await happen(path, receiver.received)
    receiver.received.length = 0
    for (const event_type of SUBSCRIBABLE_TYPES) await ping({ event_type })
    await receiver.arrived(SUBSCRIBABLE_TYPES.length)
    for (const { body } of receiver.received) {
      const type = body['event_type'] as string
      const { id, request_id, event_type, test: isTest, ...members } = body
      expect(Object.keys(body).slice(0, 4)).toEqual(['id', 'request_id', 'event_type', 'test'])
      expect(isTest).toBe(true)
      const made = { id, request_id, event_type, ...members }
      expect(pathsOf(made), type).toEqual(pathsOf(real.get(type)))
      const kinds = new Map(kindsOf(real.get(type)))
      for (const [path, kind] of kindsOf(made)) {
        const theirs = kinds.get(path)
        if (kind !== 'null' && theirs !== 'null' && !OWN.test(path)) expect(kind, path).toBe(theirs)
      }
    }
  })

  test('they go to the one endpoint, whatever that subscribes to, and every client takes them', async () => {
    const { receiver, ping, path, secret } = await endpoint(['tx-validated'])
    const other = await endpoint(SUBSCRIBABLE_TYPES)
    for (const event_type of SUBSCRIBABLE_TYPES) {
      const delivery = await ping({ event_type })
      expect(delivery).toMatchObject({
        ...{ event_type, test: true, state: 'waiting', attempts: [] },
        ...{ customer_id: null, transaction_id: null },
      })
    }
    await receiver.arrived(SUBSCRIBABLE_TYPES.length)
    for (const { raw, headers, body } of receiver.received) {
      const now = market.clock.now()
      const event = verifyWebhook({ body: raw, headers, secret, now })
      expect(event).toEqual(body)
      expect(event).toHaveProperty('test', true)
      const signature = String(headers['x-button-signature'])
      expect(published.utils.isWebhookAuthentic(secret, raw, signature)).toBe(true)
      const signed = new Webhook(secret).sign(String(headers['webhook-id']), now, raw.toString())
      expect(headers['webhook-signature']).toBe(signed)
    }
    const list = (query = '') => must(publisher.call('GET', `${path}/deliveries${query}`))
    await expect.poll(async () => (await list('?state=acknowledged')).length).toBe(5)
    const [shown] = await list('?event_type=tx-pending')
    expect(shown).toMatchObject({
      event_type: 'tx-pending',
      test: true,
      attempts: [{ status: 204 }],
    })
    expect(await list('?event_type=ping')).toEqual([])
    await other.ping()
    await other.receiver.arrived(1)
    expect(other.receiver.received).toMatchObject([{ body: { event_type: 'ping' } }])
    expect(other.receiver.received[0]?.body).not.toHaveProperty('test')
  })

  test('what cannot be asked for is refused', async () => {
    const { path } = await endpoint(['tx-pending'])
    for (const event_type of ['ping', 'test-tx-pending', 'segment-change-quiet', null]) {
      const { status, body } = await publisher.call('POST', `${path}/ping`, { event_type })
      expect([status, body.error.details.field]).toEqual([400, 'event_type'])
    }
  })
})
