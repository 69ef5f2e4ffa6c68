import { expect, test } from 'vitest'
import type { Rate } from '@newcomer/client/browser'
import { fromRate, parseDrafts, toFields } from '../src/rates/draft.ts'
import { listStays } from '../src/rates/stays.ts'

const rate = (more: Partial<Rate>): Rate =>
  ({ segment: 'default', category: null, percent: '5', ...more }) as Rate

test('a rate is the same after it was edited, in any currency', () => {
  const rates: Rate[] = [
    rate({ segment: 'new', category: 'shoes', percent: '2.25' }),
    { segment: 'active', category: null, fixed: 29, currency: 'USD' },
    { segment: 'default', category: null, fixed: 500, currency: 'JPY' },
    { segment: 'default', category: null, fixed: 1_000_000_000_000, currency: 'USD' },
  ]
  expect(rates.map((each) => toFields(fromRate(each)))).toEqual(rates)
  expect(toFields({ ...fromRate(rates[1]!), value: '0.295' })).toMatchObject({ fixed: Number.NaN })
})

test('what an address can’t mean is no draft', () => {
  expect(parseDrafts('x')).toBeUndefined()
  expect(parseDrafts([3, null])).toBeUndefined()
  expect(parseDrafts([{ segment: 'else', value: 8, kind: 'percent' }])).toEqual([
    { segment: 'default', category: '', kind: 'percent', value: '8', currency: '' },
  ])
})

test('a version is in force until a later one begins, or its own end', () => {
  const version = (number: number, start: string, end: string | null) => ({
    ...{ version: number, start_date: start, end_date: end },
    ...{ rates: [], created_date: start },
  })
  const at = (day: number) => `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`
  const versions = [version(1, at(1), null), version(2, at(5), at(9)), version(3, at(7), null)]
  expect(listStays(versions)).toEqual([
    { version: 1, from: Date.parse(at(1)), to: Date.parse(at(5)) },
    { version: 2, from: Date.parse(at(5)), to: Date.parse(at(7)) },
    { version: 3, from: Date.parse(at(7)), to: null },
  ])
  // One that another took the place of before it began was never in force.
  expect(listStays([version(1, at(5), null), version(2, at(5), null)])).toHaveLength(1)
})
