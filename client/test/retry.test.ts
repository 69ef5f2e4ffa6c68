import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createClient, NewcomerError } from '../src/index.ts'
import type { Client, ClientOptions } from '../src/index.ts'
import { chooseWaitMs, parseRetryAfterMs } from '../src/retry.ts'
import { failure, hangUp, json, many, one, silence, startServer } from './stub-server.ts'
import type { Answer } from './stub-server.ts'

const apiKey = 'sk-0123456789abcdef'
const order = { order_id: 'order-1', total: 2299, currency: 'USD' }

/** A client of a server with these answers, whose waits are remembered in place of waited. */
async function connect({ options = {}, answers }: { options?: object; answers: Answer[] }) {
  const server = await startServer(...answers)
  const waits: number[] = []
  const sleep = async (ms: number) => void waits.push(ms)
  const all: ClientOptions = { apiKey, baseUrl: server.url, sleep, ...options }
  return { client: createClient(all), received: server.received, waits }
}

async function failureOf(call: Promise<unknown>): Promise<NewcomerError> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(NewcomerError)
  return error as NewcomerError
}

const busy = (headers: Record<string, string> = {}) =>
  failure(429, 'TooManyRequests', 'Too many requests', { headers })

test('what the server refuses becomes one error with its parts, and is not repeated', async () => {
  const details = { field: 'email_sha256' }
  const headers = { 'x-request-id': 'request-1' }
  const answers = [failure(400, 'InvalidField', 'Not a hash', { details, headers })]
  const { client, received, waits } = await connect({ answers })
  const error = await failureOf(client.customers.report({ id: 'a' }))
  expect(error).toMatchObject({
    name: 'NewcomerError',
    status: 400,
    type: 'InvalidField',
    message: 'Not a hash',
    details,
    requestId: 'request-1',
  })
  expect(received).toHaveLength(1)
  expect(waits).toEqual([])
})

test.each([401, 403, 404, 409, 413, 415, 500, 502])('a %i is not repeated', async (status) => {
  const { client, received } = await connect({ answers: [failure(status, 'Any', 'Any')] })
  expect(await failureOf(client.customers.erase('a'))).toMatchObject({ status, type: 'Any' })
  expect(received).toHaveLength(1)
})

test('429 and 503 are repeated after as long as the server asks for', async () => {
  const unavailable = failure(503, 'Unavailable', 'Later', { headers: { 'retry-after': '0' } })
  const answers = [busy({ 'retry-after': '7' }), unavailable, one({ order_id: 'order-1' })]
  const { client, received, waits } = await connect({ answers })
  expect(await client.orders.create(order)).toEqual({ order_id: 'order-1' })
  expect(waits).toEqual([7000, 0])
  expect(received.map(({ body }) => body)).toEqual([order, order, order])
})

test('repeats are bounded, and the last error is the answer', async () => {
  const answers = [busy(), busy(), busy(), one({})]
  const { client, received, waits } = await connect({ answers })
  expect(await failureOf(client.customers.get('a'))).toMatchObject({ status: 429 })
  expect(received).toHaveLength(3)
  expect(waits).toHaveLength(2)
})

test('with no retries a call is sent once', async () => {
  const { client, received } = await connect({ options: { retries: 0 }, answers: [busy()] })
  expect(await failureOf(client.customers.get('a'))).toMatchObject({ status: 429 })
  expect(received).toHaveLength(1)
})

test('a wait that is too long is left to the caller', async () => {
  const { client, waits } = await connect({ answers: [busy({ 'retry-after': '61' })] })
  expect(await failureOf(client.customers.get('a'))).toMatchObject({ status: 429 })
  expect(waits).toEqual([])
})

test('a call without an answer is repeated', async () => {
  const { client, received } = await connect({ answers: [hangUp, hangUp, one({ id: 'a' })] })
  expect(await client.customers.report({ id: 'a' })).toEqual({ id: 'a' })
  expect(received).toHaveLength(3)
})

const onceCalls: [string, (client: Client) => Promise<unknown>][] = [
  [
    'webhooks.create',
    (client) => client.webhooks.create({ url: 'https://a.example/', event_types: [] }),
  ],
  ['webhooks.rotateSecret', (client) => client.webhooks.rotateSecret('endpoint-1')],
  ['webhooks.ping', (client) => client.webhooks.ping('endpoint-1')],
  ['rateCards.create', (client) => client.rateCards.create({ name: 'Card', rates: [] })],
  ['rateCards.simulate', (client) => client.rateCards.simulate({ rates: [] })],
]

test.each(onceCalls)('%s is not repeated without an answer', async (_, call) => {
  const { client, received } = await connect({ answers: [hangUp, one({})] })
  expect(await failureOf(call(client))).toMatchObject({ status: 0, type: 'NetworkError' })
  expect(received).toHaveLength(1)
})

test.each(onceCalls)('%s is repeated when nothing was done', async (_, call) => {
  const { client } = await connect({ answers: [busy(), one({ id: 'endpoint-1' })] })
  expect(await call(client)).toEqual({ id: 'endpoint-1' })
})

test('a deletion whose first answer was lost has succeeded', async () => {
  const missing = failure(404, 'NotFound', 'Could not find a')
  const { client } = await connect({ answers: [hangUp, missing] })
  await expect(client.customers.erase('a')).resolves.toBeUndefined()
})

test('a deletion that was refused for a while still tells that nothing was there', async () => {
  const missing = failure(404, 'NotFound', 'Could not find a')
  const { client } = await connect({ answers: [busy(), missing] })
  expect(await failureOf(client.customers.erase('a'))).toMatchObject({ status: 404 })
})

test('an attempt ends at its deadline, also in the middle of a body', async () => {
  const half: Answer = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{"meta":')
  }
  const options = { timeoutMs: 50, retries: 1 }
  const { client, received } = await connect({ options, answers: [silence, half] })
  expect(await failureOf(client.customers.get('a'))).toMatchObject({
    status: 0,
    type: 'Timeout',
    message: 'No answer in 50 ms',
  })
  expect(received).toHaveLength(2)
})

test('a server that is not there is named by the system’s code', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  const options = { baseUrl: `http://127.0.0.1:${port}`, retries: 0 }
  const { client } = await connect({ options, answers: [] })
  const error = await failureOf(client.customers.get('customer-7'))
  expect(error).toMatchObject({ type: 'NetworkError', details: { code: 'ECONNREFUSED' } })
  expect(inspect(error)).not.toContain('customer-7')
})

test('what does not speak this API is reported with its status only', async () => {
  const page: Answer = (response) => response.writeHead(502).end('<h1>secret page</h1>')
  const moved: Answer = (response) => response.writeHead(302, { location: '/v1/other' }).end()
  const empty: Answer = (response) => response.writeHead(204).end()
  const answers = [page, moved, empty, json(200, { meta: { status: 'ok' } }), json(200, [])]
  const { client, received } = await connect({ answers })
  for (const status of [502, 302, 204, 200, 200]) {
    const error = await failureOf(client.customers.get('a'))
    expect(error).toMatchObject({ status, type: 'UnexpectedAnswer' })
    expect(inspect(error)).not.toContain('secret page')
  }
  expect(received).toHaveLength(5)
})

test('an error envelope under a 200 is an error all the same', async () => {
  const { client } = await connect({ answers: [failure(200, 'Odd', 'Odd')] })
  expect(await failureOf(client.merchants.list())).toMatchObject({ status: 200, type: 'Odd' })
})

test('the key is in no error, even when a proxy or a fetch of the caller’s quotes it', async () => {
  const basic = btoa(`${apiKey}:`)
  const details = { seen: [`Basic ${basic}`] }
  const quoting = failure(401, 'Invalid', `Invalid api_key ${apiKey}`, { details })
  const { client } = await connect({ answers: [quoting, many([])] })
  const fetch = async (_: unknown, request?: RequestInit) => {
    throw Object.assign(new Error(JSON.stringify(request?.headers)), { cause: { request } })
  }
  const options = { fetch: fetch as typeof globalThis.fetch }
  const { client: other } = await connect({ options, answers: [] })
  for (const { customers } of [client, other]) {
    const printed = inspect(await failureOf(customers.get('a')), { depth: null, showHidden: true })
    expect(printed).not.toContain(apiKey)
    expect(printed).not.toContain(basic)
  }
})

test('Retry-After is read as seconds or as a date on the server’s own clock', () => {
  const date = 'Mon, 27 Mar 2017 20:29:00 GMT'
  const later = 'Mon, 27 Mar 2017 20:29:04 GMT'
  const read = (headers: Record<string, string>) => parseRetryAfterMs(new Headers(headers))
  expect(read({})).toBeUndefined()
  expect(read({ 'retry-after': '12' })).toBe(12_000)
  expect(read({ 'retry-after': later, date })).toBe(4000)
  expect(read({ 'retry-after': date, date: later })).toBe(0)
  expect(read({ 'retry-after': 'soon', date })).toBeUndefined()
  expect(read({ 'retry-after': later })).toBeUndefined()
})

test('waits grow, are never long, and never fall to nothing', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(fc.nat(10), chance, (tries, dice) => {
      const waitMs = chooseWaitMs(tries, undefined, () => dice)
      expect(waitMs).toBeGreaterThanOrEqual(Math.min(500 * 2 ** tries, 60_000) / 2)
      expect(waitMs).toBeLessThanOrEqual(60_000)
    }),
  )
})
