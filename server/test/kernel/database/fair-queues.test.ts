import { describe, expect, test } from 'vitest'
import { batchCalls } from '../../../src/kernel/database/batch-calls.ts'
import type { Outcome } from '../../../src/kernel/database/batch-calls.ts'
import { Problem } from '../../../src/kernel/problem.ts'

interface Row {
  owner: number
  id: number
}

const [FLOODER, VICTIM] = [1, 2]
const rowsOf = (owner: number, count: number): Row[] =>
  Array.from({ length: count }, (_, id) => ({ owner, id }))
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A database in which a row takes one unit of time, and a set ten more; sets take turns of it. */
function createWorld(concurrency: number) {
  const sets: Row[][] = []
  const gates: (() => void)[] = []
  const call = batchCalls<Row, number>({
    work: async (rows): Promise<Outcome<number>[]> => {
      sets.push(rows)
      await new Promise<void>((resolve) => gates.push(resolve))
      return rows.map(({ id }) => ({ answer: id }))
    },
    concurrency,
    ownerOf: ({ owner }) => owner,
  })
  return {
    call,
    sets,
    async finishOldest() {
      gates.shift()?.()
      await turn()
      await turn()
      await turn()
    },
  }
}

describe.each([1, 3])('with %i sets at once', (concurrency) => {
  test('few rows of one do not wait behind many of another', async () => {
    const world = createWorld(concurrency)
    const others = rowsOf(VICTIM, 20)
    // Who calls beside another is known to.
    const all = [world.call(others[0]!)]
    await turn()
    await world.finishOldest()
    all.push(...rowsOf(FLOODER, 3_000).map(world.call))
    await turn()
    const waits: number[] = []
    for (const row of others.slice(1)) {
      const before = world.sets.length
      const answered: number[] = []
      const answer = world.call(row).then((id) => answered.push(id))
      await turn()
      await turn()
      while (answered.length === 0) await world.finishOldest()
      await answer
      const seen = world.sets.slice(Math.max(0, before - concurrency))
      waits.push(
        seen.findIndex((set) => set.some(({ owner, id }) => owner === VICTIM && id === row.id)),
      )
      expect(
        seen.every((set) => set.length <= 33),
        'no set holds many of one',
      ).toBe(true)
    }
    // Behind the sets under way, and at the most one more.
    expect(Math.max(...waits)).toBeLessThanOrEqual(concurrency + 1)
    while (world.sets.flat().length < 3_020) await world.finishOldest()
    for (let left = 0; left < concurrency + 1; left++) await world.finishOldest()
    await Promise.all(all)
  })

  test('who has many has one set under way while others call', async () => {
    const world = createWorld(concurrency)
    const all = [world.call({ owner: VICTIM, id: 0 })]
    await turn()
    await world.finishOldest()
    all.push(...rowsOf(FLOODER, 200).map(world.call))
    await turn()
    await turn()
    let finished = 1
    while (world.sets.flat().length < 201) {
      expect(world.sets.length - finished).toBe(1)
      finished++
      await world.finishOldest()
    }
    await world.finishOldest()
    expect(await Promise.all(all)).toHaveLength(201)
  })

  test('who has many is not kept waiting for ever by those with few', async () => {
    const world = createWorld(concurrency)
    const many = rowsOf(FLOODER, 500).map(world.call)
    const few: Promise<number>[] = []
    for (let round = 0; round < 100; round++) {
      few.push(world.call({ owner: 2 + (round % 5), id: round }))
      await turn()
      await world.finishOldest()
    }
    const written = world.sets.flat().filter(({ owner }) => owner === FLOODER)
    expect(written.length).toBe(500)
    expect(
      written.map(({ id }) => id),
      'in their order',
    ).toEqual(rowsOf(1, 500).map(({ id }) => id))
    for (let left = 0; left < 10; left++) await world.finishOldest()
    await Promise.all([...many, ...few])
  })

  test('too many that wait are refused to their own alone', async () => {
    const world = createWorld(concurrency)
    const outcomes = rowsOf(FLOODER, 4_500).map((row) =>
      world.call(row).then(
        () => 'answered',
        (error: unknown) => (error instanceof Problem ? error.status : 'bug'),
      ),
    )
    const other = world.call({ owner: VICTIM, id: 7 })
    while (world.sets.flat().length < 4_001) {
      await turn()
      await world.finishOldest()
    }
    for (let left = 0; left < concurrency + 1; left++) await world.finishOldest()
    expect(await other).toBe(7)
    const all = await Promise.all(outcomes)
    expect(all.filter((outcome) => outcome === 503)).toHaveLength(500)
    expect(all.filter((outcome) => outcome === 'answered')).toHaveLength(4_000)
  })
})
