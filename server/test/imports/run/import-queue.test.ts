import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { databases, postgresql } from '../../support/databases.ts'
import { emailHash } from '../../support/hash.ts'
import { must, startFreshNetwork } from '../../support/network.ts'
import type { Network } from '../../support/network.ts'
import { createImportCalls } from '../import-calls.ts'
import type { ImportBody, ImportCalls } from '../import-calls.ts'

const LONGEST = { timeout: 60_000, interval: 5 }
const fileOf = (name: string, count: number) => {
  const row = (index: number) => {
    const id = `${name}-${index}`
    return `${id},${index % 10 === 7 ? 'not-a-hash' : emailHash(id)}\n`
  }
  return `user_id,email_sha256\n${Array.from({ length: count }, (_, index) => row(index)).join('')}`
}

function expectSum({ rows, created, updated, unchanged, rejected, total_rows }: ImportBody): void {
  expect(created + updated + unchanged + rejected).toBe(rows)
  expect(rows).toBeLessThanOrEqual(total_rows)
}

describe.each(databases)('imports one after another, on $name', ({ create }) => {
  let network: Network
  let imports: ImportCalls

  beforeAll(async () => {
    network = await startFreshNetwork(create, { publishers: 2, merchants: 1 })
    imports = createImportCalls(network.url, network.publishers[0]!)
  })

  afterAll(async () => {
    await network.stop()
  })

  /** All that the import was seen to be until it rested. */
  async function watch(id: string): Promise<ImportBody[]> {
    const seen: ImportBody[] = []
    await imports.once(id, (its) => {
      seen.push(its)
      return ['finished', 'cancelled', 'undone'].includes(its.state)
    })
    return seen
  }

  test('those of one organization do not overlap, and keep their order', async () => {
    const ids: string[] = []
    for (const name of ['a', 'b', 'c', 'd']) ids.push((await imports.check(fileOf(name, 30))).id)
    for (const id of ids) await must(imports.start(id))
    const ended = await Promise.all(ids.map((id) => imports.rested(id)))
    for (const [index, its] of ended.entries()) {
      expect(its).toMatchObject({ state: 'finished', created: 27, rejected: 3 })
      const before = ended[index - 1]
      if (before) expect(its.started_date >= before.ended_date).toBe(true)
    }
  })

  test('one that starts at once adds up at every moment', async () => {
    const sent = await must(imports.send(fileOf('e', 3_000), { startsAtOnce: true }))
    expect(sent).toMatchObject({ starts_at_once: true, total_rows: 3_000, preview: null })
    expect(['checking', 'waiting', 'running']).toContain(sent.state)
    const seen = await watch(sent.id)
    for (const its of seen) expectSum(its)
    const rows = seen.map((its) => its.rows)
    expect(rows).toEqual(rows.toSorted((a, b) => a - b))
    expect(rows.some((count) => count > 0 && count < 3_000)).toBe(true)
    const running = seen.filter(({ state }) => state === 'running')
    for (const its of running) {
      if (its.rows_per_second === null) expect(its.time_left_seconds).toBeNull()
      else expect(its.time_left_seconds * its.rows_per_second).toBeGreaterThanOrEqual(0)
    }
    expect(seen.at(-1)).toMatchObject({
      ...{ state: 'finished', rows: 3_000, created: 2_700, updated: 0, unchanged: 0 },
      ...{ rejected: 300, preview: null, rows_per_second: null, time_left_seconds: null },
    })
    const again = await imports.run(fileOf('e', 3_000))
    expect(again).toMatchObject({ rows: 3_000, unchanged: 2_700, rejected: 300 })
    const refused = await must(imports.send('name\n', { startsAtOnce: true }))
    expect(refused).toMatchObject({ state: 'refused', rows: 0, started_date: null })
  })

  test('one that is cancelled stays as far as it came, and can be taken back', async () => {
    const earlier = await imports.run(fileOf('f', 10))
    const { id } = await must(imports.send(fileOf('f', 5_000), { startsAtOnce: true }))
    await imports.once(id, (its) => its.rows > 0)
    const { status, body } = await imports.undo(earlier.id)
    expect({ status, type: body.error.type }).toEqual({ status: 409, type: 'Conflict' })
    expect(body.error.message).toContain('running')
    const cancelled = await must(imports.cancel(id))
    expectSum(cancelled)
    expect(cancelled).toMatchObject({ state: 'cancelled', rows_per_second: null })
    expect(cancelled.rows).toBeGreaterThan(0)
    expect(cancelled.rows).toBeLessThan(5_000)
    // What is cut off would have been written within moments.
    await imports.run(fileOf('g', 10))
    expect(await imports.read(id)).toEqual(cancelled)
    const seen = await (await must(imports.undo(id)), watch(id))
    for (const its of seen) expectSum(its)
    expect(seen.at(-1)).toMatchObject({ state: 'undone', undone: cancelled.created + 9 })
    const { call } = network.publishers[0]!
    expect((await call('GET', '/v1/customers/f-0')).status).toBe(200)
    expect((await call('GET', '/v1/customers/f-10')).status).toBe(404)
    await imports.takeBack(earlier.id)
    expect((await call('GET', '/v1/customers/f-0')).status).toBe(404)
    expect((await must(network.operator.call('POST', '/operator/v1/verify'))).drift).toBe(0)
  })

  test('so many may be begun, and no more until one of them ends', async () => {
    const other = createImportCalls(network.url, network.publishers[1]!)
    const kept = await must(other.send(undefined, { repeatKey: 'kept' }))
    const ready = await other.check(fileOf('h', 1))
    for (let count = 2; count < 100; count++) await must(other.send(undefined))
    for (const file of [undefined, fileOf('h', 1)]) {
      const { status, body } = await other.send(file)
      expect({ status, type: body.error.type }).toEqual({ status: 409, type: 'Conflict' })
      expect(body.error.message).toContain('100')
    }
    expect((await must(other.send(undefined, { repeatKey: 'kept' }))).id).toBe(kept.id)
    await imports.run(fileOf('i', 1))
    await other.finish(ready.id)
    await must(other.send(undefined))
    expect((await other.send(undefined)).status).toBe(409)
    await must(other.cancel(kept.id))
    await must(other.send(undefined))
  })
})

describe('while an import has to wait for a lock, on PostgreSQL', () => {
  let network: Network

  beforeAll(async () => {
    network = await startFreshNetwork(postgresql.create, { publishers: 2, merchants: 0 })
  })

  afterAll(async () => {
    await network.stop()
  })

  test("another organization's goes on beside it, and its own behind it", async () => {
    const [first, second] = network.publishers.map((each) => createImportCalls(network.url, each))
    const imports = first!
    await imports.run(fileOf('a', 10))
    const files = ['b', 'c', 'd'].map((name) => fileOf('a', 11) + `${name},\n`)
    const [one, two, three] = await Promise.all(files.map((file) => imports.check(file)))
    const release = await lockCustomers()
    await must(imports.start(one.id))
    await imports.once(one.id, ({ state }) => state === 'running')
    expect((await must(imports.start(two.id))).state).toBe('waiting')
    expect((await must(imports.start(three.id))).state).toBe('waiting')
    expect(await second!.run(fileOf('z', 10))).toMatchObject({ created: 9 })
    for (const [{ id }, state] of [
      [one, 'running'],
      [two, 'waiting'],
      [three, 'waiting'],
    ] as const) {
      expect(await imports.read(id)).toMatchObject({ state, rows: 0 })
      expect((await must(imports.start(id))).state).toBe(state)
    }
    expect((await must(imports.cancel(three.id))).state).toBe('cancelled')
    await release()
    const ended = await Promise.all([one, two].map(({ id }) => imports.rested(id)))
    expect(ended).toMatchObject([{ state: 'finished' }, { state: 'finished' }])
    expect(await imports.read(three.id)).toMatchObject({ state: 'cancelled', rows: 0 })
  })

  /** Holds all customers that there are, until it is released. */
  async function lockCustomers(): Promise<() => Promise<void>> {
    const locked = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    const done = network.db.transaction().execute(async (tx) => {
      await sql`select id from customers for update`.execute(tx)
      locked.resolve()
      await released.promise
    })
    await vi.waitFor(() => locked.promise, LONGEST)
    return () => {
      released.resolve()
      return done
    }
  }
})
