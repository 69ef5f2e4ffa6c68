import { expect, test } from 'vitest'
import { createFollowLimit, MAX_CLICKS } from '../../src/links/follow-limit.ts'
import { manualClock } from '../support/clock.ts'

test('one address follows one link so often an hour, and no oftener', () => {
  const clock = manualClock()
  const isTooOften = createFollowLimit(clock)
  const follow = (times: number, link = 'link', address = '192.0.2.1'): number =>
    Array.from({ length: times }, () => isTooOften(link, address)).filter(Boolean).length
  expect(follow(MAX_CLICKS)).toBe(0)
  expect(follow(100)).toBe(100)
  expect(follow(10, 'another link')).toBe(0)
  expect(follow(10, 'link', '192.0.2.2')).toBe(0)
  clock.advance(3_600_000)
  expect(follow(10)).toBe(0)
})

test('what is counted is bounded, in favour of shoppers', () => {
  const isTooOften = createFollowLimit(manualClock())
  for (let times = 0; times < MAX_CLICKS; times++) isTooOften('link', '192.0.2.1')
  expect(isTooOften('link', '192.0.2.1')).toBe(true)
  for (let index = 0; index < 200_000; index++) isTooOften(`link ${index}`, '192.0.2.1')
  expect(isTooOften('link', '192.0.2.1')).toBe(false)
})
