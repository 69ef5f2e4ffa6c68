import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { manualClock } from '../../support/clock.ts'
import { databases } from '../../support/databases.ts'
import { emailHash } from '../../support/hash.ts'
import { useNetwork } from '../../support/network.ts'
import { openWorkerInProcess } from './worker-beside.ts'
import type { Row } from './history-model.ts'
import { ACCOUNTS, MERGED, PURCHASERS, replacing, rowOf } from './history-rows.ts'
import { History } from './history.ts'

const [PUBLISHER, OTHER, MERCHANT] = [0, 1, 2]

// That a preview is what then happens is seen by every import of a history that is not at once.
describe.each(databases)('previews of files of several batches on $name', ({ create }) => {
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
    const all = history.model.list()
    await history.expectTruth(all.filter((_, index) => index % 97 === 0))
    for (const sent of history.imports) await history.undo(sent)
    await history.expectTruth(history.model.list())
  })

  const idOf = (name: string | number): string => `r${round}-${name}`
  const mail = (name: string | number): string => emailHash(`r${round}-${name}`)
  /** Customers from a number to another, each with an address of its own. */
  const rowsOf = (from: number, to: number, prefix = ''): Row[] =>
    Array.from({ length: to - from }, (_, index) =>
      rowOf(idOf(`${prefix}${from + index}`), [mail(from + index)]),
    )

  test('ids on several rows, in one part and in others, and rows that are rejected', async () => {
    await history.import(PUBLISHER, rowsOf(0, 300), MERGED)
    const rows = [
      ...rowsOf(200, 1_100),
      // Again: the same, something new, and a fault.
      ...rowsOf(250, 400),
      ...Array.from({ length: 150 }, (_, n) => rowOf(idOf(n + 300), [mail(`second-${n}`)])),
      ...Array.from({ length: 60 }, (_, n) => rowOf(idOf(n + 1_050), [], { isBroken: true })),
      ...rowsOf(1_000, 1_300),
      ...rowsOf(150, 260),
    ]
    expect(rows.length).toBeGreaterThan(1_600)
    const its = await history.import(PUBLISHER, rows, MERGED)
    expect(its).toMatchObject({ created: 1_000, updated: 150, unchanged: 460, rejected: 60 })
    await history.repeat(history.imports.at(-1)!)
  })

  test('whom purchasers move, by however many rows and parts', async () => {
    await history.import(PUBLISHER, rowsOf(0, 700), MERGED)
    await history.import(OTHER, rowsOf(600, 800), MERGED)
    // Every address of the first 500 is on two customers of the merchant, in two parts.
    const rows = [...rowsOf(0, 500, 'm'), ...rowsOf(5_000, 5_600), ...rowsOf(0, 500, 'n')]
    const its = await history.import(MERCHANT, rows, PURCHASERS)
    expect(its.preview).toMatchObject({ segment_changes: 0 })
    await history.import(MERCHANT, rowsOf(660, 720), ACCOUNTS)
    const known = await history.import(MERCHANT, rowsOf(640, 680), PURCHASERS)
    expect(known.preview).toMatchObject({ segment_changes: 20 })
  })

  test('whom a replacement moves that leaves customers out, and says less of others', async () => {
    await history.import(PUBLISHER, rowsOf(0, 1_400), MERGED)
    await history.import(MERCHANT, rowsOf(0, 1_200), PURCHASERS)
    await history.import(MERCHANT, rowsOf(1_000, 1_300), PURCHASERS)
    const kept = rowsOf(0, 1_050).filter((_, index) => index % 3 > 0)
    const changed = Array.from({ length: 40 }, (_, n) => rowOf(idOf(n * 3), [mail(1_300 + n)]))
    const rejected = Array.from({ length: 30 }, (_, n) =>
      rowOf(idOf(n * 3 + 600), [], { isBroken: true }),
    )
    const rows = [...rejected, ...kept, ...changed]
    const its = await history.import(MERCHANT, rows, replacing(PURCHASERS))
    // Of 350 that are not kept 30 are named, and of 40 it is said otherwise.
    expect(its.removed).toBe(350 - 30 + 250)
    await history.repeat(history.imports.at(-1)!)
    const none = await history.import(MERCHANT, rowsOf(0, 1_050), replacing(ACCOUNTS))
    expect(none.preview.segment_changes).toBeGreaterThan(700)
  })

  test('the same people under other ids: all are removed, and nobody is moved', async () => {
    await history.import(PUBLISHER, rowsOf(0, 1_100), MERGED)
    await history.import(MERCHANT, rowsOf(0, 1_100, 'old'), PURCHASERS)
    const rows = rowsOf(0, 1_100, 'new')
    const its = await history.import(MERCHANT, rows, replacing(PURCHASERS))
    expect(its).toMatchObject({ created: 1_100, removed: 1_100 })
    expect(its.preview).toMatchObject({ segment_changes: 0 })
  })

  test("a publisher's replacement moves its own: what is left of them is where they stand", async () => {
    await history.import(MERCHANT, rowsOf(0, 200), PURCHASERS)
    const twice = rowsOf(0, 200).map((row, n) => rowOf(row.id!, [mail(n), mail(`more-${n}`)]))
    await history.import(PUBLISHER, twice, MERGED)
    const less = twice.map(({ id, identifiers }, n) => rowOf(id!, [identifiers[n % 2]!]))
    // Half of what some rows leave out others say, in another part.
    const rest = twice.slice(0, 100).map(({ id, identifiers }) => rowOf(id!, [identifiers[0]!]))
    const rows = [...less, ...rowsOf(7_000, 7_900), ...rest]
    const its = await history.import(PUBLISHER, rows, replacing(MERGED))
    expect(its).toMatchObject({ created: 900, updated: 0, removed: 150 })
    expect(its.preview).toMatchObject({ segment_changes: null })
  })
})
