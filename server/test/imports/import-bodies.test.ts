import { sql } from 'kysely'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { startFreshNetwork } from '../support/network.ts'
import type { Network } from '../support/network.ts'
import { createAsk, openBody } from './ask.ts'
import type { Ask } from './ask.ts'
import { createImportCalls } from './import-calls.ts'
import type { ImportCalls } from './import-calls.ts'

const FILE = `user_id,email_sha256\nzoë-1,${emailHash('1')}\nc-2,${emailHash('2')}\n`
const bytes = Buffer.from(FILE)
const large = Buffer.alloc(3_000_000, 'user_id,email_sha256\n')
const rowsOf = (from: number, to: number): string =>
  Array.from(
    { length: to - from },
    (_, row) => `c-${from + row},${emailHash(`${from + row}`)}\n`,
  ).join('')

describe.each(databases)('a file on its way, on $name', ({ create }) => {
  let network: Network
  let ask: Ask
  let imports: ImportCalls
  const errors: string[] = []

  beforeAll(async () => {
    const log = pino({ level: 'warn' }, { write: (line) => void errors.push(line) })
    network = await startFreshNetwork(create, { publishers: 2, merchants: 0, log })
    ask = createAsk(network.url, network.publishers[0]!)
    imports = createImportCalls(network.url, network.publishers[0]!)
  })

  afterAll(async () => {
    await network.stop()
  })

  const post = (headers: Record<string, string>, body?: Uint8Array | AsyncIterable<Uint8Array>) =>
    ask('POST', '/v1/imports', { headers, ...(body && { body }) })
  test('in chunks without a length, cut within a character', async () => {
    const at = bytes.indexOf(0xc3) + 1
    const pieces = async function* (): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, at)
      for (const byte of bytes.subarray(at)) yield Uint8Array.of(byte)
    }
    const answer = await post({ 'content-type': 'text/csv' }, pieces())
    expect(answer.body.object).toMatchObject({ received_bytes: bytes.length, total_rows: 2 })
    // Ids are ASCII: the row is rejected whether or not its bytes came together.
    expect(await imports.rested(answer.body.object.id)).toMatchObject({ preview: { rejected: 1 } })
  })

  test('more files at once than are read at once', async () => {
    const other = createImportCalls(network.url, network.publishers[1]!)
    const sent = await Promise.all(
      Array.from({ length: 8 }, (_, index) => (index % 4 === 3 ? other : imports).send(FILE)),
    )
    expect(sent.map(({ status }) => status)).toEqual(sent.map(() => 200))
  })

  test('piece by piece, each from where the one before was kept', async () => {
    const file = `user_id,email_sha256\n${rowsOf(0, 2_500)}`
    const { id } = (await post({})).body.object
    const first = await imports.sendRest(id, 0, file.slice(0, -10), 'last=false')
    const { received_bytes: kept, total_rows: rows, state } = first.body.object
    expect({ rows, state }).toEqual({ rows: 2_000, state: 'receiving' })
    for (const offset of [0, 1, kept - 1, kept + 1, file.length]) {
      const { status, body } = await imports.sendRest(id, offset, file.slice(offset))
      expect(status).toBe(409)
      expect(body.error).toMatchObject({ type: 'Conflict', details: { received_bytes: kept } })
    }
    const last = await imports.sendRest(id, kept, file.slice(kept))
    expect(last.body.object).toMatchObject({ received_bytes: file.length, total_rows: 2_500 })
    const again = await imports.sendRest(id, file.length, 'c-more,\n')
    expect(again).toMatchObject({ status: 409, body: { error: { type: 'Conflict' } } })
    expect(await imports.rested(id)).toMatchObject({ state: 'ready', preview: { created: 2_500 } })
  })

  test.each(['offset=-1', 'offset=x', 'offset=0.5', 'offset=1e3', `offset=${'9'.repeat(20)}`])(
    'not from %s',
    async (query) => {
      const { id } = (await post({})).body.object
      const answer = await ask('PUT', `/v1/imports/${id}/file?${query}`, { body: bytes })
      expect(answer).toMatchObject({ status: 400, body: { error: { type: 'InvalidField' } } })
      expect(answer.body.error.details).toEqual({ field: 'offset' })
    },
  )

  test('whoever sends it later takes over, and the one before is told so', async () => {
    const { id } = (await post({})).body.object
    const path = `/v1/imports/${id}/file`
    const slow = openBody()
    const overtaken = ask('PUT', path, { body: slow.body })
    slow.push(`user_id,email_sha256\n${rowsOf(0, 2_500)}`)
    const { received_bytes: kept } = await imports.once(id, (its) => its.total_rows === 2_000)
    const taken = await imports.sendRest(id, kept, rowsOf(3_000, 3_010))
    expect(taken).toMatchObject({ status: 200, body: { object: { total_rows: 2_010 } } })
    slow.push(rowsOf(4_000, 5_500))
    slow.end()
    expect(await overtaken).toMatchObject({ status: 409, body: { error: { type: 'Conflict' } } })
    expect(await imports.rested(id)).toMatchObject({ state: 'ready', total_rows: 2_010 })
  })

  test('a client that leaves in the midst of it can go on', async () => {
    const { id } = (await post({})).body.object
    const leaving = new AbortController()
    const { body, push } = openBody()
    const { signal } = leaving
    const left = ask('PUT', `/v1/imports/${id}/file`, { body, signal }).catch(() => 'left')
    push(`user_id,email_sha256\n${rowsOf(0, 2_500)}`)
    const { received_bytes: kept } = await imports.once(id, (its) => its.total_rows === 2_000)
    leaving.abort()
    expect(await left).toBe('left')
    const rest = await imports.sendRest(id, kept, rowsOf(2_000, 2_500))
    expect(rest).toMatchObject({ status: 200, body: { object: { total_rows: 2_500 } } })
    // That somebody left is nobody's mistake here.
    expect(errors).toEqual([])
  })

  test('the same key is the same import, as long as that is to be done', async () => {
    const headers = { 'content-type': 'text/csv', 'idempotency-key': 'file-of-today!~' }
    const first = await post(headers, bytes)
    const { id } = first.body.object
    const again = await post(headers, large)
    const empty = await post({ 'idempotency-key': headers['idempotency-key'] })
    expect([again, empty].map(({ body }) => body.object.id)).toEqual([id, id])
    expect(again.body.object).toMatchObject({ received_bytes: bytes.length, total_rows: 2 })
    const other = createAsk(network.url, network.publishers[1]!)
    expect((await other('POST', '/v1/imports', { headers, body: bytes })).body.object.id).not.toBe(
      id,
    )
    expect((await post({ 'content-type': 'text/csv' }, bytes)).body.object.id).not.toBe(id)
    expect((await imports.cancel(id)).body.object.state).toBe('cancelled')
    expect((await post(headers, bytes)).body.object.id).not.toBe(id)
  })

  test.each(['', 'a b', 'ü', 'x'.repeat(256), 'tab\tbed'])('"%s" is no such key', async (key) => {
    const answer = await post({ 'idempotency-key': key }, bytes)
    expect(answer).toMatchObject({ status: 400, body: { error: { type: 'InvalidField' } } })
    expect(answer.body.error.details).toEqual({ field: 'Idempotency-Key' })
  })

  test('a server that stops does not wait for the end of it, and keeps what came', async () => {
    const { id } = (await post({})).body.object
    const { body, push, end } = openBody()
    const path = `/v1/imports/${id}/file`
    const sent = ask('PUT', path, { body })
    push(`user_id,email_sha256\n${rowsOf(0, 2_500)}`)
    await imports.once(id, (its) => its.total_rows === 2_000)
    const began = performance.now()
    const stopped = network.server.stop()
    push(rowsOf(2_500, 2_501))
    const { status, headers, body: answer } = await sent
    expect({ status, type: answer.error.type }).toEqual({ status: 503, type: 'Unavailable' })
    expect(headers.get('retry-after')).toMatch(/^\d+$/)
    end()
    await stopped
    expect(performance.now() - began).toBeLessThan(7_000)
    expect(errors).toEqual([])
    const { rows } = await sql`
      select total_rows from imports where state = 'receiving' and total_rows > 0`.execute(
      network.db,
    )
    expect(rows).toEqual([{ total_rows: 2_000 }])
  })
})
