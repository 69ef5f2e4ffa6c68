import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { manualClock } from '../../support/clock.ts'
import { databases } from '../../support/databases.ts'
import { emailHash } from '../../support/hash.ts'
import { useNetwork } from '../../support/network.ts'
import { openWorkerInProcess } from './worker-beside.ts'
import type { Place, Row } from './history-model.ts'
import { ACCOUNTS, MERGED, PURCHASERS, replacing, rowOf } from './history-rows.ts'
import { History } from './history.ts'
import { createImportCalls } from '../import-calls.ts'

const [PUBLISHER, OTHER, MERCHANT] = [0, 1, 2]
const SHARED = 100
const MOST = 1_000

describe.each(databases)('what too many share, and who has too much, on $name', ({ create }) => {
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
    // Who is left would be taken back by the files of other tests that replace.
    for (const sent of history.imports) await history.undo(sent)
    await history.expectTruth(history.model.list())
  })

  const idOf = (name: string | number): string => `r${round}-${name}`
  const mail = (name: string | number): string => emailHash(`r${round}-${name}`)
  const at = (organization: number, name: string | number): Place => ({
    organization,
    id: idOf(name),
  })
  /** Customers from a number to another, each with the same identifiers. */
  const rowsOf = (from: number, to: number, identifiers: string[]): Row[] =>
    Array.from({ length: to - from }, (_, index) => rowOf(idOf(from + index), identifiers))
  const rejectsOf = async (organization: number): Promise<string[]> => {
    const calls = createImportCalls(network.url, history.members[organization]!)
    const lines = await calls.rejects(history.imports.at(-1)!.id)
    return lines.split(/\r?\n/).slice(1).filter(Boolean)
  }
  const expectSome = (organization: number, ...numbers: number[]) =>
    history.expectTruth(numbers.map((number) => at(organization, number)))

  test(`on ${SHARED} it matches, on one more it does not, and does again when that is undone`, async () => {
    await history.report(at(PUBLISHER, 'p'), [mail('till')])
    await history.import(MERCHANT, rowsOf(0, SHARED, [mail('till')]), PURCHASERS, 'at-once')
    expect(history.model.read(at(PUBLISHER, 'p'))).toMatchObject({ active: [MERCHANT] })
    await history.import(MERCHANT, rowsOf(SHARED, SHARED + 1, [mail('till')]), ACCOUNTS, 'at-once')
    expect(history.model.read(at(PUBLISHER, 'p'))).toMatchObject({ active: [] })
    await history.expectTruth([at(PUBLISHER, 'p'), at(MERCHANT, 0), at(MERCHANT, SHARED)])
    await history.undo(history.imports.at(-1)!)
    expect(history.model.read(at(PUBLISHER, 'p'))).toMatchObject({ active: [MERCHANT] })
    await history.expectTruth([at(PUBLISHER, 'p'), at(MERCHANT, 0), at(MERCHANT, SHARED)])
  })

  test("a publisher's file makes its own match nobody, and nobody else's", async () => {
    await history.order(idOf('o'), { merchant: MERCHANT, id: null, identifiers: [mail('desk')] })
    await history.report(at(OTHER, 'p'), [mail('desk')])
    await history.import(PUBLISHER, rowsOf(0, SHARED, [mail('desk')]), MERGED, 'at-once')
    await expectSome(PUBLISHER, 0, SHARED - 1)
    await history.import(PUBLISHER, rowsOf(50, SHARED + 20, [mail('desk')]), MERGED, 'at-once')
    expect(history.model.read(at(PUBLISHER, 0))).toMatchObject({ active: [] })
    expect(history.model.read(at(OTHER, 'p'))).toMatchObject({ active: [MERCHANT] })
    await history.expectTruth([at(OTHER, 'p'), at(PUBLISHER, 0), at(PUBLISHER, SHARED + 19)])
  })

  test(`of 1,500 rows the first ${MOST} are taken, over two parts`, async () => {
    const its = await history.import(
      MERCHANT,
      rowsOf(0, 1_500, [mail('crowd')]),
      PURCHASERS,
      'at-once',
    )
    expect(its).toMatchObject({ created: MOST, rejected: 500 })
    const rejects = await rejectsOf(MERCHANT)
    expect(rejects).toHaveLength(500)
    for (const [index, line] of rejects.entries()) {
      expect(line).toMatch(new RegExp(`^${MOST + 2 + index},.*stands for no person`))
      expect(line.split(',')).toEqual(expect.arrayContaining([idOf(MOST + index), mail('crowd')]))
    }
    await expectSome(MERCHANT, 0, MOST - 1, MOST, 1_499)
    // They are no more welcome when they come again; the others are as they were.
    const again = await history.import(
      MERCHANT,
      rowsOf(0, 1_500, [mail('crowd')]),
      PURCHASERS,
      'at-once',
    )
    expect(again).toMatchObject({ created: 0, unchanged: MOST, rejected: 500 })
  })

  test('of one part the last are too many; who was there stays, and comes in by another row', async () => {
    const crowd = [mail('crowd')]
    await history.import(PUBLISHER, rowsOf(0, 900, crowd), MERGED, 'at-once')
    const rows = [
      ...rowsOf(850, 950, crowd),
      rowOf(idOf('alone'), [mail('alone')]),
      ...rowsOf(950, 1_030, crowd),
      rowOf(idOf(1_010), [mail(1_010)]),
      ...rowsOf(0, 20, [...crowd, mail('second')]),
      ...rowsOf(1_030, 1_040, [mail('second')]),
    ]
    const its = await history.import(PUBLISHER, rows, MERGED, 'at-once')
    expect(its).toMatchObject({ rejected: 30, unchanged: 50, updated: 20 })
    await expectSome(PUBLISHER, 0, 949, 999, 1_000, 1_010, 1_029, 1_035)
    expect(history.model.read(at(PUBLISHER, 1_010))).toMatchObject({ identifiers: [mail(1_010)] })
  })

  test('in a file that replaces, those that leave make room only for later files', async () => {
    const crowd = [mail('crowd')]
    await history.import(MERCHANT, rowsOf(0, MOST, crowd), ACCOUNTS, 'at-once')
    const rows = [...rowsOf(0, 10, [mail('other')]), ...rowsOf(MOST, MOST + 10, crowd)]
    const its = await history.import(MERCHANT, rows, replacing(ACCOUNTS), 'at-once')
    expect(its).toMatchObject({ updated: 10, rejected: 10, removed: MOST })
    await expectSome(MERCHANT, 0, 9, 10, MOST - 1, MOST)
    await history.import(MERCHANT, rowsOf(MOST, MOST + 10, crowd), PURCHASERS, 'at-once')
    await expectSome(MERCHANT, 0, MOST)
  })

  test('a customer has at most 1,000 identifiers, over rows, parts, files and calls', async () => {
    const ten = (from: number): string[] =>
      Array.from({ length: 10 }, (_, index) => mail(`${from + index}`))
    const rows = Array.from({ length: 99 }, (_, index) => rowOf(idOf('much'), ten(index * 10)))
    await history.report(at(MERCHANT, 'much'), ten(0))
    const filling = [...rowsOf(0, 950, []), ...rows]
    await history.import(MERCHANT, filling, PURCHASERS)
    const more = [
      rowOf(idOf('much'), ten(990)),
      rowOf(idOf('much'), [...ten(990).slice(0, 9), mail('too much')]),
      rowOf(idOf('much'), ten(500)),
      rowOf(idOf('much'), []),
    ]
    const its = await history.import(MERCHANT, more, PURCHASERS)
    expect(its).toMatchObject({ updated: 1, rejected: 1, unchanged: 2 })
    expect(await rejectsOf(MERCHANT)).toEqual([expect.stringMatching(/^3,.*too many identifiers/)])
    await history.undo(history.imports[0]!)
    const room = await history.import(MERCHANT, [more[1]!], PURCHASERS)
    expect(room).toMatchObject({ updated: 1, rejected: 0 })
    expect(history.model.read(at(MERCHANT, 'much'))?.identifiers).toHaveLength(31)
  })
})
