import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createSender } from '../../../src/webhooks/transport/send.ts'
import type { Sender } from '../../../src/webhooks/transport/send.ts'
import { startReceiver } from '../../support/receiver.ts'
import { developmentRule } from '../../support/target-rules.ts'
import type { Answer, Receiver } from '../../support/receiver.ts'

// Long enough for a busy machine, short enough to be waited for.
const TIMEOUT_MS = 1_000

let receiver: Receiver
let sender: Sender

beforeAll(async () => {
  receiver = await startReceiver()
  sender = createSender({ targetRule: developmentRule, timeoutMs: TIMEOUT_MS })
})
afterEach(() => {
  receiver.received.length = 0
})
afterAll(async () => {
  await sender.close()
  await receiver.close()
})

function sendTo(url: string) {
  const { origin, pathname, search } = new URL(url)
  const headers = { 'content-type': 'application/json' }
  return sender.send({ origin, path: pathname + search, headers, body: Buffer.from('{"a":1}') })
}

function send(...answers: Answer[]) {
  receiver.answer(...answers)
  return sendTo(receiver.url)
}

test('a status is a status, with what it asks for', async () => {
  expect(await send(204)).toMatchObject({ status: 204, error: null, retryAfter: null })
  expect(receiver.received).toMatchObject([{ path: '/hook?from=test', body: { a: 1 } }])
  const busy = { status: 503, headers: { 'retry-after': '7' } }
  expect(await send(busy)).toMatchObject({ status: 503, retryAfter: '7' })
})

test('a redirect is not followed', async () => {
  const answer = await send({ status: 302, headers: { location: receiver.url } }, 200)
  expect(answer).toMatchObject({ status: 302 })
  expect(receiver.received).toHaveLength(1)
})

test('no answer ends at the deadline', async () => {
  const answer = await send('hang')
  expect(answer).toMatchObject({ status: null, error: 'timeout' })
  expect(answer.durationMs).toBeGreaterThanOrEqual(TIMEOUT_MS - 1)
  expect(answer.durationMs).toBeLessThan(TIMEOUT_MS * 3)
})

test('a body that drips for ever ends at the deadline; its status counts', async () => {
  const answer = await send('drip')
  expect(answer).toMatchObject({ status: 200, error: null })
  expect(answer.durationMs).toBeLessThan(TIMEOUT_MS * 3)
})

test('a connection closed in the midst of the body: its status counts', async () => {
  expect(await send('close-mid-body')).toMatchObject({ status: 200, error: null })
})

test('a connection closed before the answer', async () => {
  expect(await send('close')).toMatchObject({ status: null, error: 'reset' })
})

test('nobody listens', async () => {
  const other = await startReceiver()
  await other.close()
  expect(await sendTo(other.url)).toMatchObject({ status: null, error: 'refused' })
})

test('a name that does not exist', async () => {
  const { status, error } = await sendTo('http://does-not-exist.invalid/')
  expect(status).toBeNull()
  // What a resolver that is out of reach says differs by machine.
  expect(['dns', 'timeout']).toContain(error)
})

test('no TLS where TLS is expected', async () => {
  const answer = await sendTo(receiver.url.replace('http://', 'https://'))
  expect(answer).toMatchObject({ status: null, error: 'tls' })
})

test('what is not HTTP', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.end('220 mail.example.com ESMTP\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  expect(await sendTo(`http://127.0.0.1:${port}/`)).toMatchObject({ error: 'invalid' })
  server.close()
})

test('a long body is cut off, and the next request is not held up by it', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    const flood = setInterval(() => socket.write(Buffer.alloc(4096)), 1)
    socket.on('close', () => clearInterval(flood))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const answer = await sendTo(`http://127.0.0.1:${port}/`)
  expect(answer).toMatchObject({ status: 200 })
  expect(answer.durationMs).toBeLessThan(TIMEOUT_MS)
  server.close()
})
