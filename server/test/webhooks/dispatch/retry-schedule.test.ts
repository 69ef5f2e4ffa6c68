import { describe, expect, test } from 'vitest'
import { nextStep } from '../../../src/webhooks/dispatch/retry-schedule.ts'
import type { NextStep } from '../../../src/webhooks/dispatch/retry-schedule.ts'
import type { SendResult } from '../../../src/webhooks/transport/send.ts'

const began = new Date('2025-03-04T10:00:00.000Z')
const HOUR_MS = 3_600_000
const TIMEOUT: SendResult = {
  status: null,
  error: 'timeout',
  retryAfter: null,
  answer: null,
  durationMs: 10_000,
}

function answered(status: number, retryAfter: string | null = null): SendResult {
  return { status, error: null, retryAfter, answer: null, durationMs: 5 }
}

function after(result: SendResult, more: Partial<Parameters<typeof nextStep>[1]> = {}): NextStep {
  return nextStep(result, { attempt: 1, failingSince: null, now: began, random: 0.5, ...more })
}

function waitOf(step: NextStep, now = began): number {
  if (step.outcome !== 'failed') throw new Error(`not to be retried: ${step.outcome}`)
  return step.retryAt.getTime() - now.getTime()
}

/** When an event that never succeeds is tried, in ms since its first attempt. */
function scheduleOf(random: number): number[] {
  const times: number[] = []
  let now = began
  for (let attempt = 1; attempt < 200; attempt++) {
    times.push(now.getTime() - began.getTime())
    const failingSince = attempt === 1 ? null : began
    const step = nextStep(TIMEOUT, { attempt, failingSince, now, random })
    if (step.outcome !== 'failed') {
      expect(step).toEqual({ outcome: 'expired' })
      return times
    }
    now = step.retryAt
  }
  throw new Error('it never expires')
}

test.each([200, 201, 202, 204, 299])('%i acknowledges', (status) => {
  expect(after(answered(status))).toEqual({ outcome: 'acknowledged' })
})

test('400 and 410 refuse, and 410 for all', () => {
  expect(after(answered(400))).toEqual({ outcome: 'refused', gone: false })
  expect(after(answered(410))).toEqual({ outcome: 'refused', gone: true })
})

test.each([101, 301, 302, 307, 401, 403, 404, 409, 422, 429, 500, 503])(
  '%i is retried',
  (status) => {
    expect(after(answered(status))).toMatchObject({ outcome: 'failed' })
  },
)

describe('an event that never succeeds', () => {
  test('is tried after 10 s doubling for an hour, then hourly, and last after 72 h', () => {
    const seconds = scheduleOf(0.5).map((ms) => ms / 1000)
    expect(seconds.slice(0, 12)).toEqual([
      0, 10, 30, 70, 150, 310, 630, 1270, 2550, 5110, 8710, 12_310,
    ])
    const gaps = seconds.slice(1).map((at, index) => at - (seconds[index] ?? 0))
    expect(new Set(gaps.slice(9, -1))).toEqual(new Set([3600]))
    expect(seconds.at(-1)).toBe(72 * 3600)
    expect(seconds).toHaveLength(81)
  })

  test.each([0, 0.25, 0.999_999])('strays by a tenth at most (dice: %d)', (random) => {
    const times = scheduleOf(random)
    for (const [index, at] of times.slice(1, 9).entries()) {
      const gap = at - (times[index] ?? 0)
      const nominal = 10_000 * 2 ** index
      expect(gap).toBeGreaterThanOrEqual(nominal * 0.9)
      expect(gap).toBeLessThanOrEqual(nominal * 1.1)
    }
    expect(times.at(-1)).toBe(72 * HOUR_MS)
  })

  test('that was held back by a pause beyond its 72 h gets one more attempt', () => {
    const now = new Date(began.getTime() + 100 * HOUR_MS)
    expect(after(TIMEOUT, { attempt: 3, failingSince: began, now })).toEqual({ outcome: 'expired' })
  })
})

describe('Retry-After', () => {
  test.each([
    ['seconds', '120', 120_000],
    ['a date', 'Tue, 04 Mar 2025 10:05:00 GMT', 300_000],
    ['more than an hour', '86400', HOUR_MS],
    ['less than the schedule', '1', 10_000],
    ['a date gone by', 'Tue, 04 Mar 2025 09:00:00 GMT', 10_000],
    ['nonsense', 'soon', 10_000],
    ['a negative number', '-5', 10_000],
    ['nothing', '', 10_000],
  ])('of %s', (_what, header, wait) => {
    expect(waitOf(after(answered(503, header)))).toBe(wait)
  })

  test('does not go beyond the 72 h', () => {
    const now = new Date(began.getTime() + 72 * HOUR_MS - 1_000)
    const step = after(answered(503, '3600'), { attempt: 80, failingSince: began, now })
    expect(waitOf(step, now)).toBe(1_000)
  })
})
