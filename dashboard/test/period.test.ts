import { expect, test, vi } from 'vitest'
import { listDays, periodBefore, sayPeriod, toPeriod } from '../src/reports/period.ts'
import { parseCommissionSearch } from '../src/reports/search.ts'

test('a period has both its days, and the one before ends where it begins', () => {
  const march = toPeriod({ from: '2026-03-01', to: '2026-03-31' })
  expect(march).toEqual({ start: '2026-03-01', end: '2026-04-01' })
  expect(listDays(march)).toHaveLength(31)
  expect(periodBefore(march)).toEqual({ start: '2026-01-29', end: '2026-03-01' })
  expect(sayPeriod(march)).toBe('2026-03-01 to 2026-03-31')
  expect(sayPeriod(toPeriod({ from: '2026-03-01', to: '2026-03-01' }))).toBe('2026-03-01')
  expect(toPeriod({ from: '2026-03-31', to: '2026-03-01' })).toEqual(march)
})

test('thirty days up to today, unless chosen', () => {
  vi.useFakeTimers({ now: Date.parse('2026-03-30T23:59:59Z') })
  expect(toPeriod({})).toEqual({ start: '2026-03-01', end: '2026-03-31' })
  expect(toPeriod({ to: '2025-01-30' })).toEqual({ start: '2025-01-01', end: '2025-01-31' })
  vi.useRealTimers()
})

test('an address that means nothing asks for nothing', () => {
  const search = { from: 'x', by: 'moon', compare: 1, partner: 5, currency: 'usd' }
  const { partner, ...rest } = parseCommissionSearch(search)
  expect(partner).toBe('5')
  expect(Object.values(rest).every((value) => value === undefined)).toBe(true)
})
