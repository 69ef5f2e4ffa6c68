import { fstatSync, readdirSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createDuplicateFinder } from '../../../src/imports/worker/find-duplicates.ts'
import type { Duplicates } from '../../../src/imports/worker/find-duplicates.ts'
import type { Row } from '../../../src/imports/csv/row.ts'
import { emailHash } from '../../support/hash.ts'

const SMALL_CACHE_KIB = 16

const row = (line: number, id: string, ...emails: string[]): Row => ({
  line,
  id,
  emails,
  advertising_ids: [],
  first_purchase_date: null,
  last_purchase_date: null,
})

function find(rows: Row[], cacheKiB?: number): Duplicates {
  const finder = createDuplicateFinder({ ...(cacheKiB !== undefined && { cacheKiB }) })
  for (const each of rows) finder.add(each)
  return finder.finish()
}

type Count = [code: string, count: number, lines: number[]]
const countsOf = ({ findings }: Duplicates): Count[] =>
  findings.map(({ code, count, lines }) => [code, count, lines])

/** What the finder finds, by keeping all of it. */
function findNaively(rows: Row[]): { counts: Count[]; repeated: Set<string> } {
  const contents = new Map<string, Set<string>>()
  const carriers = new Map<string, Row[]>()
  const repeated = new Set<string>()
  const duplicates: number[] = []
  const additions: number[] = []
  for (const each of rows) {
    const identifiers = [...each.emails, ...each.advertising_ids]
    const dates = [each.first_purchase_date, each.last_purchase_date]
    const content = JSON.stringify([each.emails.toSorted(), each.advertising_ids.toSorted(), dates])
    const before = contents.get(each.id)
    if (before) repeated.add(each.id)
    if (before) (before.has(content) ? duplicates : additions).push(each.line)
    contents.set(each.id, (before ?? new Set()).add(content))
    for (const text of identifiers) carriers.set(text, [...(carriers.get(text) ?? []), each])
  }
  const holdersOf = (carrying: Row[]) => new Set(carrying.map(({ id }) => id)).size
  const groups = [...carriers.values()]
  const shared = groups.filter((each) => holdersOf(each) > 1 && holdersOf(each) <= 100)
  const overShared = groups.filter((each) => holdersOf(each) > 100)
  const linesOf = (some: Row[][]) => [...new Set(some.flat().map(({ line }) => line))]
  const first = (lines: number[]) => lines.sort((left, right) => left - right).slice(0, 5)
  const counts: Count[] = [
    ['duplicate-row', duplicates.length, first(duplicates)],
    ['repeated-id', additions.length, first(additions)],
    ['shared-hash', shared.length, first(linesOf(shared))],
    ['over-shared', overShared.length, first(linesOf(overShared))],
  ]
  return { counts: counts.filter(([, count]) => count > 0), repeated }
}

const hashes = ['anna', 'berta', 'carla', 'dora'].map((name) => emailHash(name))
const devices = [1, 2, 3].map((n) => `0000000${n}-0000-4000-8000-000000000000`)
const dates = ['2025-01-01T00:00:00Z', '2025-01-02T00:00:00Z']
const ids = ['1', '2', '12', '21', 'é', 'e', 'e\0', '長い', 'x'.repeat(2_000), 'x'.repeat(2_001)]
const anyDate = fc.option(fc.constantFrom(...dates), { freq: 3 })

const anyRow = fc.record({
  step: fc.integer({ min: 1, max: 3 }),
  id: fc.constantFrom(...ids),
  emails: fc.shuffledSubarray(hashes, { maxLength: 2 }),
  advertising_ids: fc.subarray(devices, { maxLength: 1 }),
  first_purchase_date: anyDate,
  last_purchase_date: anyDate,
})
const anyRows = fc.array(anyRow, { maxLength: 60 }).map((rows) => {
  let line = 1
  return rows.map(({ step, ...rest }): Row => ({ line: (line += step), ...rest }))
})

describe('what keeping everything finds is found', () => {
  test('in few rows', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const { counts, repeated } = findNaively(rows)
        const found = find(rows)
        expect(countsOf(found)).toEqual(counts)
        expect(found.repeats).toMatchObject({ count: repeated.size, isComplete: true })
        for (const id of ids) expect(found.repeats.has(id)).toBe(repeated.has(id))
      }),
      { numRuns: 300 },
    )
  })

  test('on disk as in memory, for identifiers that many carry', () => {
    const rows = Array.from({ length: 3_000 }, (_, n): Row => {
      const id = `customer-${n % 7 === 0 ? n % 70 : n}`
      return row(n + 2, id, hashes[0]!, emailHash(`${n % 40}`), emailHash(`of ${n % 900}`))
    })
    rows.push({ ...rows[1_500]!, line: 3_002 })
    const { counts, repeated } = findNaively(rows)
    expect(counts).toHaveLength(4)
    for (const cacheKiB of [16_384, SMALL_CACHE_KIB]) {
      const found = find(rows, cacheKiB)
      expect(countsOf(found)).toEqual(counts)
      expect(found.repeats.count).toBe(repeated.size)
    }
  })
})

describe('duplicates', () => {
  test('a file without any has no findings', () => {
    const { findings, repeats } = find([row(2, 'a', hashes[0]!), row(3, 'b', hashes[1]!)])
    expect(findings).toEqual([])
    expect(repeats).toMatchObject({ count: 0, isComplete: true })
    expect(repeats.has('a')).toBe(false)
    expect(find([]).findings).toEqual([])
  })

  test('a row said again is told from an id said again, in whichever order its hashes are', () => {
    const [one, two] = hashes as [string, string]
    const rows = [row(2, 'a', one, two), row(3, 'a', one), row(4, 'a', two, one), row(7, 'a', one)]
    expect(countsOf(find(rows))).toEqual([
      ['duplicate-row', 2, [4, 7]],
      ['repeated-id', 1, [3]],
    ])
  })

  test('an e-mail hash is no other once it is moved to another kind or date', () => {
    const early = { ...row(2, 'a'), first_purchase_date: dates[0]! }
    const late = { ...row(3, 'a'), last_purchase_date: dates[0]! }
    expect(countsOf(find([early, late]))).toEqual([['repeated-id', 1, [3]]])
  })

  test.each([
    [2, 'shared-hash'],
    [100, 'shared-hash'],
    [101, 'over-shared'],
  ])('an e-mail hash on %d ids is %s', (holders, code) => {
    const rows = Array.from({ length: holders }, (_, n) => row(n + 2, `${n}`, hashes[0]!))
    // The same id once more is no further holder.
    rows.push(row(holders + 2, '0', hashes[0]!))
    const found = countsOf(find(rows)).filter(([each]) => each !== 'duplicate-row')
    expect(found).toEqual([[code, 1, holders === 2 ? [2, 3, 4] : [2, 3, 4, 5, 6]]])
  })

  test('no finding tells a value, and each says what to do', () => {
    const rows = Array.from({ length: 103 }, (_, n) => row(n + 2, `id-${n % 101}`, hashes[0]!))
    rows.push(row(200, 'id-1', hashes[1]!), row(201, 'id-2', hashes[1]!))
    const { findings } = find(rows)
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual([
      ['duplicate-row', 'note'],
      ['repeated-id', 'note'],
      ['shared-hash', 'warning'],
      ['over-shared', 'warning'],
    ])
    for (const { message, advice } of findings) {
      expect(message + advice).not.toMatch(/id-|[0-9a-f]{8}/)
      expect(`${message} ${advice}`).toMatch(/^[A-Z].*\. [A-Z].*\.$/)
    }
    expect(findings[3]?.message).toContain('once 1,000 customers have it')
  })
})

describe('repeated ids', () => {
  const limit = 200_000
  function repeat(count: number): Duplicates['repeats'] {
    const finder = createDuplicateFinder()
    for (let n = 0; n < 2 * count; n++) finder.add(row(n + 2, `${n >> 1}`))
    return finder.finish().repeats
  }
  function listForgotten(repeats: Duplicates['repeats'], count: number): number[] {
    return Array.from({ length: count }, (_, n) => n).filter((n) => !repeats.has(`${n}`))
  }

  test('are all remembered up to 200,000, and no other with them', () => {
    const repeats = repeat(limit)
    expect(repeats).toMatchObject({ count: limit, isComplete: true })
    expect(listForgotten(repeats, limit)).toEqual([])
    const others = Array.from({ length: limit }, (_, n) => `${limit + n}`)
    expect(others.filter(repeats.has)).toEqual([])
  })

  test('beyond that some are forgotten, which is told, and no file tells which', () => {
    const forgotten = [1, 2].map(() => {
      const repeats = repeat(limit + 1)
      expect(repeats).toMatchObject({ count: limit + 1, isComplete: false })
      return listForgotten(repeats, limit + 1)
    })
    expect(forgotten).toEqual([[expect.any(Number)], [expect.any(Number)]])
    // It is the last by fingerprint: were the keys fixed, guesses could be looked up in the file.
    expect(forgotten[0]).not.toEqual(forgotten[1])
  })
})

describe('what does not fit into memory', () => {
  // Reading the folder opens it, which is over by the time that its entry is looked at.
  const isOpen = (file: number): boolean => {
    try {
      return fstatSync(file).isFile()
    } catch {
      return false
    }
  }
  const listOpenFiles = () => readdirSync('/dev/fd').map(Number).filter(isOpen)
  const rows = Array.from({ length: 5_000 }, (_, n) => row(n + 2, `${n}`, emailHash(`${n}`)))

  test.each(['finish', 'discard'] as const)('is in a file without a name, gone after %s', (end) => {
    const before = listOpenFiles()
    const finder = createDuplicateFinder({ cacheKiB: SMALL_CACHE_KIB })
    for (const each of rows) finder.add(each)
    const added = listOpenFiles().filter((file) => !before.includes(file))
    expect(added, 'it is in a file').toHaveLength(1)
    expect(fstatSync(added[0]!).nlink).toBe(0)
    finder[end]()
    finder.discard()
    expect(listOpenFiles()).toEqual(before)
  })
})
