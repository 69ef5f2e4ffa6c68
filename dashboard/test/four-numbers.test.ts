import { expect, test } from 'vitest'
import type { CommissionReport, SegmentReport } from '@newcomer/client/browser'
import { listLastDays, numbersOfMerchant, numbersOfPublisher } from '../src/home/four-numbers.ts'

const DAYS = listLastDays(new Date('2026-03-03T23:30:00Z'), 3)

type Counted = CommissionReport['commissions'][number]
const counted = (more: Partial<Counted>): Counted => ({
  ...{ day: '2026-03-01', partner_id: null, partner_name: null, segment: 'new', status: 'pending' },
  ...{ category: null, currency: 'USD', transactions: 1, order_total: 1_000, amount: 80 },
  ...more,
})
const commissions: CommissionReport = {
  as_of_date: '2026-03-03T23:00:00.000Z',
  commissions: [
    counted({ transactions: 3, order_total: 3_000, amount: 240 }),
    counted({ day: '2026-03-03', segment: 'active', status: 'validated', amount: 20 }),
    counted({ day: '2026-03-03', status: 'declined', amount: 0 }),
    counted({ day: '2026-03-02', currency: 'JPY', segment: 'active', amount: 5 }),
  ],
}
const segmentsOf = (customers: number | null): SegmentReport => ({
  ...{ as_of_date: '2026-03-03T23:00:00.000Z', floor: 50 },
  days: ['2026-03-02', '2026-03-03'].map((day, index) => ({
    ...{ day, as_of_date: '2026-03-03T23:00:00.000Z', merchants: [] },
    ...{ customers, matched: customers === null ? null : customers / (4 - index * 2) },
  })),
})
const moves = { as_of_date: '2026-03-03T23:00:00.000Z', moves: [] }

test('days end with today, in UTC', () => {
  expect(DAYS).toEqual(['2026-03-01', '2026-03-02', '2026-03-03'])
})

test('a merchant sees what publishers sent, without what was declined, a currency at a time', () => {
  const numbers = numbersOfMerchant(DAYS, commissions)
  expect(numbers.map(({ name, value, line }) => [name, value, line])).toEqual([
    ['Orders', '5', [3, 1, 1]],
    ['Of new customers', '60%', [3, 0, 0]],
    ['Sold', 'USD 40.00', [3_000, 0, 1_000]],
    ['Owed by you', 'USD 2.60', [240, 0, 20]],
  ])
  expect(numbers[3]?.about).toContain('JPY 5')
})

test('a publisher sees its customers, and nothing of few', () => {
  const many = numbersOfPublisher(DAYS, segmentsOf(200), moves, commissions)
  expect(many.map(({ name, value }) => [name, value])).toEqual([
    ['Customers', '200'],
    ['Active', '50%'],
    ['Moves', '0'],
    ['Owed to you', 'USD 2.60'],
  ])
  expect(many[1]?.line).toEqual([0.25, 0.5])
  const few = numbersOfPublisher(DAYS, segmentsOf(null), moves, commissions)
  expect(few.slice(0, 2).map(({ value }) => value)).toEqual(['fewer than 50', '–'])
})
