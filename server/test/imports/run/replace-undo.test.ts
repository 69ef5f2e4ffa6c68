import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decryptCustomer } from '../../../src/customers/customer.ts'
import { clearImports } from '../../../src/imports/clear-imports.ts'
import { ensurePartitions } from '../../../src/kernel/database/partition.ts'
import { manualClock } from '../../support/clock.ts'
import { databases } from '../../support/databases.ts'
import { emailHash } from '../../support/hash.ts'
import { must, useNetwork } from '../../support/network.ts'
import { openWorkerInProcess } from './worker-beside.ts'
import type { Place, Row } from './history-model.ts'
import { MERGED, PURCHASERS, replacing, rowOf } from './history-rows.ts'
import { History } from './history.ts'

const [PUBLISHER, OTHER, MERCHANT] = [0, 1, 2]
const DAY_MS = 86_400_000

describe.each(databases)('the undo of a replacement on $name', ({ create }) => {
  const clock = manualClock('2026-03-01T12:00:00.000Z')
  const network = useNetwork(create, {
    clock,
    openWorker: openWorkerInProcess,
    publishers: 2,
    merchants: 1,
  })
  let history: History
  let round = 0

  beforeEach(() => {
    round++
    history = new History(network, clock)
  })
  afterEach(async () => {
    await history.expectTruth(history.model.list())
    for (const place of everybody()) await history.erase(place)
    await history.expectTruth(everybody())
    expect(await countRemovals(), 'what is erased is nowhere').toBe(0)
  })

  const mail = (name: string | number): string => emailHash(`r${round}-${name}`)
  const placeOf = (organization: number, n: number): Place => ({
    organization,
    id: `r${round}-${n}`,
  })
  const rowsOf = (from: number, to: number): Row[] =>
    Array.from({ length: to - from }, (_, n) => rowOf(`r${round}-${from + n}`, [mail(from + n)]))
  const everybody = (): Place[] =>
    [PUBLISHER, OTHER, MERCHANT].flatMap((organization) =>
      Array.from({ length: 50 }, (_, n) => placeOf(organization, n)),
    )
  const sentAt = (index: number) => history.imports.at(index)!

  async function countRemovals(): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from import_removals`.execute(network.db)
    return rows[0]!.count
  }

  /** All that rests of customers, but for versions and when they were changed. */
  async function readAll() {
    const { rows } = await sql<{ id: string; blob: Uint8Array; erased_at: Date | null }>`
      select id, identities, imports, purchase_order, purchase_import, purchased_at, created_at,
        erased_at, blob
      from customers where erased_at is null and not is_guest order by id`.execute(network.db)
    const identities = await sql`
      select id, (select array_agg(h order by h) from unnest(holders) as h) as holders,
        (select array_agg(b order by b) from unnest(buyers) as b) as buyers
      from identities where holders <> '{}' or buyers <> '{}' order by id`.execute(network.db)
    const memberships = await sql`
      select customer, merchant from memberships where left_at is null
      order by customer, merchant`.execute(network.db)
    const { vault } = network.server.parts
    const customers = rows.map((row) => ({ ...row, blob: decryptCustomer(vault, row) }))
    return { customers, identities: identities.rows, memberships: memberships.rows }
  }

  /** A publisher and a merchant whose customers imports, calls and orders gave. */
  async function begin(): Promise<void> {
    await history.import(PUBLISHER, rowsOf(0, 12), MERGED)
    await history.import(PUBLISHER, rowsOf(8, 20), MERGED)
    for (const n of [2, 9, 15]) await history.report(placeOf(PUBLISHER, n), [mail(`call ${n}`)])
    await history.report(placeOf(OTHER, 1), [mail(1)])
    await history.order(`r${round}-order`, {
      merchant: MERCHANT,
      id: `r${round}-3`,
      identifiers: [],
    })
    await history.import(MERCHANT, rowsOf(0, 16), PURCHASERS)
  }

  test.each<[string, number, Row[] | 'other', typeof MERGED]>([
    ["a publisher's header alone", PUBLISHER, [], MERGED],
    ["a publisher's other identifiers", PUBLISHER, 'other', MERGED],
    ["a merchant's header alone", MERCHANT, [], PURCHASERS],
    ["a merchant's other identifiers", MERCHANT, 'other', PURCHASERS],
  ])('%s: all is as it was', async (_, organization, rows, options) => {
    await begin()
    const before = await readAll()
    const other = rowsOf(0, 16).map(({ id }, n) =>
      rowOf(id!, n % 3 > 0 ? [mail(`other ${n}`)] : []),
    )
    await history.import(organization, rows === 'other' ? other : rows, replacing(options))
    await history.expectTruth(history.model.list())
    expect(await readAll()).not.toEqual(before)
    await history.undo(sentAt(-1))
    expect(await readAll()).toEqual(before)
    expect(await countRemovals()).toBe(0)
    // What came back is the earlier imports' again: they can be undone, and replaced.
    await history.undo(sentAt(0))
    await history.import(organization, [], replacing(options))
  })

  test('a file that says the same takes only over whose word it is, and gives that back', async () => {
    await begin()
    const before = await readAll()
    const its = await history.import(PUBLISHER, rowsOf(0, 20), replacing(MERGED))
    expect(its).toMatchObject({ unchanged: 20, removed: 0, preview: { confirm: null } })
    await history.undo(sentAt(-1))
    expect(await readAll()).toEqual(before)
  })

  test('what calls said in between holds: new words, new identifiers, erasures', async () => {
    await begin()
    await history.import(PUBLISHER, [], replacing(MERGED))
    const [joined, anew, erased, again] = [0, 1, 4, 5].map((n) => placeOf(PUBLISHER, n)) as [
      Place,
      Place,
      Place,
      Place,
    ]
    await history.report(joined, [mail('joined')])
    await history.report(anew, [mail('anew')], true)
    await history.erase(erased)
    await history.erase(again)
    await history.report(again, [mail('again')])
    await history.undo(sentAt(-1))
    const read = (place: Place) => history.model.read(place)?.identifiers.length
    expect([joined, anew, erased, again].map(read)).toEqual([2, 1, undefined, 1])
  })

  test('an erasure of somebody who is gone by the replacement holds as well', async () => {
    await begin()
    await history.import(PUBLISHER, [], replacing(MERGED))
    const kept = await countRemovals()
    const { status } = await history.members[PUBLISHER]!.call(
      'DELETE',
      `/v1/customers/${placeOf(PUBLISHER, 6).id}`,
    )
    expect(status).toBe(200)
    expect(await countRemovals()).toBe(kept - 1)
    history.model.erase(placeOf(PUBLISHER, 6), 0)
    await history.undo(sentAt(-1))
  })

  test.each([
    ['the later one first', [-1, -2]],
    ['the earlier one first: the later one holds', [-2, -1]],
  ])('of two replacements, %s', async (_, [first, second]) => {
    await begin()
    const before = await readAll()
    await history.import(PUBLISHER, rowsOf(30, 40), replacing(MERGED))
    await history.import(PUBLISHER, rowsOf(35, 50), replacing(MERGED))
    await history.undo(sentAt(first!))
    await history.expectTruth(history.model.list())
    await history.undo(sentAt(second!))
    expect(await readAll()).toEqual(before)
  })

  test('what was undone in between does not come back', async () => {
    await begin()
    await history.import(PUBLISHER, rowsOf(0, 3), replacing(MERGED))
    await history.undo(sentAt(1))
    await history.undo(sentAt(-1))
    expect(history.model.read(placeOf(PUBLISHER, 19))).toBeUndefined()
    expect(history.model.read(placeOf(PUBLISHER, 11))).toBeDefined()
  })

  test('after 30 days it is forgotten, and the undo refused', async () => {
    await begin()
    await history.import(PUBLISHER, rowsOf(0, 1), replacing(MERGED))
    const { id } = sentAt(-1)
    const chore = { isStopping: () => false }
    clock.advance(30 * DAY_MS - 10_000)
    await clearImports(network.server.parts.database, { ...chore, now: clock.now() })
    expect(await countRemovals()).toBeGreaterThan(0)
    clock.advance(10_001)
    await ensurePartitions(network.db, clock.now())
    const { call } = history.members[PUBLISHER]!
    const refused = await call('POST', `/v1/imports/${id}/undo`, {})
    expect(refused.status).toBe(409)
    expect(refused.body.error.message).toContain('kept for 30 days')
    await clearImports(network.server.parts.database, { ...chore, now: clock.now() })
    expect(await countRemovals()).toBe(0)
    const { rows } = await sql`
      select 1 from import_batch_results where swept <> '{}'`.execute(network.db)
    expect(rows).toEqual([])
    expect(await must(call('GET', `/v1/imports/${id}`))).toMatchObject({ state: 'finished' })
  })

  test('nothing of it is in clear', async () => {
    await begin()
    await history.import(PUBLISHER, [], replacing(MERGED))
    const { rows } = await sql<{ blob: Uint8Array }>`
      select blob from import_removals`.execute(network.db)
    expect(rows.length).toBe(20)
    for (const { blob } of rows) {
      expect(Buffer.from(blob).includes(`r${round}-`) || Buffer.from(blob).includes(mail(1))).toBe(
        false,
      )
    }
  })
})
