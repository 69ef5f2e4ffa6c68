import { expect, test } from 'vitest'
import { createClaimScan } from '../../../src/webhooks/dispatch/claim-scan.ts'
import { manualClock } from '../../support/clock.ts'

const floor = new Date('2026-01-01T00:00:00.000Z')
const counts = { live: 5, resumed: 5, bulk: 5 }
const demand = {
  ...counts,
  ...{ liveWatermark: floor, resumedWatermark: floor, bulkWatermark: floor, resumedAt: null },
}
const request = { demands: new Map([[1, demand]]), prefetch: 8, watermark: floor }
const everything = {
  demands: new Map([
    [1, { ...demand, liveWatermark: null, resumedWatermark: null, bulkWatermark: null }],
  ]),
  prefetch: 8,
  watermark: null,
}

/** A full scan that took so long. */
function scanOnce(scanMs: number) {
  const clock = manualClock()
  let time = 0
  const scan = createClaimScan(clock, () => time)
  expect(scan.begin(request)).toEqual(everything)
  time += scanMs
  clock.advance(scanMs)
  expect(scan.done()).toBe(scanMs)
  return { clock, scan }
}

/** How long after a full scan that took so long there is another, tried each 100 ms. */
function restAfter(scanMs: number): number {
  const { clock, scan } = scanOnce(scanMs)
  for (let restMs = 100; ; restMs += 100) {
    clock.advance(100)
    const begun = scan.begin(request)
    scan.done()
    if (begun.watermark === null) return restMs
    expect(begun).toBe(request)
  }
}

test('there is a full scan every half second', () => {
  expect(restAfter(1)).toBe(500)
  expect(restAfter(50)).toBe(500)
})

test('slow full scans take a tenth of the time, and one that waited for a database pauses them for a minute', () => {
  expect(restAfter(2_000)).toBe(20_000)
  expect(restAfter(300_000)).toBe(60_000)
})

test('a clock that is put back does not put off the next full scan', () => {
  const { clock, scan } = scanOnce(1)
  clock.advance(-3_600_000)
  expect(scan.begin(request)).toEqual(everything)
})
