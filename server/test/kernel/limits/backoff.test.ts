import { expect, test } from 'vitest'
import { createBackoff } from '../../../src/kernel/limits/backoff.ts'
import { manualClock } from '../../support/clock.ts'

const KEPT_MS = 60_000

function createShared() {
  const clock = manualClock()
  const backoff = createBackoff({ clock, free: 3, longestMs: 1_000, keptMs: KEPT_MS, maxKeys: 10 })
  backoff.share()
  return { clock, backoff }
}

test('what is told to others begins anew after a silence, as the count does', () => {
  const { clock, backoff } = createShared()
  for (let round = 0; round < 5; round++) {
    clock.advance(KEPT_MS)
    backoff.count('kim')
  }
  expect(backoff.take(10)).toEqual([expect.objectContaining({ key: 'kim', count: 1 })])
})

test('what could not be told is forgotten with the silence', () => {
  const { clock, backoff } = createShared()
  for (let count = 0; count < 3; count++) backoff.count('kim')
  const untold = backoff.take(10)
  expect(untold).toEqual([expect.objectContaining({ count: 3 })])
  clock.advance(KEPT_MS)
  backoff.count('kim')
  backoff.giveBack(untold)
  expect(backoff.take(10)).toEqual([expect.objectContaining({ count: 1 })])
})

test('a total of before the silence counts no more, one of after it does', () => {
  const { clock, backoff } = createShared()
  backoff.count('kim')
  const before = { key: 'kim', count: 9, lastMs: clock.now().getTime() }
  backoff.take(10)
  clock.advance(KEPT_MS)
  backoff.count('kim')
  backoff.learn(before)
  expect(backoff.waitMs('kim')).toBe(0)
  backoff.learn({ ...before, lastMs: clock.now().getTime() })
  expect(backoff.waitMs('kim')).toBe(1_000)
})
