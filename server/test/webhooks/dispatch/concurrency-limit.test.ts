import { describe, expect, test } from 'vitest'
import {
  initialLimit,
  judgeAnswer,
  MAX_LIMIT,
  observeAnswer,
  maxRequests,
} from '../../../src/webhooks/dispatch/concurrency-limit.ts'
import type { ConcurrencyLimit } from '../../../src/webhooks/dispatch/concurrency-limit.ts'

/** What a receiver makes of it that answers each of `rounds` rounds of requests in so many ms. */
function play(
  concurrency: ConcurrencyLimit,
  rounds: number,
  answerMs: (inFlight: number) => number | null,
): ConcurrencyLimit {
  let next = concurrency
  for (let round = 0; round < rounds; round++) {
    const inFlight = maxRequests(next)
    for (let index = 0; index < inFlight; index++) {
      const durationMs = answerMs(inFlight)
      const answered = judgeAnswer(durationMs === null ? null : 204)
      next = observeAnswer(next, answered, durationMs ?? 10_000)
    }
  }
  return next
}

describe('the concurrency limit of an endpoint', () => {
  test('a receiver that answers fast gets as many requests at once as there may be', () => {
    expect(maxRequests(play(initialLimit(), 10, () => 20))).toBe(MAX_LIMIT)
  })

  test('one that slows down under load is given what it keeps up with', () => {
    // Ten at once take as long as one; from there on they wait for each other.
    const concurrency = play(initialLimit(), 200, (inFlight) => 100 * Math.max(1, inFlight / 10))
    expect(maxRequests(concurrency)).toBeGreaterThanOrEqual(8)
    expect(maxRequests(concurrency)).toBeLessThanOrEqual(25)
  })

  test('one that is silent is asked by one request at a time, and never by none', () => {
    const concurrency = play(
      play(initialLimit(), 10, () => 20),
      100,
      () => null,
    )
    expect(maxRequests(concurrency)).toBe(1)
    expect(
      maxRequests(play(concurrency, 2_000, () => 20)),
      'until it answers again',
    ).toBeGreaterThan(32)
  })

  test('a round of failures shrinks it once, not once for each of them', () => {
    const full = play(initialLimit(), 10, () => 20)
    let concurrency = full
    for (let index = 0; index < MAX_LIMIT; index++) {
      concurrency = observeAnswer(concurrency, judgeAnswer(503), 20)
    }
    expect(concurrency.limit).toBeCloseTo(MAX_LIMIT * 0.7)
  })

  test('what is slow for good is its normal speed after a while', () => {
    const fast = play(initialLimit(), 10, () => 20)
    expect(maxRequests(play(fast, 300, () => 200))).toBeGreaterThan(32)
  })

  test('a refusal says nothing of its strength', () => {
    const concurrency = initialLimit()
    expect(observeAnswer(concurrency, judgeAnswer(400), 5_000).limit).toBe(concurrency.limit)
    expect([204, 429, 500, null].map(judgeAnswer)).toEqual([
      'ok',
      'overloaded',
      'overloaded',
      'overloaded',
    ])
  })
})
