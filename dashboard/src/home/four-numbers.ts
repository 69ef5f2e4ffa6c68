import type { CommissionReport, MoveReport, SegmentReport } from '@newcomer/client/browser'
import { sayMoney } from '../parts/money.ts'
import { sayCount, sayShare } from '../parts/say-counts.ts'

/** One of the numbers of the home page. */
export interface HomeNumber {
  name: string
  value: string
  /** What it is of, in words. */
  about: string
  /** A value a day, the oldest first. */
  line: number[]
  to: '/o/$org/segments' | '/o/$org/reports' | '/o/$org/transactions' | '/o/$org/match'
}

/** The days of a report that ends today, `YYYY-MM-DD`. */
export function listLastDays(now: Date, days: number): string[] {
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate())
  return Array.from({ length: days }, (_, index) =>
    new Date(today - (days - 1 - index) * 86_400_000).toISOString().slice(0, 10),
  )
}

/** A publisher's four numbers over these days. */
export function numbersOfPublisher(
  days: readonly string[],
  segments: SegmentReport,
  moves: MoveReport,
  commissions: CommissionReport,
): HomeNumber[] {
  const last = segments.days.at(-1)
  const { floor } = segments
  const few = `Told from ${floor} customers on`
  const customers = last?.customers ?? null
  const matched = last?.matched ?? null
  return [
    {
      name: 'Customers',
      value: customers === null ? `fewer than ${floor}` : sayCount(customers),
      about: customers === null ? few : 'That you reported',
      line: segments.days.map((day) => day.customers ?? 0),
      to: '/o/$org/segments',
    },
    {
      name: 'Active',
      value: customers === null || matched === null ? '–' : sayShare(matched, customers),
      about: customers === null ? few : 'Of your customers, at any of your merchants',
      line: segments.days.map((day) => (day.matched ?? 0) / (day.customers ?? 1)),
      to: '/o/$org/match',
    },
    {
      name: 'Moves',
      value: sayCount(sum(moves.moves.map((each) => each.moves))),
      about: 'Between new and active, in thirty days',
      line: sumByDay(days, moves.moves, (each) => each.moves),
      to: '/o/$org/segments',
    },
    numberOfMoney('Owed to you', days, commissions, (each) => each.amount),
  ]
}

/** A merchant's four numbers over these days. */
export function numbersOfMerchant(
  days: readonly string[],
  commissions: CommissionReport,
): HomeNumber[] {
  const kept = keptOf(commissions)
  const orders = sum(kept.map((each) => each.transactions))
  const isNew = kept.filter(({ segment }) => segment === 'new')
  return [
    {
      name: 'Orders',
      value: sayCount(orders),
      about: 'That publishers sent in thirty days',
      line: sumByDay(days, kept, (each) => each.transactions),
      to: '/o/$org/transactions',
    },
    {
      name: 'Of new customers',
      value: sayShare(sum(isNew.map((each) => each.transactions)), orders),
      about: 'Of these orders',
      line: sumByDay(days, isNew, (each) => each.transactions),
      to: '/o/$org/reports',
    },
    numberOfMoney('Sold', days, commissions, (each) => each.order_total),
    numberOfMoney('Owed by you', days, commissions, (each) => each.amount),
  ]
}

type Counted = CommissionReport['commissions'][number]

/** Without what was declined, which is owed no more. */
const keptOf = ({ commissions }: CommissionReport): Counted[] =>
  commissions.filter(({ status }) => status !== 'declined')

/** In the currency of the most transactions; the others are named beside it. */
function numberOfMoney(
  name: string,
  days: readonly string[],
  report: CommissionReport,
  amountOf: (counted: Counted) => number,
): HomeNumber {
  const kept = keptOf(report)
  const counts = new Map<string, number>()
  for (const { currency, transactions } of kept) {
    counts.set(currency, (counts.get(currency) ?? 0) + transactions)
  }
  const [first, ...others] = [...counts].sort(([, left], [, right]) => right - left)
  const say = ([currency]: [string, number]): string =>
    sayMoney(sum(kept.filter((each) => each.currency === currency).map(amountOf)), currency)
  const shown = kept.filter((each) => each.currency === first?.[0])
  return {
    name,
    value: first ? say(first) : '–',
    about: ['In thirty days, without what was declined', ...others.map(say)].join('; and '),
    line: sumByDay(days, shown, amountOf),
    to: '/o/$org/reports',
  }
}

function sumByDay<T extends { day: string | null }>(
  days: readonly string[],
  counts: readonly T[],
  numberOf: (count: T) => number,
): number[] {
  const found = new Map<string, number>()
  for (const count of counts) {
    if (count.day !== null) found.set(count.day, (found.get(count.day) ?? 0) + numberOf(count))
  }
  return days.map((day) => found.get(day) ?? 0)
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0)
