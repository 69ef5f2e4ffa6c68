import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clearImports } from '../../src/imports/clear-imports.ts'
import type { Database } from '../../src/kernel/database/database.ts'
import { manualClock } from '../support/clock.ts'
import { databases } from '../support/databases.ts'
import type { FreshDatabase } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must, startNetwork } from '../support/network.ts'
import type { Network } from '../support/network.ts'
import { createImportCalls } from './import-calls.ts'
import type { ImportCalls } from './import-calls.ts'

const DAY_MS = 86_400_000
const FILE = `user_id,email_sha256\nc-1,${emailHash('1')}\nc-2,bad\n`
const LONG = `${FILE}${Array.from({ length: 1_200 }, (_, row) => `d-${row},bad\n`).join('')}`

describe.each(databases)('what is left of files, on $name', ({ create }) => {
  const clock = manualClock()
  let fresh: FreshDatabase
  let network: Network
  let database: Database
  let imports: ImportCalls

  beforeAll(async () => {
    fresh = await create()
    database = fresh.database
    network = await startNetwork({ database, clock, publishers: 1, merchants: 0 })
    imports = createImportCalls(network.url, network.publishers[0]!)
  })

  afterAll(async () => {
    await network.stop()
    await fresh.drop()
  })

  const clear = (isStopping = false) =>
    clearImports(database, { now: clock.now(), isStopping: () => isStopping })
  const count = async (table: 'import_batches' | 'import_rejects', id: string): Promise<number> => {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from ${sql.table(table)}
      where right(replace(import::text, '-', ''), 16) = ${id.slice(-16)}`.execute(database.db)
    return rows[0]!.count
  }

  test('a file that nobody goes on with for seven days goes', async () => {
    const { id: begun } = await must(imports.send(undefined))
    const { id: received } = await must(imports.send(undefined))
    await must(imports.sendRest(received, 0, LONG, 'last=false'))
    const { id: ready } = await imports.check(FILE)
    const { id: done } = await imports.run(FILE)
    expect([await count('import_batches', received), await count('import_batches', ready)]).toEqual(
      [1, 1],
    )
    clock.advance(6 * DAY_MS)
    const { received_bytes: kept } = await imports.read(received)
    await must(imports.sendRest(received, kept, LONG.slice(kept, -1), 'last=false'))
    clock.advance(DAY_MS)
    await clear()
    for (const [id, state] of [
      [begun, 'receiving'],
      [ready, 'ready'],
    ] as const) {
      expect(await imports.read(id)).toMatchObject({ state, ended_date: null })
    }
    clock.advance(1)
    await clear()
    for (const id of [begun, ready]) {
      const ended_date = clock.now().toISOString()
      expect(await imports.read(id)).toMatchObject({ state: 'cancelled', ended_date, rows: 0 })
      expect(await count('import_batches', id)).toBe(0)
    }
    expect(await imports.read(received)).toMatchObject({ state: 'receiving' })
    expect(await imports.read(done)).toMatchObject({ state: 'finished', created: 1 })
    // It is as any other that was cancelled: another takes its place.
    expect(await imports.undo(ready)).toMatchObject({ status: 200 })
    clock.advance(7 * DAY_MS)
    await clear()
    expect(await imports.read(received)).toMatchObject({ state: 'cancelled' })
    expect(await count('import_batches', received)).toBe(0)
  })

  test('rejected rows go thirty days after the end', async () => {
    const { id } = await imports.run(FILE)
    const { id: later } = await imports.run(FILE)
    const text = await imports.rejects(id)
    expect(text).toMatch(/\r\n3,.*,c-2,bad\r\n$/)
    await sql`
      insert into import_rejects (import, number, step, blob)
      select import, 1000 + extra, 0, '' from import_rejects, generate_series(1, 240) extra
      where right(replace(import::text, '-', ''), 16) = ${id.slice(-16)}`.execute(database.db)
    clock.advance(DAY_MS)
    await imports.takeBack(later)
    clock.advance(29 * DAY_MS)
    await clear()
    expect(await count('import_rejects', id)).toBe(241)
    clock.advance(1)
    await clear(true)
    expect(await count('import_rejects', id), 'it is stopping').toBe(241)
    await clear()
    expect(await count('import_rejects', id)).toBe(0)
    expect(await imports.rejects(id)).toBe('line,reason,user_id,email_sha256\r\n')
    expect(await imports.read(id)).toMatchObject({ state: 'finished', rows: 2, rejected: 1 })
    expect(await imports.rejects(later)).toBe(text)
    clock.advance(DAY_MS)
    await clear()
    expect(await count('import_rejects', later)).toBe(0)
    expect(await imports.takeBack(id)).toMatchObject({ state: 'undone' })
  })

  test('batches of imports that have ended go, whatever came between', async () => {
    const { id: waiting } = await imports.check(FILE)
    const ended = [(await imports.run(FILE)).id, (await must(imports.send('name\n'))).id]
    for (const id of ended) {
      expect(await count('import_batches', id)).toBe(0)
      await sql`
        insert into import_batches (import, number, rows, rejected, blob)
        select key, extra, 0, 0, '' from imports, generate_series(0, 240) extra
        where right(replace(key::text, '-', ''), 16) = ${id.slice(-16)}`.execute(database.db)
    }
    await clear(true)
    expect(await count('import_batches', ended[0])).toBe(241)
    await clear()
    for (const id of ended) expect(await count('import_batches', id)).toBe(0)
    expect(await imports.finish(waiting)).toMatchObject({ unchanged: 1, rejected: 1 })
  })
})
