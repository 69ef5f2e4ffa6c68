import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  countDuration,
  DURATION_BOUNDS_MS,
  percentileMs,
  sumCounts,
} from '../../../src/webhooks/attempts/latency-buckets.ts'

function countsOf(durations: number[]): number[] {
  const counts: number[] = []
  for (const duration of durations) countDuration(counts, duration)
  return counts
}

// As slow as a receiver can be, most of them fast.
const durationMs = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 10_000 }))

test('a percentile is within a quarter of the true one', () => {
  fc.assert(
    fc.property(
      fc.array(durationMs, { minLength: 1, maxLength: 300 }),
      fc.constantFrom(0.5, 0.99),
      (durations, share) => {
        const sorted = durations.toSorted((left, right) => left - right)
        const exact = sorted[Math.ceil(sorted.length * share) - 1] ?? 0
        const told = percentileMs(countsOf(durations), share) ?? NaN
        expect(Math.abs(told - exact)).toBeLessThanOrEqual(Math.max(1, exact * 0.25))
      },
    ),
    { numRuns: 500 },
  )
})

test('counts of several minutes are those of all durations together', () => {
  fc.assert(
    fc.property(fc.array(fc.array(durationMs)), (minutes) => {
      expect(sumCounts(minutes.map(countsOf))).toEqual(countsOf(minutes.flat()))
    }),
  )
})

test('what took longer than the last bound is said to have taken that', () => {
  expect(percentileMs(countsOf([10_050]), 0.5)).toBe(DURATION_BOUNDS_MS.at(-1))
  expect(percentileMs([], 0.5)).toBeNull()
})
