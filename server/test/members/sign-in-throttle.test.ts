import { expect, test } from 'vitest'
import { createSignInThrottle } from '../../src/members/sign-in-throttle.ts'
import type { Guess } from '../../src/members/sign-in-throttle.ts'
import { manualClock } from '../support/clock.ts'

const MINUTE_MS = 60_000

function createScene() {
  const clock = manualClock()
  const throttle = createSignInThrottle(clock)
  const guess = (changes: Partial<Guess> = {}): Guess => ({
    account: 'kim',
    network: '192.0.2.1',
    isKnownDevice: false,
    ...changes,
  })
  /** How long the guess has to wait; 0 where it was counted. */
  const tryIt = (changes?: Partial<Guess>): number => {
    try {
      throttle.begin(guess(changes))
      return 0
    } catch (error) {
      return (error as { details: { seconds: number } }).details.seconds
    }
  }
  return { clock, throttle, guess, tryIt }
}

test('five guesses, then delays that double, up to a quarter of an hour', () => {
  const { clock, tryIt } = createScene()
  for (let count = 0; count < 5; count++) expect(tryIt()).toBe(0)
  const delays: number[] = []
  for (let count = 0; count < 12; count++) {
    const seconds = tryIt()
    delays.push(seconds)
    clock.advance(seconds * 1_000)
    expect(tryIt()).toBe(0)
  }
  expect(delays).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900])
})

test('guesses from everywhere hold up strangers for half a minute at most, and no known browser', () => {
  const { clock, tryIt } = createScene()
  for (let count = 0; count < 200; count++) {
    tryIt({ network: `198.51.100.${count}` })
    clock.advance(10_000)
  }
  expect(tryIt({ network: '203.0.113.1' })).toBeLessThanOrEqual(30)
  expect(tryIt({ network: '203.0.113.1', isKnownDevice: true })).toBe(0)
})

test('an address has twenty guesses at whomever', () => {
  const { tryIt } = createScene()
  const waits = Array.from({ length: 21 }, (_, at) => tryIt({ account: `person ${at}` }))
  expect(waits).toEqual([...Array.from({ length: 20 }, () => 0), 1])
})

test('what was right counts no more, and silence begins anew', () => {
  const { clock, throttle, guess, tryIt } = createScene()
  for (let count = 0; count < 30; count++) {
    throttle.begin(guess())
    throttle.succeed(guess())
  }
  for (let count = 0; count < 5; count++) expect(tryIt()).toBe(0)
  expect(tryIt()).toBe(1)
  clock.advance(31 * MINUTE_MS)
  for (let count = 0; count < 5; count++) expect(tryIt()).toBe(0)
})

test('many at once are no way around', () => {
  const { tryIt } = createScene()
  const counted = Array.from({ length: 50 }, () => tryIt()).filter((wait) => wait === 0)
  expect(counted).toHaveLength(5)
})

test('strangers together have a ceiling, known browsers none', () => {
  const { clock, tryIt } = createScene()
  const all = Array.from({ length: 700 }, (_, at) =>
    tryIt({ account: `person ${at}`, network: `2001:db8:0:${at}` }),
  )
  expect(all.filter((wait) => wait === 0)).toHaveLength(600)
  expect(tryIt({ account: 'ann', network: '192.0.2.9', isKnownDevice: true })).toBe(0)
  clock.advance(MINUTE_MS)
  expect(tryIt({ account: 'ann', network: '192.0.2.9' })).toBe(0)
})
