import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { exchange } from '../http/raw.ts'
import { pglite } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { useNetwork } from '../support/network.ts'
import { createAsk } from './ask.ts'
import type { Ask } from './ask.ts'

const FILE = `user_id,email_sha256\nc-1,${emailHash('1')}\nc-2,${emailHash('2')}\n`
const bytes = Buffer.from(FILE)
const large = Buffer.alloc(3_000_000, 'user_id,email_sha256\n')

const network = useNetwork(pglite.create, { publishers: 1, merchants: 0 })
let ask: Ask

beforeAll(() => {
  ask = createAsk(network.url, network.publishers[0]!)
})

const post = (headers: Record<string, string>, body?: Uint8Array) =>
  ask('POST', '/v1/imports', { headers, ...(body && { body }) })
const countOfAll = async (): Promise<number> =>
  (await ask('GET', '/v1/imports?page_size=500')).body.objects.length

async function expectTaken(answer: Promise<{ status: number; body: unknown }>): Promise<void> {
  expect(await answer).toMatchObject({
    status: 200,
    body: { object: { received_bytes: bytes.length, total_rows: 2, error: null } },
  })
}

test.each([
  'text/csv; charset=utf-8; header=present',
  'text/plain;charset=UTF-8',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  '',
])('a file may be said to be "%s"', async (type) => {
  await expectTaken(post(type === '' ? {} : { 'content-type': type }, bytes))
})

test.each([
  ['gzip', gzipSync(bytes)],
  ['X-GZIP', gzipSync(bytes)],
  ['zstd', zstdCompressSync(bytes)],
  ['identity', bytes],
])('with Content-Encoding: %s', async (encoding, body) => {
  await expectTaken(post({ 'content-type': 'text/csv', 'content-encoding': encoding }, body))
})

test.each([
  ['application/x-gzip', gzipSync(bytes)],
  ['Application/GZIP; name=customers', gzipSync(bytes)],
  ['application/zstd', zstdCompressSync(bytes)],
])('with Content-Type: %s', async (type, body) => {
  await expectTaken(post({ 'content-type': type, 'content-encoding': 'identity' }, body))
})

test('with either of them, which is one compression', async () => {
  const headers = { 'content-type': 'application/gzip', 'content-encoding': 'gzip' }
  await expectTaken(post(headers, gzipSync(bytes)))
})

test.each([
  ['application/json', {}],
  ['Application/JSON; charset=utf-8', {}],
  ['multipart/form-data; boundary=x', {}],
  [';;;', {}],
])('what is said to be %s is not a file, and is told what is', async (type) => {
  const before = await countOfAll()
  const answer = await post({ 'content-type': type }, bytes)
  expect(answer).toMatchObject({ status: 415, body: { error: { type: 'UnsupportedMediaType' } } })
  expect(answer.body.error.message).toContain('Content-Type: text/csv')
  expect(await countOfAll()).toBe(before)
})

test.each(['br', 'deflate', 'gzip, gzip', 'none'])('nor is anything %s', async (encoding) => {
  const before = await countOfAll()
  const headers = { 'content-type': 'text/csv', 'content-encoding': encoding }
  const answer = await post(headers, bytes)
  expect(answer).toMatchObject({ status: 415, body: { error: { type: 'UnsupportedMediaType' } } })
  expect(answer.body.error.message).toContain('gzip or zstd')
  expect(await countOfAll()).toBe(before)
})

test('a large file that is not wanted is answered as a small one is', async () => {
  const csv = { headers: { 'content-type': 'text/csv' }, body: large }
  const stranger = createAsk(network.url, { key: 'sk-unknown' })
  const absent = '/v1/imports/import-0123456789abcdef'
  const answers = [
    await stranger('POST', '/v1/imports', csv),
    await post({ 'content-type': 'application/json' }, large),
    await ask('POST', '/v1/imports?mode=whatever', csv),
    await ask('PUT', `${absent}/file`, csv),
    await ask('POST', '/v1/import', csv),
    await ask('POST', `${absent}/file`, csv),
    await ask('PATCH', '/v1/imports', csv),
    await stranger('PUT', '/v1/nothing/at/all', csv),
  ]
  expect(answers.map(({ status }) => status)).toEqual([401, 415, 400, 404, 404, 404, 404, 404])
  expect(answers.map(({ body }) => body.meta.status)).toEqual(answers.map(() => 'error'))
})

test.each([
  ['neither a type nor a length', {}],
  ['a type of JSON', { 'content-type': 'application/json' }],
  ['a type of CSV', { 'content-type': 'text/csv' }],
])('without a body, with %s, the file is to follow', async (_, headers) => {
  const { status, body } = await post(headers)
  expect(status).toBe(200)
  expect(body.object).toMatchObject({ state: 'receiving', received_bytes: 0, report: null })
})

test('an empty file is one, and is refused', async () => {
  const key = `Authorization: Basic ${btoa(`${network.publishers[0]!.key}:`)}`
  const [posted] = await exchange(
    network.url,
    `POST /v1/imports HTTP/1.1\r\nHost: a\r\n${key}\r\nContent-Type: text/csv\r\n`,
    'Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n',
  )
  const { id } = (await post({})).body.object
  for (const { status, body } of [posted!, await ask('PUT', `/v1/imports/${id}/file`)]) {
    expect(status).toBe(200)
    expect(body.object).toMatchObject({ state: 'refused', total_rows: 0, rows: 0 })
    expect(body.object.error.message).toContain('empty')
  }
})

test('after the server was asked whether it wants it, as curl does', async () => {
  const { hostname, port } = new URL(network.url)
  const sending = request({
    hostname,
    port,
    method: 'POST',
    path: '/v1/imports',
    auth: `${network.publishers[0]!.key}:`,
    headers: { 'content-length': bytes.length, expect: '100-continue' },
  })
  sending.flushHeaders()
  await once(sending, 'continue')
  sending.end(bytes)
  const [answer] = (await once(sending, 'response')) as [IncomingMessage]
  expect(await json(answer)).toMatchObject({ object: { total_rows: 2 } })
})

test('the connection serves other calls then', async () => {
  const key = `Authorization: Basic ${btoa(`${network.publishers[0]!.key}:`)}`
  const head = (line: string, ...more: string[]) =>
    [`${line} HTTP/1.1`, 'Host: a', key, ...more, '', ''].join('\r\n')
  const length = `Content-Length: ${bytes.length}`
  const answers = await exchange(
    network.url,
    head('POST /v1/imports', 'Content-Type: text/csv', length),
    bytes,
    head('GET /v1/imports?page_size=1'),
    head('POST /v1/imports?start=later', length),
    bytes,
    head('GET /v1/imports?page_size=1', 'Connection: close'),
  )
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 400, 200])
})
