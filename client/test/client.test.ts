import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { createClient } from '../src/index.ts'
import { startServer, many, one } from './stub-server.ts'
import type { StubServer } from './stub-server.ts'

const apiKey = 'sk-0123456789abcdef'

async function collect<T>(things: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const thing of things) collected.push(thing)
  return collected
}

/** What the server was sent, a line a call. */
function linesOf({ received }: StubServer): string[] {
  return received.map(({ method, url, text }) => `${method} ${url} ${text}`.trim())
}

test('a report is posted with the key as user name and answers the customer', async () => {
  const customer = { id: 'customer-1', email_sha256: 'ab'.repeat(32), segments: [] }
  const server = await startServer(one(customer))
  const client = createClient({ apiKey, baseUrl: server.url })

  expect(await client.customers.report({ id: 'customer-1' })).toEqual(customer)

  const [request] = server.received
  expect(request).toMatchObject({
    method: 'POST',
    url: '/v1/customers',
    body: { id: 'customer-1' },
  })
  expect(request?.headers.authorization).toBe(
    `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`,
  )
  expect(request?.headers['content-type']).toBe('application/json')
})

test('each call goes to its path with its method and body', async () => {
  const order = { order_id: 'o/1', total: 2299, currency: 'USD' }
  const endpoint = { url: 'https://hooks.example/', event_types: ['segment-change' as const] }
  const results = [{ id: 'a', status: 'created' }]
  const server = await startServer(
    ...[many(results), one({}), one({}), one(null)],
    ...[one({}), one({}), many([]), one({}), one(null)],
    many([]),
    ...[one({}), many([]), one({}), one({}), one(null), one({}), one({}), one({}), one({})],
    many([]),
  )
  const { customers, orders, merchants, webhooks } = createClient({ apiKey, baseUrl: server.url })

  expect(await customers.reportBatch([{ id: 'a' }])).toEqual(results)
  await customers.get('a/b c%?#é')
  await customers.replace('a', { advertising_id: '6d92078a-8246-4ba4-ae5b-76104861e7dc' })
  expect(await customers.erase('a')).toBeUndefined()
  await orders.create(order)
  await orders.get('o/1')
  await orders.getByBtnRef('srctok-1')
  await orders.update('o/1', { total: 5 })
  await orders.cancel('o/1')
  await merchants.list({ status: 'approved', currency: 'EUR' })
  await webhooks.create(endpoint)
  await webhooks.list()
  await webhooks.get('endpoint-1')
  await webhooks.update('endpoint-1', { description: 'Main' })
  await webhooks.delete('endpoint-1')
  await webhooks.pause('endpoint-1')
  await webhooks.resume('endpoint-1')
  await webhooks.rotateSecret('endpoint-1', { overlap_hours: 24 })
  await webhooks.ping('endpoint-1')
  await webhooks.deliveries('endpoint-1', { state: 'waiting', customer_id: 'a&b' })

  expect(linesOf(server)).toEqual([
    'POST /v1/customers/batch {"customers":[{"id":"a"}]}',
    'GET /v1/customers/a%2Fb%20c%25%3F%23%C3%A9',
    'PUT /v1/customers/a {"advertising_id":"6d92078a-8246-4ba4-ae5b-76104861e7dc"}',
    'DELETE /v1/customers/a',
    'POST /v1/order {"order_id":"o/1","total":2299,"currency":"USD"}',
    'GET /v1/order/o%2F1',
    'GET /v1/order/btn-ref/srctok-1',
    'POST /v1/order/o%2F1 {"total":5}',
    'DELETE /v1/order/o%2F1',
    'GET /v1/merchants?status=approved&currency=EUR',
    'POST /v1/webhooks {"url":"https://hooks.example/","event_types":["segment-change"]}',
    'GET /v1/webhooks',
    'GET /v1/webhooks/endpoint-1',
    'POST /v1/webhooks/endpoint-1 {"description":"Main"}',
    'DELETE /v1/webhooks/endpoint-1',
    'POST /v1/webhooks/endpoint-1/pause',
    'POST /v1/webhooks/endpoint-1/resume',
    'POST /v1/webhooks/endpoint-1/rotate-secret {"overlap_hours":24}',
    'POST /v1/webhooks/endpoint-1/ping',
    'GET /v1/webhooks/endpoint-1/deliveries?state=waiting&customer_id=a%26b',
  ])
})

test('each call about what was delivered goes to its path with its method and body', async () => {
  const before = [one({}), one({}), one({}), one({}), one({}), one({})]
  const server = await startServer(...before, many([]), one({}), one({}))
  const { webhooks } = createClient({ apiKey, baseUrl: server.url })

  await webhooks.stats('endpoint-1')
  await webhooks.series('endpoint-1', { hours: 24 })
  await webhooks.ping('endpoint-1', { event_type: 'tx-pending' })
  await webhooks.check('endpoint-1')
  await webhooks.resend('endpoint-1', 'hook-1')
  await webhooks.replay('endpoint-1', { start_date: 'a', end_date: 'b', state: 'refused' })
  await webhooks.replays('endpoint-1', { page_size: 2 })
  await webhooks.getReplay('endpoint-1', 'replay-1')
  await webhooks.cancelReplay('endpoint-1', 'replay-1')

  expect(linesOf(server)).toEqual([
    'GET /v1/webhooks/endpoint-1/stats',
    'GET /v1/webhooks/endpoint-1/series?hours=24',
    'POST /v1/webhooks/endpoint-1/ping {"event_type":"tx-pending"}',
    'POST /v1/webhooks/endpoint-1/check',
    'POST /v1/webhooks/endpoint-1/deliveries/hook-1/resend',
    'POST /v1/webhooks/endpoint-1/replays {"start_date":"a","end_date":"b","state":"refused"}',
    'GET /v1/webhooks/endpoint-1/replays?page_size=2',
    'GET /v1/webhooks/endpoint-1/replays/replay-1',
    'POST /v1/webhooks/endpoint-1/replays/replay-1/cancel',
  ])
})

test('each call about the organization itself goes to its path with its method and body', async () => {
  const server = await startServer(
    ...[one({ name: 'A' }), one({ name: 'B' }), many([]), one({}), one({}), one({}), one(null)],
    many([]),
  )
  const client = createClient({ apiKey, baseUrl: server.url })

  await client.organization.get()
  expect(await client.organization.change({ name: 'B' })).toEqual({ name: 'B' })
  await client.keys.list()
  await client.keys.create({ name: 'web' })
  await client.keys.rotate('key-1')
  await client.keys.rotate('key-1', { overlap_hours: 0, expires_date: null })
  expect(await client.keys.revoke('key-1')).toBeUndefined()
  await client.auditLog.list({ action: 'key', page_size: 2 })

  expect(linesOf(server)).toEqual([
    'GET /v1/organization',
    'PATCH /v1/organization {"name":"B"}',
    'GET /v1/keys',
    'POST /v1/keys {"name":"web"}',
    'POST /v1/keys/key-1/rotate {}',
    'POST /v1/keys/key-1/rotate {"overlap_hours":0,"expires_date":null}',
    'DELETE /v1/keys/key-1',
    'GET /v1/audit-log?action=key&page_size=2',
  ])
})

test('each call about rates goes to its path with its method and body', async () => {
  const rates = [{ segment: 'new' as const, percent: '5.25' }]
  const server = await startServer(
    ...[one({}), many([]), one({}), one({}), one({}), one({}), one({ currencies: [] })],
    ...[
      one({ reasons: [] }),
      many([]),
      one({}),
      one(null),
      many([]),
      one({ conflicts: 2 }),
      one({ segment: 'new' }),
    ],
  )
  const client = createClient({ apiKey, baseUrl: server.url })
  const { rateCards, linkHosts, verdictConflicts, orders } = client

  await rateCards.create({ name: 'Card', rates, publisher_id: null })
  await rateCards.list({ page_size: 2 })
  await rateCards.get('ratecard-1')
  await rateCards.change('ratecard-1', { end_date: null })
  await rateCards.end('ratecard-1')
  await rateCards.end('ratecard-1', { end_date: '2026-01-01T00:00:00Z' })
  expect(await rateCards.simulate({ rates })).toEqual({ currencies: [] })
  expect(await rateCards.choose({ segment: 'new' })).toEqual({ reasons: [] })
  await linkHosts.list()
  await linkHosts.add('shop.example')
  expect(await linkHosts.remove('shop.example')).toBeUndefined()
  await verdictConflicts.list({ start: '2025-01-01', page_size: 1 })
  expect(await verdictConflicts.count({ end: '2026-01-01' })).toEqual({ conflicts: 2 })
  expect(await orders.verdict('o/1')).toEqual({ segment: 'new' })

  expect(linesOf(server)).toEqual([
    'POST /v1/rate-cards ' +
      '{"name":"Card","rates":[{"segment":"new","percent":"5.25"}],"publisher_id":null}',
    'GET /v1/rate-cards?page_size=2',
    'GET /v1/rate-cards/ratecard-1',
    'POST /v1/rate-cards/ratecard-1 {"end_date":null}',
    'POST /v1/rate-cards/ratecard-1/end',
    'POST /v1/rate-cards/ratecard-1/end {"end_date":"2026-01-01T00:00:00Z"}',
    'POST /v1/rate-cards/simulate {"rates":[{"segment":"new","percent":"5.25"}]}',
    'POST /v1/rate-cards/choose {"segment":"new"}',
    'GET /v1/link-hosts',
    'POST /v1/link-hosts {"host":"shop.example"}',
    'DELETE /v1/link-hosts/shop.example',
    'GET /v1/verdict-conflicts?start=2025-01-01&page_size=1',
    'GET /v1/verdict-conflicts/count?end=2026-01-01',
    'GET /v1/order/o%2F1/verdict',
  ])
})

test('each call about what is earned goes to its path with its method and body', async () => {
  const server = await startServer(
    ...[one({}), one({ merchant_offers: [], quote: null }), one({}), one({ approved: true })],
    ...[many([]), many([]), many([]), one({ id: 'tx-1' }), many([]), one(null)],
  )
  const client = createClient({ apiKey, baseUrl: server.url })
  const { offers, links, accounts, transactions } = client
  const url = 'https://shop.example/tea'
  const email = 'ab'.repeat(32)

  await offers.get({ user_id: 'user-1', email_sha256s: [email], merchant_id: null })
  expect(await offers.get()).toEqual({ merchant_offers: [], quote: null })
  await links.create({ url, experience: { btn_pub_user: 'user-1' }, quote: 'quote-1' })
  expect(await links.info(url)).toEqual({ approved: true })
  await accounts.list()
  await accounts.transactions('acc-1', { start: '2025-01-01', country: 'us' })
  await transactions.list({ time_field: 'modified_date', end: '2025-01-01T00:00:00+02:00' })
  expect(await transactions.get('tx-1')).toEqual({ id: 'tx-1' })
  await transactions.ledger('tx-1', { page_size: 3 })
  expect(await transactions.verdict('tx-1')).toBeNull()

  expect(linesOf(server)).toEqual([
    `POST /v1/offers {"user_id":"user-1","email_sha256s":["${email}"],"merchant_id":null}`,
    'POST /v1/offers {}',
    `POST /v1/links {"url":"${url}","experience":{"btn_pub_user":"user-1"},"quote":"quote-1"}`,
    `POST /v1/links/info {"url":"${url}"}`,
    'GET /v1/affiliation/accounts',
    'GET /v1/affiliation/accounts/acc-1/transactions?start=2025-01-01&country=us',
    'GET /v1/affiliation/transactions' +
      '?time_field=modified_date&end=2025-01-01T00%3A00%3A00%2B02%3A00',
    'GET /v1/affiliation/transactions/tx-1',
    'GET /v1/affiliation/transactions/tx-1/ledger?page_size=3',
    'GET /v1/affiliation/transactions/tx-1/verdict',
  ])
})

test('a base URL may end in a slash and have a path', async () => {
  const server = await startServer(one({}))
  await createClient({ apiKey, baseUrl: `${server.url}/newcomer/` }).customers.get('a')
  expect(server.received[0]?.url).toBe('/newcomer/v1/customers/a')
})

test.each(['', '.', '..'])('the id %j is refused before anything is sent', async (id) => {
  const server = await startServer()
  const client = createClient({ apiKey, baseUrl: server.url })
  const { customers, orders, webhooks, rateCards, transactions, accounts, linkHosts, keys } = client
  const calls = [
    () => customers.erase(id),
    () => orders.update(id, { total: 0 }),
    () => orders.getByBtnRef(id),
    () => webhooks.delete(id),
    () => rateCards.change(id, {}),
    () => transactions.get(id),
    () => accounts.transactions(id),
    () => linkHosts.remove(id),
    () => keys.rotate(id),
    () => keys.revoke(id),
  ]
  for (const call of calls) await expect(call()).rejects.toThrow(TypeError)
  expect(server.received).toEqual([])
})

test('a page iterates over all pages after it, with its filters and on its own host', async () => {
  const server = await startServer(
    many(['a', 'b'], 'http://elsewhere.example/v1/webhooks/endpoint-1/deliveries?cursor=c%2B1'),
    many(['c'], '/v1/webhooks/endpoint-1/deliveries?cursor=c2&page_size=2'),
    many(['d']),
  )
  const client = createClient({ apiKey, baseUrl: server.url })
  const page = await client.webhooks.deliveries('endpoint-1', { state: 'expired', page_size: 2 })
  expect(page).toEqual({
    objects: ['a', 'b'],
    next: 'http://elsewhere.example/v1/webhooks/endpoint-1/deliveries?cursor=c%2B1',
    previous: null,
  })

  expect(await collect(page)).toEqual(['a', 'b', 'c', 'd'])
  expect(server.received.map(({ url }) => url.split('?')[1])).toEqual([
    'state=expired&page_size=2',
    'state=expired&page_size=2&cursor=c%2B1',
    'state=expired&page_size=2&cursor=c2',
  ])
})

test('no page is fetched that was not asked for', async () => {
  const server = await startServer(many(['a', 'b'], '/v1/merchants?cursor=1'))
  const page = await createClient({ apiKey, baseUrl: server.url }).merchants.list()
  for await (const merchant of page) if ((merchant as unknown) === 'b') break
  expect(server.received).toHaveLength(1)
})

test('a list that goes in circles ends in an error', async () => {
  const server = await startServer(
    many(['a'], '/v1/merchants?cursor=1'),
    many(['b'], '/v1/merchants?cursor=1'),
  )
  const page = await createClient({ apiKey, baseUrl: server.url }).merchants.list()
  await expect(collect(page)).rejects.toMatchObject({ type: 'UnexpectedAnswer' })
})

test('a batch answer that is short of results is an error', async () => {
  const server = await startServer(many([{ id: 'a', status: 'created' }]))
  const { customers } = createClient({ apiKey, baseUrl: server.url })
  await expect(customers.reportBatch([{ id: 'a' }, { id: 'b' }])).rejects.toMatchObject({
    type: 'UnexpectedAnswer',
    message: '1 results came for 2 rows',
  })
})

test('options that cannot work are refused at once, without quoting the key', () => {
  const right = { apiKey, baseUrl: 'https://newcomer.example' }
  const wrong = [
    { apiKey: '' },
    { apiKey: `${apiKey}\n` },
    { apiKey: `${apiKey}:` },
    { apiKey: undefined as unknown as string },
    { baseUrl: 'newcomer.example' },
    { baseUrl: 'ftp://newcomer.example' },
    { baseUrl: `https://${apiKey}@newcomer.example` },
    { baseUrl: 'https://newcomer.example/v1/' },
    { baseUrl: 'https://newcomer.example/?a=1' },
    { timeoutMs: 0 },
    { timeoutMs: 2 ** 31 },
    { retries: -1 },
    { retries: 1.5 },
    { retries: 11 },
  ]
  for (const options of wrong) {
    const create = () => createClient({ ...right, ...options })
    expect(create, JSON.stringify(options)).toThrow(TypeError)
    expect(create).not.toThrow(apiKey)
  }
  expect(() => createClient(right)).not.toThrow()
})

test('a client can be printed without showing its key', () => {
  const client = createClient({ apiKey, baseUrl: 'https://newcomer.example' })
  const printed = inspect(client, { depth: null, showHidden: true, getters: true })
  expect(printed).not.toContain(apiKey)
  expect(printed).not.toContain(btoa(`${apiKey}:`))
})
