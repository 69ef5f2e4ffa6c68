import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { expect, onTestFinished, test } from 'vitest'
import { signButton, verifyWebhook } from '../src/index.ts'
import { play } from './play.ts'
import type { Scene } from './play.ts'
import { failure, many, startServer } from './stub-server.ts'
import type { Answer } from './stub-server.ts'

const webhookSecret = `whsec_${Buffer.from('0123456789abcdef01234567').toString('base64')}`
const gone = failure(410, 'Gone', 'Enough for this test')
const page = (...events: object[]) => many(events, '/v1/events?cursor=next')

let numbers = 0
function change(customer: string, more: object = {}) {
  const segment = (name: string) => [{ id: 'segment-1', organization_id: 'org-1', name }]
  const members = {
    type: 'segment-change',
    customer_id: customer,
    segments: { previous: segment('new'), current: segment('active') },
    timestamp: '2026-01-02T03:04:05.678Z',
    sequence: 1,
    cause: 'order',
  }
  const envelope = { id: `hook-${++numbers}`, request_id: 'attempt-1' }
  return { ...envelope, event_type: 'segment-change', ...members, data: members, ...more }
}

interface Got {
  text: string
  headers: IncomingMessage['headers']
  event: { id: string; customer_id: string }
}

/** A receiver in the developer's own program. */
async function startReceiver(answer: (response: ServerResponse, got: Got) => void) {
  const received: Got[] = []
  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    const text = Buffer.concat((await request.toArray()) as Uint8Array[]).toString()
    const got = { text, headers: request.headers, event: JSON.parse(text) as Got['event'] }
    received.push(got)
    answer(response, got)
  }
  const server = createServer((request, response) => void receive(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received }
}

const accept = (response: ServerResponse) => void response.writeHead(204).end()

/** Listens to a server that has these answers, until it has no more. */
async function listen(args: string[], answers: Answer[], scene: Partial<Scene> = {}) {
  const server = await startServer(...answers, gone)
  const played = await play(['listen', ...args], { url: server.url, ...scene })
  expect(played.err).toContain('Enough for this test')
  return { ...played, asked: server.received.map(({ url }) => url) }
}

test('without a receiver it prints what happens, a line each', async () => {
  const data = { id: 'tx-1', amount: 45, currency: 'USD', publisher_customer_id: 'customer-9' }
  const envelope = { id: 'hook-t', request_id: 'attempt-1' }
  const owed = { ...envelope, event_type: 'tx-pending', data }
  const unknown = { ...envelope, event_type: 'from-the-future', data: {} }
  const { out, err, asked } = await listen(
    ['--event-type', 'segment-change'],
    [page(), page(change('customer-1'), owed), page(unknown)],
  )
  const lines = out.split('\n').map((line) => line.replace(/^\d\d:\d\d:\d\d {2}/, ''))
  const id = `hook-${numbers}`
  expect(lines).toEqual([
    `--> segment-change  customer-1  new -> active at org-1 (order)  [${id}]`,
    '--> tx-pending  tx-1 by customer-9  45 USD in its smallest unit  [hook-t]',
    '--> from-the-future  [hook-t]',
    '',
  ])
  expect(err).toContain("Listening to your organization's events. ^C ends it.\n")
  expect(err).not.toContain('whsec_')
  const type = 'event_type=segment-change'
  expect(asked[0]).toBe(`/v1/events?wait_seconds=0&${type}`)
  expect(asked[1]).toBe(`/v1/events?cursor=next&wait_seconds=25&${type}`)
})

test('it forwards as a webhook would come, signed with the secret of the environment', async () => {
  const receiver = await startReceiver(accept)
  const event = change('naïve 🙂')
  const args = ['--forward-to', receiver.url]
  const { out, err } = await listen(args, [page(), page(event)], { webhookSecret })
  const [got] = receiver.received
  if (!got) throw new Error('Nothing was received')
  expect(verifyWebhook({ body: got.text, headers: got.headers, secret: webhookSecret })).toEqual(
    event,
  )
  const headers = got.headers as Record<string, string>
  expect(new Webhook(webhookSecret).verify(got.text, headers)).toEqual(event)
  expect(got.headers['x-button-signature']).toBe(signButton(got.text, webhookSecret))
  expect(got.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': event.id })
  expect(out).toMatch(new RegExp(`<-- 204 in \\d+ ms  \\[${event.id}\\]\n`))
  expect(err).toContain(`Forwarding to ${receiver.url}, signed with NEWCOMER_WEBHOOK_SECRET.\n`)
  expect(out + err).not.toContain(webhookSecret)
})

test('without one it makes a secret, and shows it', async () => {
  const receiver = await startReceiver(accept)
  const { err } = await listen(['--forward-to', receiver.url], [page(), page(change('c'))])
  const [secret = ''] = /whsec_\S+/.exec(err) ?? []
  const { text, headers } = receiver.received[0]!
  expect(verifyWebhook({ body: text, headers, secret })).toMatchObject({ customer_id: 'c' })
})

test('failures are shown, and each event is sent once', async () => {
  const answers = ['a', 'b', 'c', 'd']
  const receiver = await startReceiver((response, { event }) => {
    if (event.customer_id === 'a') {
      response.writeHead(500).end('\n  TypeError: x is\u001b[2J undefined\n    at hook.js:1\n')
    } else if (event.customer_id === 'b') response.writeHead(302, { location: '/other' }).end()
    else if (event.customer_id === 'c') response.destroy()
    else response.writeHead(400).end(`${'x'.repeat(1_000)}\n`)
  })
  const args = ['--forward-to', receiver.url]
  const pages = [page(), ...answers.map((each) => page(change(each)))]
  const { out } = await listen(args, pages, { webhookSecret })
  expect(receiver.received.map(({ event }) => event.customer_id)).toEqual(answers)
  expect(out).toMatch(/<-- 500 in \d+ ms: TypeError: x is \[2J undefined {2}\[/)
  expect(out).toMatch(/<-- 302 in \d+ ms {2}\[/)
  expect(out).toMatch(/<-- FAILED after \d+ ms: ECONNRESET {2}\[/)
  expect(out).toMatch(/<-- 400 in \d+ ms: x{200} {2}\[/)
  expect(out).not.toContain('\u001b')
})

test('any number of interim answers may come before the answer', async () => {
  const receiver = await startReceiver((response) => {
    response.writeContinue()
    response.writeContinue()
    response.writeEarlyHints({ link: '</style.css>; rel=preload' })
    response.writeHead(204).end()
  })
  const args = ['--forward-to', receiver.url]
  const { out } = await listen(args, [page(), page(change('a'))], { webhookSecret })
  expect(out).toMatch(/<-- 204 in \d+ ms {2}\[/)
})

test('where nobody listens it says so', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  const args = ['--forward-to', `http://127.0.0.1:${port}/`]
  const { out } = await listen(args, [page(), page(change('a'))], { webhookSecret })
  expect(out).toMatch(/<-- FAILED after \d+ ms: connection refused {2}\[/)
})

test('one customer’s events go one after another, different customers’ side by side', async () => {
  const held: ServerResponse[] = []
  let [most, clashes] = [0, 0]
  const open = new Set<string>()
  const receiver = await startReceiver((response, { event }) => {
    if (open.has(event.customer_id)) clashes++
    open.add(event.customer_id)
    most = Math.max(most, open.size)
    response.once('close', () => open.delete(event.customer_id))
    held.push(response)
    // Let go in turns, the last first, once as many are here as may be.
    if (held.length === 8) for (const each of held.splice(0).reverse()) accept(each)
  })
  const customers = Array.from({ length: 8 }, (_, index) => `customer-${index}`)
  const events = [0, 1, 2].flatMap(() => customers.map((customer) => change(customer)))
  const args = ['--forward-to', receiver.url]
  await listen(args, [page(), page(...events)], { webhookSecret })
  expect({ most, clashes }).toEqual({ most: 8, clashes: 0 })
  for (const customer of customers) {
    const ids = (all: { customer_id: string; id: string }[]) =>
      all.filter((each) => each.customer_id === customer).map(({ id }) => id)
    expect(ids(receiver.received.map(({ event }) => event))).toEqual(ids(events))
  }
})

test('as JSON it is one object a line', async () => {
  const receiver = await startReceiver((response) => void response.writeHead(418).end('no'))
  const [first, second] = [change('a'), change('b')]
  const pages = [page(), page(first), page(second)]
  const { out } = await listen(['--json', '--forward-to', receiver.url], pages, { webhookSecret })
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
  const duration_ms: unknown = expect.any(Number)
  const forwarded = { status: 418, duration_ms, error: null, answer: 'no' }
  expect(lines).toEqual([first, second].map((event) => ({ event, forwarded })))
  const silent = await listen(['--json'], [page(), page(first)])
  expect(JSON.parse(silent.out)).toEqual({ event: first, forwarded: null })
})

test('bodies are printed in full, and steer no terminal', async () => {
  const event = change('a\u009b\u202eb\u001b')
  const { out } = await listen(['--print-bodies'], [page(), page(event)])
  const [, json = ''] = /^(\{.*^\})/ms.exec(out) ?? []
  expect(JSON.parse(json)).toEqual(event)
  expect(out).not.toMatch(/[\u001b\u009b\u202e]/)
})

test('a lost connection is mended; too many listeners are waited for', async () => {
  const full = failure(429, 'TooManyRequests', '5 programs wait already.', {
    headers: { 'retry-after': '0' },
  })
  const { err, out } = await listen([], [page(), full, full, full, page(change('a'))])
  expect(err).toContain('5 programs wait already: trying again for up to 10 minutes ...\n')
  expect(out).toContain('segment-change  a  new -> active')
})

test('a command line that cannot be is refused, without what it holds', async () => {
  const url = 'http://127.0.0.1:9'
  const cases: [string[], string, Partial<Scene>?][] = [
    [['listen', 'x'], 'listen takes options only'],
    [['listen', '--mode', 'merge'], '--mode is no option of listen'],
    [['listen', '--secret', 'whsec_x'], 'There is no option --secret'],
    [['listen', '--forward-to', 'canary'], '--forward-to must be a URL'],
    [['listen', '--forward-to', 'http://canary:canary@a.example'], '--forward-to must be a URL'],
    [['listen', '--event-type', 'canary'], '--event-type must be'],
    [['listen', '--json', '--forward-to', url], 'With --json set NEWCOMER_WEBHOOK_SECRET'],
    [
      ['listen', '--forward-to', url],
      'NEWCOMER_WEBHOOK_SECRET must have',
      { webhookSecret: 'canary' },
    ],
    [['import', 'a.csv', '--forward-to', url], '--forward-to is an option of listen'],
    [['imports', 'list', '--print-bodies'], '--print-bodies is an option of listen'],
  ]
  for (const [args, message, scene] of cases) {
    const { status, out, err } = await play(args, { url, ...scene })
    expect([args, status, out]).toEqual([args, 1, ''])
    expect(err).toContain(message)
    expect(err).not.toContain('canary')
  }
})
