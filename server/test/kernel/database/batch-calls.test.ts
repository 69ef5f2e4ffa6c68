import { expect, test, vi } from 'vitest'
import { batchCalls } from '../../../src/kernel/database/batch-calls.ts'
import type { Outcome } from '../../../src/kernel/database/batch-calls.ts'
import { conflict, Problem, unavailable } from '../../../src/kernel/problem.ts'
import { StaleRead } from '../../../src/kernel/database/transaction.ts'

const double = (calls: number[]): Promise<Outcome<number>[]> =>
  Promise.resolve(calls.map((call) => ({ answer: call * 2 })))
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

/** Gathers calls whose sets are all held up until the gate is opened. */
function gatherBehindGate(concurrency: number) {
  const sizes: number[] = []
  const { promise: gate, resolve: release } = Promise.withResolvers<undefined>()
  const call = batchCalls<number, number>({
    work: async (calls) => {
      sizes.push(calls.length)
      await gate
      return double(calls)
    },
    concurrency,
  })
  return { call, sizes, release: () => release(undefined) }
}

test('calls that come together are worked on together, and each gets its own answer', async () => {
  const sizes: number[] = []
  const call = batchCalls({ work: double, concurrency: 1, observe: (size) => sizes.push(size) })
  const answers = await Promise.all(upTo(300).map(call))
  expect(answers).toEqual(upTo(300).map((each) => each * 2))
  expect(sizes).toEqual([256, 44])
})

test('while a set is worked on the next one fills', async () => {
  const { call, sizes, release } = gatherBehindGate(1)
  const first = call(0)
  await new Promise(setImmediate)
  const others = upTo(10).map(call)
  await new Promise(setImmediate)
  expect(sizes).toEqual([1])
  release()
  await Promise.all([first, ...others])
  expect(sizes).toEqual([1, 10])
})

test('a set begins beside another once it is large, or once it has waited', async () => {
  const { call, sizes, release } = gatherBehindGate(3)
  const calls = [call(0)]
  await new Promise(setImmediate)
  calls.push(...upTo(31).map(call))
  await new Promise(setImmediate)
  expect(sizes).toEqual([1])
  calls.push(call(31))
  await new Promise(setImmediate)
  expect(sizes).toEqual([1, 32])
  calls.push(call(32))
  await vi.waitFor(() => expect(sizes).toEqual([1, 32, 1]))
  release()
  expect(await Promise.all(calls)).toHaveLength(34)
})

test('a call whose outcome is a problem fails alone', async () => {
  const call = batchCalls<number, number>({
    work: (calls) =>
      Promise.resolve(
        calls.map((each) => (each === 3 ? { problem: conflict('three') } : { answer: each })),
      ),
    concurrency: 1,
  })
  const outcomes = await Promise.allSettled(upTo(6).map(call))
  expect(outcomes.map(({ status }) => status === 'rejected')).toEqual(
    upTo(6).map((each) => each === 3),
  )
})

test('a call that fails its set is found, and its neighbours are answered', async () => {
  const call = batchCalls<number, number>({
    work: (calls) => {
      if (calls.includes(3)) throw new Error('three cannot be written')
      return double(calls)
    },
    concurrency: 1,
  })
  const outcomes = await Promise.allSettled(upTo(6).map(call))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
})

test('a database that is out of reach is not asked again for each call', async () => {
  let tries = 0
  const call = batchCalls<number, number>({
    work: () => {
      tries++
      throw unavailable('out of reach')
    },
    concurrency: 1,
  })
  const outcomes = await Promise.allSettled(upTo(50).map(call))
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
  expect(tries).toBe(1)
})

test('a row that changes all the time is a 503, not a bug', async () => {
  const call = batchCalls<number, number>({
    work: () => Promise.reject(new StaleRead('a customer')),
    concurrency: 1,
  })
  await expect(call(1)).rejects.toSatisfy(
    (error) => error instanceof Problem && error.status === 503,
  )
})
