import { sql } from 'kysely'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { open, readAnswers } from '../http/raw.ts'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must, startFreshNetwork } from '../support/network.ts'
import type { Network } from '../support/network.ts'
import { createAsk, openBody } from './ask.ts'
import type { Ask } from './ask.ts'
import { createImportCalls } from './import-calls.ts'
import type { ImportBody, ImportCalls } from './import-calls.ts'

const HEADER = 'user_id,email_sha256\n'
const rowsOf = (from: number, to: number): string =>
  Array.from(
    { length: to - from },
    (_, row) => `c-${from + row},${emailHash(`${from + row}`)}\n`,
  ).join('')
const AT_ONCE = 8

describe.each(databases)('calls about one file at once, on $name', ({ create }) => {
  let network: Network
  let ask: Ask
  let imports: ImportCalls
  const complaints: string[] = []

  beforeAll(async () => {
    const log = pino({ level: 'warn' }, { write: (line) => void complaints.push(line) })
    network = await startFreshNetwork(create, { publishers: 1, merchants: 0, log })
    ask = createAsk(network.url, network.publishers[0]!)
    imports = createImportCalls(network.url, network.publishers[0]!)
  })
  afterAll(async () => {
    expect(complaints).toEqual([])
    expect((await must(network.operator.call('POST', '/operator/v1/verify', {}))).drift).toBe(0)
    await network.stop()
  })

  const atOnce = <T>(call: () => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: AT_ONCE }, call))
  const countOf = async (table: string): Promise<number> => {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from ${sql.table(table)}`.execute(network.db)
    return rows[0]!.count
  }
  /** How many customers there are. */
  const countCustomers = async (): Promise<number> => {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from customers
      where created_at is not null and erased_at is null`.execute(network.db)
    return rows[0]!.count
  }

  test('whoever sends a file that another goes on with can make other calls then', async () => {
    const { id } = await must(imports.send(undefined))
    const file = HEADER + rowsOf(0, 20_000)
    const key = `Authorization: Basic ${btoa(`${network.publishers[0]!.key}:`)}`
    const head = (line: string, ...more: string[]) =>
      [`${line} HTTP/1.1`, 'Host: a', key, ...more, '', ''].join('\r\n')
    const half = file.length / 2
    const socket = open(
      network.url,
      head(`PUT /v1/imports/${id}/file`, `Content-Length: ${file.length}`),
      file.slice(0, half),
    )
    let { received_bytes: kept } = await imports.once(id, (its) => its.total_rows > 0)
    for (let isTaken = false; !isTaken;) {
      const { status, body } = await imports.sendRest(id, kept, file.slice(kept))
      isTaken = status === 200
      // What came before is still being kept.
      if (!isTaken) kept = body.error.details.received_bytes
    }
    socket.write(file.slice(half))
    socket.write(head(`GET /v1/imports/${id}`, 'Connection: close'))
    const answers = await readAnswers(socket)
    expect(answers.map(({ status }) => status)).toEqual([409, 200])
    expect(answers[1]!.body.object).toMatchObject({ total_rows: 20_000 })
    await imports.cancel(id)
  })

  test('the same call at once, with the same key, makes one import and brings its file', async () => {
    const before = await countOf('imports')
    const file = HEADER + rowsOf(0, 1_500)
    const sent = await atOnce(() => imports.send(file, { repeatKey: 'at-once' }))
    expect(sent.map(({ status }) => status)).toEqual(sent.map(() => 200))
    expect(new Set(sent.map(({ body }) => body.object.id)).size).toBe(1)
    expect(await countOf('imports')).toBe(before + 1)
    const its = await imports.rested(sent[0]!.body.object.id)
    expect(its).toMatchObject({ state: 'ready', received_bytes: file.length, total_rows: 1_500 })
    await imports.cancel(its.id)
  })

  test('it is started once and undone once, however often that is asked for', async () => {
    const { id } = await imports.check(HEADER + rowsOf(0, 2_500))
    const started = await atOnce(() => imports.start(id))
    expect(started.map(({ status }) => status)).toEqual(started.map(() => 200))
    const finished = await imports.rested(id)
    expect(finished).toMatchObject({ state: 'finished', rows: 2_500, created: 2_500 })
    expect((await imports.start(id)).body.object).toEqual(finished)
    const undone = await atOnce(() => imports.undo(id))
    expect(undone.map(({ status }) => status)).toEqual(undone.map(() => 200))
    const its = await imports.rested(id)
    expect(its).toMatchObject({ state: 'undone', created: 2_500, undone: 2_500 })
    expect((await imports.undo(id)).body.object).toEqual(its)
    expect(await countCustomers()).toBe(0)
  })

  test('cancelled while it comes, it keeps nothing, and whoever sends it is told so', async () => {
    const { id } = await must(imports.send(undefined))
    const { body, push, end } = openBody()
    const sending = ask('PUT', `/v1/imports/${id}/file`, { body })
    push(HEADER + rowsOf(0, 3_500))
    await imports.once(id, (its) => its.total_rows > 0)
    await must(imports.cancel(id))
    push(rowsOf(3_500, 9_000))
    end()
    expect(await sending).toMatchObject({ status: 409, body: { error: { type: 'Conflict' } } })
    const again = await imports.sendRest(id, (await imports.read(id)).received_bytes, rowsOf(0, 1))
    expect(again).toMatchObject({ status: 409, body: { error: { type: 'Conflict' } } })
    expect(await imports.read(id)).toMatchObject({ state: 'cancelled', rows: 0 })
    expect(await countOf('import_batches')).toBe(0)
  })

  test('cancelled while it is checked, it stays so', async () => {
    const { id } = await must(imports.send(HEADER + rowsOf(0, 8_000)))
    await must(imports.cancel(id))
    // Another is checked after it, by when whatever was under way has ended.
    const other = await imports.check(HEADER + rowsOf(0, 10))
    await must(imports.cancel(other.id))
    expect(await imports.read(id)).toMatchObject({ state: 'cancelled', preview: null, rows: 0 })
    expect(await countOf('import_batches')).toBe(0)
    expect(await countCustomers()).toBe(0)
  })

  /** Cancels it as soon as this holds, which has to be before it is finished. */
  async function cancelOnce(id: string, holds: (its: ImportBody) => boolean): Promise<ImportBody> {
    let its = await imports.read(id)
    while (!holds(its)) its = await imports.read(id)
    return must(imports.cancel(id))
  }

  test('cancelled while it is written, it can be undone, which leaves nothing', async () => {
    const { id } = await must(imports.send(HEADER + rowsOf(0, 9_000), { startsAtOnce: true }))
    const cancelled = await cancelOnce(id, ({ rows }) => rows > 0)
    expect(cancelled.rows).toBeLessThan(9_000)
    expect(cancelled.created).toBe(cancelled.rows)
    expect(await countCustomers()).toBe(cancelled.rows)
    expect(await imports.takeBack(id)).toMatchObject({ undone: cancelled.rows })
    expect(await countCustomers()).toBe(0)
    expect(await countOf('import_batches')).toBe(0)
  })

  test('cancelled while it takes back what others gave, it can be undone as a whole', async () => {
    const before = await imports.run(HEADER + rowsOf(0, 9_000))
    const options = { mode: 'replace', startsAtOnce: true }
    const { id } = await must(imports.send(HEADER + rowsOf(10_000, 12_500), options))
    const { preview } = await imports.rested(id)
    await must(imports.start(id, preview.confirm))
    const cancelled = await cancelOnce(id, ({ removed }) => removed > 0)
    expect(cancelled).toMatchObject({ state: 'cancelled', rows: 2_500, created: 2_500 })
    expect(cancelled.removed).toBeLessThan(9_000)
    expect(await countCustomers()).toBe(9_000 - cancelled.removed + 2_500)
    const { removed: restored } = cancelled
    expect(await imports.takeBack(id)).toMatchObject({ undone: 2_500, restored })
    expect(await countCustomers()).toBe(9_000)
    expect(await imports.takeBack(before.id)).toMatchObject({ undone: 9_000 })
    expect(await countCustomers()).toBe(0)
  })
})
