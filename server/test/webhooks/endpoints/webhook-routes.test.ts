import type { FastifyInstance } from 'fastify'
import { createKeyUses } from '../../../src/organizations/key-uses.ts'
import { SERVICE } from '../../../src/journal/entry.ts'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createNotifier } from '../../../src/events/notifier.ts'
import type { Api } from '../../../src/http/api.ts'
import { requireCaller } from '../../../src/http/authenticate.ts'
import { createMetrics } from '../../../src/metrics.ts'
import { createShell } from '../../../src/http/shell.ts'
import { createApiKey } from '../../../src/organizations/create-api-key.ts'
import { deliveryRoutes } from '../../../src/webhooks/history/delivery-routes.ts'
import { pingRoutes } from '../../../src/webhooks/history/ping-routes.ts'
import { webhookRoutes } from '../../../src/webhooks/endpoints/webhook-routes.ts'
import type { WebhookParts } from '../../../src/webhooks/endpoints/webhook-parts.ts'
import { databases } from '../../support/databases.ts'
import { startReceiver } from '../../support/receiver.ts'
import type { Receiver } from '../../support/receiver.ts'
import { createWorld, customerPrefix } from '../world.ts'
import type { World } from '../world.ts'

interface Answer {
  status: number
  meta: { status: string; next: string | null; previous: string | null }
  object: Record<string, unknown>
  objects: Record<string, unknown>[]
  error: { message: string; type: string; details: Record<string, unknown> }
}

describe.each(databases)('/v1/webhooks on $name', (testDatabase) => {
  let world: World
  let receiver: Receiver
  let app: FastifyInstance
  let parts: WebhookParts
  let keys: { publisher: string; merchant: string }

  beforeEach(async () => {
    world = await createWorld(testDatabase)
    receiver = await startReceiver(204)
    const { database, clock, log, directory, vault, publisher, merchant } = world
    const keyOf = async (organization: number) => {
      const by = { organization, act: SERVICE, now: clock.now() }
      return (await createApiKey(database.db, by, { name: 'test' })).key
    }
    const merchantKey = await keyOf(merchant.number)
    keys = { publisher: await keyOf(publisher.number), merchant: merchantKey }
    await directory.refresh()
    const own = { metrics: createMetrics(), keyUses: createKeyUses(clock) }
    const shell = { clock, log, directory, ...own, operatorKey: 'o'.repeat(16) }
    app = createShell({ ...shell, vault, isStopping: () => false })
    const notifier = createNotifier({ database, log })
    const { subjects, targetRule } = world
    parts = { database, vault, clock, notifier, subjects, targetRule, directory }
    app.register(
      (api: Api, _options, done) => {
        api.addHook('onRequest', requireCaller)
        for (const routes of [webhookRoutes, pingRoutes, deliveryRoutes]) routes(parts)(api)
        done()
      },
      { prefix: '/v1' },
    )
  })

  afterEach(async () => {
    await app.close()
    await world.close()
    await receiver.close()
  })

  async function call(
    method: 'GET' | 'POST' | 'DELETE',
    url: string,
    body?: object,
    key = keys.publisher,
  ): Promise<Answer> {
    const authorization = `Basic ${Buffer.from(`${key}:`).toString('base64')}`
    const payload = body === undefined ? {} : { payload: body }
    const answer = await app.inject({ method, url, headers: { authorization }, ...payload })
    return { status: answer.statusCode, ...answer.json<Omit<Answer, 'status'>>() }
  }

  function follow(url: string | null): Promise<Answer> {
    const { pathname, search } = new URL(url ?? '')
    return call('GET', pathname + search)
  }

  async function create(more: object = {}): Promise<string> {
    const body = { url: receiver.url, event_types: ['segment-change'], ...more }
    const { object } = await call('POST', '/v1/webhooks', body)
    return object['id'] as string
  }

  test('the secret is shown at creation and rotation only', async () => {
    const body = { url: receiver.url, event_types: ['segment-change'], description: 'ours' }
    const created = await call('POST', '/v1/webhooks', body)
    const { secret, ...shown } = created.object
    expect(shown).toMatchObject({
      ...body,
      status: 'enabled',
      paused_reason: null,
      previous_secrets_expire_date: null,
      created_date: '2025-03-04T10:00:00.000Z',
    })
    expect(secret).toMatch(/^whsec_/)
    const path = `/v1/webhooks/${String(shown['id'])}`
    expect((await call('GET', path)).object).toEqual(shown)
    expect((await call('GET', '/v1/webhooks')).objects).toEqual([shown])

    const rotated = await call('POST', `${path}/rotate-secret`, { overlap_hours: 2 })
    expect(rotated.object['secret']).not.toBe(secret)
    expect(rotated.object['previous_secrets_expire_date']).toBe('2025-03-04T12:00:00.000Z')
    // Also later, and without the secret: whoever rotated wants to see until when the old one holds.
    const { secret: _, ...since } = rotated.object
    expect((await call('GET', path)).object).toEqual(since)
    expect((await call('POST', `${path}/rotate-secret`)).object).toMatchObject({
      previous_secrets_expire_date: '2025-03-05T10:00:00.000Z',
    })
  })

  test('an update merges; a deletion answers null; both end what they should', async () => {
    const path = `/v1/webhooks/${await create({ description: 'ours' })}`
    const event_types = ['tx-pending', 'tx-validated']
    expect((await call('POST', path, { event_types })).object).toMatchObject({
      url: receiver.url,
      description: 'ours',
      event_types,
    })
    expect((await call('POST', path, { description: null })).object).toMatchObject({
      description: null,
      event_types,
    })
    expect((await call('DELETE', path)).object).toBeNull()
    expect((await call('GET', path)).status).toBe(404)
    for (const method of ['GET', 'POST', 'DELETE'] as const) {
      const answer = await call(method, '/v1/webhooks/%00', method === 'POST' ? {} : undefined)
      expect(answer.status, method).toBe(404)
    }
    const { rows } = await sql`select * from subscriptions`.execute(world.database.db)
    expect(rows).toEqual([])
  })

  test.each([
    ['url', { url: 'ftp://example.com/' }],
    ['url', { url: 'https://user:pass@example.com/' }],
    ['url', { url: 'https://example.com/#part' }],
    ['url', { url: 'example.com' }],
    ['url', { url: 'https://169.254.169.254/' }],
    ['url', { url: `https://example.com/${'a'.repeat(2048)}` }],
    ['event_types', { event_types: [] }],
    ['event_types', { event_types: ['segment-change', 'segment-change'] }],
    ['event_types[0]', { event_types: ['ping'] }],
    ['secret', { secret: 'mine' }],
  ])('a wrong %s is a 400 that does not repeat it', async (field, wrong) => {
    const body = { url: 'https://example.com/', event_types: ['segment-change'], ...wrong }
    const { status, error } = await call('POST', '/v1/webhooks', body)
    expect(status).toBe(400)
    expect(error).toMatchObject({ type: 'InvalidField', details: { field } })
    expect(JSON.stringify(error)).not.toMatch(/user:pass|ftp:/)
  })

  test('an address for alerts is taken where mail can be sent, and refused elsewhere', async () => {
    const path = `/v1/webhooks/${await create({ alert_email: null })}`
    const field = 'alert_email'
    const refuse = async (alert_email: unknown) => {
      const { status, error } = await call('POST', path, { alert_email })
      expect([status, error.details], String(alert_email)).toEqual([400, { field }])
      expect(error.message).not.toContain('canary')
      return error.message
    }
    expect(await refuse('canary@cashback.example')).toMatch(/not set up to send mail/)
    parts.mailer = { send: () => Promise.resolve(), stop: () => undefined }
    for (const wrong of [
      'canary',
      'canary@',
      'a@b.example,canary@c.example',
      'A <canary@c.example>',
    ]) {
      await refuse(wrong)
    }
    await refuse('canary@c.example\r\nBcc: b@c.example')
    await refuse(`${'a'.repeat(65)}@c.example`)
    const alert_email = 'alerts@cashback.example'
    expect((await call('POST', path, { alert_email })).object).toMatchObject({ alert_email })
    expect((await call('POST', path, { description: 'ours' })).object).toMatchObject({
      alert_email,
    })
    expect((await call('POST', `${path}/rotate-secret`, {})).object).toMatchObject({ alert_email })
    const none = { alert_email: null }
    expect((await call('POST', path, none)).object).toMatchObject(none)
  })

  test("another organization's webhook is as good as absent", async () => {
    const path = `/v1/webhooks/${await create()}`
    const { merchant } = keys
    for (const url of [path, `${path}/deliveries`]) {
      expect((await call('GET', url, undefined, merchant)).status).toBe(404)
    }
    for (const verb of ['', '/pause', '/resume', '/rotate-secret', '/ping']) {
      expect((await call('POST', `${path}${verb}`, {}, merchant)).status, verb).toBe(404)
    }
    expect((await call('DELETE', path, undefined, merchant)).status).toBe(404)
    expect((await call('GET', '/v1/webhooks', undefined, merchant)).objects).toEqual([])
    expect((await call('GET', path)).status).toBe(200)
  })

  test('an organization has at most 20, also when they are asked for at once', async () => {
    const all = await Promise.all(
      Array.from({ length: 22 }, () =>
        call('POST', '/v1/webhooks', { url: receiver.url, event_types: ['segment-change'] }),
      ),
    )
    const statuses = all.map((answer) => answer.status).sort((left, right) => left - right)
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 200), 409, 409])
    const first = await call('GET', '/v1/webhooks?page_size=15')
    const second = await follow(first.meta.next)
    expect([first.objects.length, second.objects.length, second.meta.next]).toEqual([15, 5, null])
  })

  test('pause, ping, resume', async () => {
    const path = `/v1/webhooks/${await create()}`
    expect((await call('POST', `${path}/pause`)).object).toMatchObject({
      status: 'paused',
      paused_reason: 'by-hand',
      paused: {
        ...{ reason: 'by-hand', date: '2025-03-04T10:00:00.000Z', by: 'test' },
        ...{ failing: null, attempted: null, status: null, error: null },
      },
    })
    const ping = await call('POST', `${path}/ping`)
    const waiting = { event_type: 'ping', test: false, state: 'waiting', attempts: [] }
    expect(ping.object).toMatchObject(waiting)
    const dispatcher = world.dispatcher()
    expect(await dispatcher.deliverDue()).toBe(0)
    expect((await call('POST', `${path}/resume`)).object).toMatchObject({
      status: 'enabled',
      paused: null,
    })
    expect(await dispatcher.deliverDue()).toBe(1)
    expect(receiver.received[0]?.body['id']).toBe(ping.object['event_id'])
  })

  test('deliveries in every state, filtered and paged in both directions', async () => {
    const path = `/v1/webhooks/${await create()}/deliveries`
    const dispatcher = world.dispatcher()
    const subjects = Array.from({ length: 4 }, () => world.customer())
    const [good, bad, slow, late] = subjects as [string, string, string, string]
    const idOf = (subject: string) => world.customers.get(subject)
    receiver.answerBy(({ body }) => {
      if (body['customer_id'] === idOf(bad)) return 400
      return body['customer_id'] === idOf(slow) || body['customer_id'] === idOf(late) ? 500 : 200
    })
    await world.happen(late)
    await dispatcher.deliverDue()
    world.clock.advance(72 * 3_600_000)
    for (const subject of [good, bad, slow]) {
      await world.happen(subject)
      world.clock.advance(1)
    }
    await dispatcher.deliverDue()
    await world.happen(slow)

    const { objects } = await call('GET', path)
    const seen = objects.map(({ customer_id, state }) => [customer_id, state])
    expect(seen).toEqual([
      [idOf(slow), 'waiting'],
      [idOf(slow), 'waiting'],
      [idOf(bad), 'refused'],
      [idOf(good), 'acknowledged'],
      [idOf(late), 'expired'],
    ])
    expect(objects[1]).toMatchObject({
      attempts: [
        { status: 500, error: null, request_id: receiver.received.at(-1)?.body['request_id'] },
      ],
      next_attempt_at: '2025-03-07T10:00:10.003Z',
    })
    expect(objects[0]).toMatchObject({ attempts: [], next_attempt_at: null })
    expect((objects[4]?.['attempts'] as unknown[]).length).toBe(2)

    for (const state of ['waiting', 'refused', 'acknowledged', 'expired']) {
      const filtered = await call('GET', `${path}?state=${state}`)
      expect(filtered.objects).toEqual(objects.filter((each) => each['state'] === state))
    }
    const ofSlow = await call('GET', `${path}?customer_id=${idOf(slow)}&event_type=segment-change`)
    expect(ofSlow.objects).toEqual(objects.slice(0, 2))
    expect((await call('GET', `${path}?event_type=ping`)).objects).toEqual([])
    await walkPages(`${path}?page_size=2`, objects)
  })

  test('a delivery of a transaction shows and is found by its id', async () => {
    const event_types = ['segment-change', 'tx-pending']
    const path = `/v1/webhooks/${await create({ event_types })}/deliveries`
    const transaction = world.transaction('customer-1')
    const { id } = await world.tell(transaction, 'tx-pending', { amount: 45 })
    await world.tell(world.transaction(null), 'tx-pending', { amount: 46 })
    await world.happen(world.customer())
    await world.dispatcher().deliverDue()

    const transactionId = `tx-${transaction.slice(-17).replace('-', '')}`
    const found = await call('GET', `${path}?transaction_id=${transactionId}`)
    expect(found.objects).toMatchObject([
      {
        event_id: id,
        event_type: 'tx-pending',
        customer_id: null,
        transaction_id: transactionId,
        state: 'acknowledged',
        attempts: [{ status: 204 }],
      },
    ])
    const { objects } = await call('GET', path)
    expect(objects).toHaveLength(3)
    expect(objects).toContainEqual(found.objects[0])
    const changes = objects.filter((each) => each['event_type'] === 'segment-change')
    expect(changes).toMatchObject([
      { customer_id: expect.stringContaining(customerPrefix), transaction_id: null },
    ])
    expect((await call('GET', `${path}?transaction_id=tx-0123456789abcdef`)).objects).toEqual([])
    const wrong = ['transaction_id=tx-1', `transaction_id=${transactionId}&customer_id=customer-1`]
    for (const query of wrong) {
      expect(await call('GET', `${path}?${query}`)).toMatchObject({
        status: 400,
        error: { type: 'InvalidField', details: { field: 'transaction_id' } },
      })
    }
  })

  async function walkPages(first: string, objects: Record<string, unknown>[]): Promise<void> {
    const pages: Record<string, unknown>[][] = []
    let page = await call('GET', first)
    for (pages.push(page.objects); page.meta.next !== null; pages.push(page.objects)) {
      page = await follow(page.meta.next)
    }
    expect(pages.map((each) => each.length)).toEqual([2, 2, 1])
    expect(pages.flat()).toEqual(objects)
    for (const before of pages.slice(0, -1).reverse()) {
      page = await follow(page.meta.previous)
      expect(page.objects).toEqual(before)
    }
    expect(page.meta.previous).toBeNull()
    const other = `${page.meta.next ?? ''}&state=refused`
    expect(await follow(other)).toMatchObject({
      status: 400,
      error: { details: { field: 'cursor' } },
    })
  }

  test('neither tables nor the log hold a URL, a secret, a description or a customer id', async () => {
    parts.mailer = { send: () => Promise.resolve(), stop: () => undefined }
    const { object } = await call('POST', '/v1/webhooks', {
      url: `${receiver.url}&canary=url`,
      event_types: ['segment-change'],
      description: 'a canary too',
      alert_email: 'alerts@canary-mail.example',
    })
    const secret = (object['secret'] as string).slice('whsec_'.length)
    receiver.answer(200, 500, 'close')
    await world.happen(world.customer(), world.customer(), world.customer())
    await world.dispatcher().deliverDue()
    const tables = ['endpoints', 'subscriptions', 'events', 'lanes', 'attempts', 'minute_counts']
    const dumps = await Promise.all(
      tables.map(async (table) => {
        const query = `select coalesce(json_agg(t)::text, '') as dump from ${table} t`
        const { rows } = await sql.raw<{ dump: string }>(query).execute(world.database.db)
        return rows[0]?.dump ?? ''
      }),
    )
    expect(dumps.every((dump) => dump.length > 0)).toBe(true)
    // A bytea is dumped as hex, so what it holds is looked for in that form too.
    for (const canary of [
      'canary=url',
      secret,
      'a canary too',
      'canary-mail',
      customerPrefix,
      '127.0.0.1',
    ]) {
      const places = [...dumps, ...world.logged].join('\n')
      expect(places).not.toContain(canary)
      expect(places).not.toContain(Buffer.from(canary).toString('hex'))
    }
  })
})
