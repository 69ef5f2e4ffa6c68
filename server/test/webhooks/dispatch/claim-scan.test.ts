import { expect, test } from 'vitest'
import { createLook } from '../../../src/webhooks/dispatch/claim-scan.ts'
import { manualClock } from '../../support/clock.ts'

const floor = new Date('2026-01-01T00:00:00.000Z')
const shares = { live: 5, resumed: 5, bulk: 5 }
const want = {
  ...shares,
  ...{ liveFrom: floor, resumedFrom: floor, bulkFrom: floor, resumedAt: null },
}
const asked = { wanted: new Map([[1, want]]), share: 8, from: floor }
const everything = {
  wanted: new Map([[1, { ...want, liveFrom: null, resumedFrom: null, bulkFrom: null }]]),
  share: 8,
  from: null,
}

/** A look at everything that took so long. */
function lookOnce(lookMs: number) {
  const clock = manualClock()
  let time = 0
  const look = createLook(clock, () => time)
  expect(look.begin(asked)).toEqual(everything)
  time += lookMs
  clock.advance(lookMs)
  expect(look.done()).toBe(lookMs)
  return { clock, look }
}

/** How long after a look at everything that took so long there is another, tried each 100 ms. */
function restAfter(lookMs: number): number {
  const { clock, look } = lookOnce(lookMs)
  for (let restMs = 100; ; restMs += 100) {
    clock.advance(100)
    const begun = look.begin(asked)
    look.done()
    if (begun.from === null) return restMs
    expect(begun).toBe(asked)
  }
}

test('everything is looked at every half second', () => {
  expect(restAfter(1)).toBe(500)
  expect(restAfter(50)).toBe(500)
})

test('a slow look is a tenth of the time, and one that waited for a database costs a minute', () => {
  expect(restAfter(2_000)).toBe(20_000)
  expect(restAfter(300_000)).toBe(60_000)
})

test('a clock that is put back does not put off the next look', () => {
  const { clock, look } = lookOnce(1)
  clock.advance(-3_600_000)
  expect(look.begin(asked)).toEqual(everything)
})
