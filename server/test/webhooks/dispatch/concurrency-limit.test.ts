import { describe, expect, test } from 'vitest'
import {
  firstPace,
  judgeAnswer,
  MAX_LIMIT,
  observeAnswer,
  requestsOf,
} from '../../../src/webhooks/dispatch/concurrency-limit.ts'
import type { Pace } from '../../../src/webhooks/dispatch/concurrency-limit.ts'

/** What a receiver makes of it that answers each of `rounds` rounds of requests in so many ms. */
function play(pace: Pace, rounds: number, answerMs: (inFlight: number) => number | null): Pace {
  let next = pace
  for (let round = 0; round < rounds; round++) {
    const inFlight = requestsOf(next)
    for (let index = 0; index < inFlight; index++) {
      const durationMs = answerMs(inFlight)
      const answered = judgeAnswer(durationMs === null ? null : 204)
      next = observeAnswer(next, answered, durationMs ?? 10_000)
    }
  }
  return next
}

describe('the pace of an endpoint', () => {
  test('a receiver that answers fast gets as many requests at once as there may be', () => {
    expect(requestsOf(play(firstPace(), 10, () => 20))).toBe(MAX_LIMIT)
  })

  test('one that slows down under load is given what it keeps up with', () => {
    // Ten at once take as long as one; from there on they wait for each other.
    const pace = play(firstPace(), 200, (inFlight) => 100 * Math.max(1, inFlight / 10))
    expect(requestsOf(pace)).toBeGreaterThanOrEqual(8)
    expect(requestsOf(pace)).toBeLessThanOrEqual(25)
  })

  test('one that is silent is asked by one request at a time, and never by none', () => {
    const pace = play(
      play(firstPace(), 10, () => 20),
      100,
      () => null,
    )
    expect(requestsOf(pace)).toBe(1)
    expect(requestsOf(play(pace, 2_000, () => 20)), 'until it answers again').toBeGreaterThan(32)
  })

  test('a round of failures shrinks it once, not once for each of them', () => {
    const full = play(firstPace(), 10, () => 20)
    let pace = full
    for (let index = 0; index < MAX_LIMIT; index++) {
      pace = observeAnswer(pace, judgeAnswer(503), 20)
    }
    expect(pace.limit).toBeCloseTo(MAX_LIMIT * 0.7)
  })

  test('what is slow for good is its normal speed after a while', () => {
    const fast = play(firstPace(), 10, () => 20)
    expect(requestsOf(play(fast, 300, () => 200))).toBeGreaterThan(32)
  })

  test('a refusal says nothing of its strength', () => {
    const pace = firstPace()
    expect(observeAnswer(pace, judgeAnswer(400), 5_000).limit).toBe(pace.limit)
    expect([204, 429, 500, null].map(judgeAnswer)).toEqual([
      'kept-up',
      'pressed',
      'pressed',
      'pressed',
    ])
  })
})
