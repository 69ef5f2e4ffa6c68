import { expect, test } from 'vitest'
import type { CommissionCount } from '@newcomer/client/browser'
import { groupCommissions } from '../src/reports/group-commissions.ts'
import { sayChange, sayShare } from '../src/parts/say-counts.ts'

const count = (more: Partial<CommissionCount>): CommissionCount => ({
  ...{ day: null, partner_id: null, partner_name: null, segment: null, status: 'pending' },
  ...{ category: null, currency: 'USD', transactions: 1, order_total: 100, amount: 5 },
  ...more,
})
const period = { start: '2026-03-01', end: '2026-03-04' }

test('every day has a row, beside the day that is as far into the other time', () => {
  const [usd] = groupCommissions({
    ...{ by: 'day', period },
    counts: [
      count({ day: '2026-03-02' }),
      count({ day: '2026-03-02', status: 'declined', amount: 2 }),
    ],
    other: {
      // Longer, as is a time that was chosen by hand.
      period: { start: '2026-01-10', end: '2026-01-20' },
      counts: [
        count({ day: '2026-01-10', amount: 7 }),
        count({ day: '2026-01-12', amount: 1 }),
        count({ day: '2026-01-19', amount: 900 }),
      ],
    },
  })
  expect(usd?.rows.map(({ key, amount, before }) => [key, amount, before])).toEqual([
    ['2026-03-01', 0, 7],
    ['2026-03-02', 7, 0],
    ['2026-03-03', 0, 1],
  ])
  expect(usd?.rows[1]).toMatchObject({ transactions: 2, byStatus: { pending: 5, declined: 2 } })
  expect(usd).toMatchObject({ amount: 7, before: 908 })
})

test('currencies are never added, and each is there though only the other time has it', () => {
  const groups = groupCommissions({
    ...{ by: 'partner', period },
    counts: [
      count({ partner_id: 'org-a', partner_name: 'A', amount: 1 }),
      count({ partner_id: 'org-b', partner_name: 'B', amount: 3 }),
      count({ partner_id: 'org-a', partner_name: 'A', amount: 1, status: 'validated' }),
    ],
    other: {
      period,
      counts: [count({ currency: 'EUR', partner_id: 'org-b', partner_name: 'B' })],
    },
  })
  expect(groups.map(({ currency }) => currency)).toEqual(['EUR', 'USD'])
  // What comes to most stands first.
  expect(groups[1]?.rows.map(({ name, amount, before }) => [name, amount, before])).toEqual([
    ['B', 3, 0],
    ['A', 2, 0],
  ])
  expect(groups[0]).toMatchObject({ amount: 0, before: 5, rows: [{ name: 'B', before: 5 }] })
})

test('words stand in their order, and without another time there is none beside them', () => {
  const counts = [
    count({ segment: 'none' }),
    count({ segment: 'new' }),
    count({ segment: 'active' }),
  ]
  const [usd] = groupCommissions({ by: 'segment', period, counts, other: undefined })
  expect(usd?.rows.map(({ key, before }) => [key, before])).toEqual([
    ['new', undefined],
    ['active', undefined],
    ['none', undefined],
  ])
  const [kinds] = groupCommissions({
    ...{ by: 'category', period, other: undefined },
    counts: [count({ category: '' }), count({ category: 'none' })],
  })
  expect(kinds?.rows.map(({ name }) => name)).toEqual(['no category', 'none'])
})

test('a change is said of what it was', () => {
  const said = [sayChange(15, 10), sayChange(5, 10), sayChange(0, 0), sayChange(1, 0)]
  expect(said).toEqual(['up 50%', 'down 50%', 'as before', 'none before'])
  expect(sayShare(0, 0)).toBe('–')
})
