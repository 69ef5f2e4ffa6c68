import { expect, test } from 'vitest'
import { createLook } from '../../src/webhooks/look.ts'

const floor = new Date('2026-01-01T00:00:00.000Z')
const want = { live: 5, bulk: 5, liveFrom: floor, bulkFrom: floor, resumedAt: null }
const asked = { wanted: new Map([[1, want]]), share: 8, from: floor }
const everything = {
  wanted: new Map([[1, { ...want, liveFrom: null, bulkFrom: null }]]),
  share: 8,
  from: null,
}

/** How long after a look at everything that took so long there is another, asked each second. */
function restAfter(lookMs: number): number {
  let now = 0
  const look = createLook(() => now)
  expect(look.begin(asked)).toEqual(everything)
  now += lookMs
  expect(look.done()).toBe(lookMs)
  const since = now
  for (;;) {
    now += 1_000
    const begun = look.begin(asked)
    look.done()
    if (begun.from === null) return now - since
    expect(begun).toBe(asked)
  }
}

test('everything is looked at every five seconds', () => {
  expect(restAfter(1)).toBe(5_000)
  expect(restAfter(500)).toBe(5_000)
})

test('a slow look is a tenth of the time, and one that waited for a database costs a minute', () => {
  expect(restAfter(2_000)).toBe(20_000)
  expect(restAfter(300_000)).toBe(60_000)
})
