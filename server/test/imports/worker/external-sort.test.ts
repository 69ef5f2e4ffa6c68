import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSpill } from '../../../src/imports/worker/external-sort.ts'
import type { News } from '../../../src/imports/worker/external-sort.ts'

type Record = [keyHigh: number, keyLow: number, valueHigh: number, valueLow: number, line: number]

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'newcomer-spill-test-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Every order of the words is proper that keeps equals together, so what was given is regrouped. */
function drain(records: Record[], capacity: number): [string, News, number][] {
  const spill = createSpill({ folder, capacity })
  for (const record of records) spill.add(...record)
  const given: [string, News, number][] = []
  spill.drain((high, low, news, line) => given.push([`${high} ${low}`, news, line]))
  return given
}

/** The lines, under each value, under each key: in whichever order keys and values come. */
function groupsOf(given: [string, News, number][]): [string, number[][]][] {
  const keys: [string, number[][]][] = []
  for (const [key, news, line] of given) {
    if (news === 'key') keys.push([key, [[line]]])
    else if (news === 'value') keys.at(-1)![1].push([line])
    else keys.at(-1)![1].at(-1)!.push(line)
    expect(keys.at(-1)![0], 'a record is under its own key').toBe(key)
  }
  for (const [, values] of keys) values.sort((left, right) => left[0]! - right[0]!)
  return keys.sort(([left], [right]) => (left < right ? -1 : 1))
}

function expectedGroups(records: Record[]): [string, number[][]][] {
  const keys = new Map<string, Map<string, number[]>>()
  for (const [keyHigh, keyLow, valueHigh, valueLow, line] of records) {
    const key = `${keyHigh} ${keyLow}`
    const values = keys.get(key) ?? new Map<string, number[]>()
    keys.set(key, values)
    const value = `${valueHigh} ${valueLow}`
    values.set(value, [...(values.get(value) ?? []), line])
  }
  return [...keys]
    .map(([key, values]): [string, number[][]] => [key, [...values.values()]])
    .sort(([left], [right]) => (left < right ? -1 : 1))
}

// The extremes of a word, and pairs that differ in one digit of the sort only.
const words = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 1 << 11, 1 << 22, 1 << 30]
const word = fc.oneof(fc.constantFrom(...words), fc.constantFrom(0, -1))
const recordsOf = (maxLength: number) =>
  fc
    .array(fc.tuple(word, word, word, word, fc.integer({ min: 1, max: 3 })), { maxLength })
    .map((rows) => {
      let line = 2 ** 32 - 20
      return rows.map(([a, b, c, d, step]): Record => [a, b, c, d, (line += step)])
    })

describe('records come back in groups', () => {
  test.each([
    ['from memory', 80, 80],
    ['from two runs or three', 30, 80],
    ['from many runs with windows of one', 9, 80],
  ])('%s', (_name, capacity, most) => {
    fc.assert(
      fc.property(recordsOf(most), (records) => {
        expect(groupsOf(drain(records, capacity))).toEqual(expectedGroups(records))
      }),
    )
  })

  test('also when every record is of one key', () => {
    const records = Array.from({ length: 5_000 }, (_, n): Record => [7, 7, 0, n % 3, n + 2])
    expect(groupsOf(drain(records, 500))).toEqual(expectedGroups(records))
  })

  test('also when words are of every size and each group is in many runs', () => {
    const spread = (n: number) => Math.imul(n, 0x9e3779b1)
    const records = Array.from({ length: 6_000 }, (_, n): Record => {
      const [key, value] = [n % 611, n % 13]
      return [spread(key % 307), spread(key), spread(value % 7), spread(value), n + 2]
    })
    expect(groupsOf(drain(records, 300))).toEqual(expectedGroups(records))
  })

  test('up to a line of 2^40', () => {
    const line = 2 ** 40 - 1
    expect(drain([[1, 2, 3, 4, line]], 1)).toEqual([['1 2', 'key', line]])
  })

  test('and more than can be merged are refused', () => {
    const records = Array.from({ length: 5 }, (_, n): Record => [n, n, n, n, n])
    expect(() => drain(records, 2)).toThrow('5 records are too many for a memory of 2')
  })
})

describe('the file', () => {
  const openFiles = () => readdirSync('/dev/fd').length
  const many = Array.from({ length: 100 }, (_, n): Record => [n, n, n, n, n + 2])

  test('is not there while memory is enough', () => {
    const before = openFiles()
    const spill = createSpill({ folder, capacity: 100 })
    for (const record of many) spill.add(...record)
    expect(openFiles()).toBe(before)
    spill.drain(() => expect(openFiles()).toBe(before))
  })

  test('has no name, and is closed once it is read', () => {
    const before = openFiles()
    const changed = statSync(folder).mtimeMs
    const spill = createSpill({ folder, capacity: 40 })
    for (const record of many) spill.add(...record)
    expect(statSync(folder).mtimeMs, 'it was in this folder').toBeGreaterThan(changed)
    expect(readdirSync(folder)).toEqual([])
    expect(openFiles()).toBe(before + 1)
    spill.drain(() => expect(openFiles()).toBe(before + 1))
    expect(openFiles()).toBe(before)
  })

  test('is closed when it is given up, also twice', () => {
    const before = openFiles()
    const spill = createSpill({ folder, capacity: 40 })
    for (const record of many) spill.add(...record)
    expect(openFiles()).toBe(before + 1)
    spill.discard()
    spill.discard()
    expect(openFiles()).toBe(before)
  })

  test('is closed when who takes the records throws', () => {
    const before = openFiles()
    const spill = createSpill({ folder, capacity: 40 })
    for (const record of many) spill.add(...record)
    const fail = () => {
      throw new Error('no more')
    }
    expect(() => spill.drain(fail)).toThrow('no more')
    expect(openFiles()).toBe(before)
  })

  test('that cannot be made is an error', () => {
    const spill = createSpill({ folder: join(folder, 'missing'), capacity: 1 })
    spill.add(1, 1, 1, 1, 2)
    expect(() => spill.add(2, 2, 2, 2, 3)).toThrow('ENOENT')
  })
})

test('a hundred times as many records take no more memory', () => {
  const used = () => process.memoryUsage().arrayBuffers
  const capacity = 2_000
  const before = used()
  const spill = createSpill({ folder, capacity })
  let most = 0
  for (let n = 0; n < 100 * capacity; n++) {
    spill.add(Math.imul(n, 0x9e3779b1), n, n % 7, 0, n + 2)
    if (n % 500 === 0) most = Math.max(most, used() - before)
  }
  let count = 0
  spill.drain(() => {
    if (count++ % 500 === 0) most = Math.max(most, used() - before)
  })
  expect(count).toBe(100 * capacity)
  // The records would take 4.8 MB.
  expect(most).toBeLessThan(300_000)
})
