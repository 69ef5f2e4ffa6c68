import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { emailHash } from '../support/hash.ts'
import { pglite } from '../support/databases.ts'
import { must, startFreshNetwork } from '../support/network.ts'
import type { Network } from '../support/network.ts'
import { open, readAnswers } from './raw.ts'

// Long enough for what a test sends at once, on a busy machine too.
const BODY_MS = 1_000
const IDLE_MS = 2_000
const LONGEST = { timeout: 20_000, interval: 20 }

let network: Network
let app: FastifyInstance
let url: string

beforeAll(async () => {
  network = await startFreshNetwork(pglite.create, { publishers: 1, merchants: 0 })
  // The same parts, with less patience.
  app = buildApp({
    ...network.server.parts,
    operatorKey: network.operator.key,
    bodyTimes: { bodyMs: BODY_MS, idleMs: IDLE_MS },
    isStopping: () => false,
    isReady: async () => true,
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
})

afterAll(async () => {
  await app.close()
  await network.stop()
})

function head(line: string, length: number, key = network.publishers[0]!.key): string {
  const authorization = `Authorization: Basic ${btoa(`${key}:`)}`
  const type = `Content-Type: ${line.includes('imports') ? 'text/csv' : 'application/json'}`
  return [
    `${line} HTTP/1.1`,
    'Host: a',
    authorization,
    type,
    `Content-Length: ${length}`,
    '',
    '',
  ].join('\r\n')
}

const read = (path: string) => network.publishers[0]!.call('GET', path)

test('a body that does not come in time is told so, and nothing is done', async () => {
  const text = '{"id":"late"}'
  const began = performance.now()
  const socket = open(url, head('POST /v1/customers', text.length), text.slice(0, 5))
  socket.once('data', () => socket.end(text.slice(5)))
  const [answer, ...others] = await readAnswers(socket)
  expect(performance.now() - began).toBeGreaterThanOrEqual(BODY_MS - 1)
  expect(answer).toMatchObject({ status: 408, body: { error: { type: 'RequestTimeout' } } })
  expect(answer!.headers).toMatchObject({ connection: 'close' })
  expect(answer!.headers['x-request-id']).toMatch(/^req-/)
  expect(others).toEqual([])
  expect((await read('/v1/customers/late')).status).toBe(404)
})

test('who was refused has no longer than that for the rest', async () => {
  const strange = open(url, head('POST /v1/imports', 1_000_000, 'sk-unknown'), 'user_id\n')
  const lost = open(url, head('POST /v1/nothing', 1_000_000), '{')
  const dripping = setInterval(() => [strange, lost].map((socket) => socket.write('x')), 50)
  const answers = await Promise.all([readAnswers(strange), readAnswers(lost)])
  clearInterval(dripping)
  expect(answers.flat().map(({ status }) => status)).toEqual([401, 404])
})

test('a call without a socket, as the tests of routes make it, has no rest to wait for', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const answers = await Promise.all([
      app.inject({ method: 'GET', url: '/nothing' }),
      app.inject({ method: 'POST', url: '/nothing', payload: { a: 1 } }),
    ])
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404])
    expect(() => vi.advanceTimersByTime(BODY_MS + 1)).not.toThrow()
  } finally {
    vi.useRealTimers()
  }
})

test('a file may take its time, as long as something comes', async () => {
  const [first, ...rest] = ['user_id,email_sha256\n', ...Array.from('abcdefgh', rowOf)]
  const length = [first, ...rest].join('').length
  const socket = open(url, head('POST /v1/imports', length), first)
  const answered = readAnswers(socket)
  const began = performance.now()
  const sending = setInterval(() => {
    const row = rest.shift()
    if (row !== undefined) socket.write(row)
    else clearInterval(sending)
  }, BODY_MS / 4)
  await vi.waitFor(() => expect(rest).toEqual([]), LONGEST)
  expect(performance.now() - began).toBeGreaterThan(BODY_MS)
  socket.once('data', () => socket.end())
  const [answer] = await answered
  expect(answer).toMatchObject({ status: 200, body: { object: { total_rows: 8 } } })
})

test('of which nothing comes any more, its connection ends, and it can be gone on with', async () => {
  const made = await must(network.publishers[0]!.call('POST', '/v1/imports'))
  const path = `/v1/imports/${made.id}`
  const began = performance.now()
  const text = `user_id,email_sha256\n${rowOf('x')}`
  const answers = await readAnswers(open(url, head(`PUT ${path}/file`, 5_000), text))
  expect(performance.now() - began).toBeGreaterThanOrEqual(IDLE_MS - 1)
  expect(answers).toEqual([])
  expect((await read(path)).body.object).toMatchObject({ state: 'receiving', received_bytes: 0 })
  const socket = open(url, head(`PUT ${path}/file`, text.length), text)
  socket.once('data', () => socket.end())
  const [answer] = await readAnswers(socket)
  expect(answer).toMatchObject({ status: 200, body: { object: { total_rows: 1 } } })
})

function rowOf(id: string): string {
  return `${id},${emailHash(id)}\n`
}
