import type { CommissionCount, PaidSegment, Transaction } from '@newcomer/client/browser'
import { listDays } from './period.ts'
import type { Period } from './period.ts'
import { PAID_SEGMENTS, STATUSES } from './search.ts'
import type { Grouping } from './search.ts'

/** Sums of a day, a partner, or whatever is told apart. Amounts are in the currency's smallest unit. */
export interface CommissionRow {
  /** The day, the partner's id, the segment, the status or the category. */
  key: string
  name: string
  transactions: number
  orderTotal: number
  amount: number
  byStatus: Record<Transaction['status'], number>
  /** The amount of the time it is compared with; undefined where it is with none. */
  before: number | undefined
}

export interface CurrencyRows {
  currency: string
  rows: CommissionRow[]
  amount: number
  before: number | undefined
}

export interface GroupParts {
  by: Grouping
  period: Period
  counts: readonly CommissionCount[]
  /** Of the other time; undefined where none is asked for. */
  other: { period: Period; counts: readonly CommissionCount[] } | undefined
}

/** A currency at a time, since amounts of several are never added; each row beside what it was in the other time. */
export function groupCommissions({ by, period, counts, other }: GroupParts): CurrencyRows[] {
  const currencies = new Set([...counts, ...(other?.counts ?? [])].map((each) => each.currency))
  // The first day of one time stands beside the first of the other.
  const nth = new Map(other && listDays(other.period).map((day, index) => [day, index]))
  const days = listDays(period)
  return [...currencies].toSorted().map((currency) => {
    const rows = new Map<string, CommissionRow>()
    const rowOf = (key: string, name: string): CommissionRow => {
      const row = rows.get(key) ?? { ...begin(key, name), before: other && 0 }
      rows.set(key, row)
      return row
    }
    if (by === 'day') for (const day of days) rowOf(day, day)
    for (const count of counts)
      if (count.currency === currency) add(rowOf(...nameOf(count, by)), count)
    for (const count of other?.counts ?? []) {
      if (count.currency !== currency) continue
      const [key, name] = by === 'day' ? dayAt(days, nth.get(count.day ?? '')) : nameOf(count, by)
      // The other time may be longer.
      if (key === '') continue
      const row = rowOf(key, name)
      row.before = (row.before ?? 0) + count.amount
    }
    const sorted = [...rows.values()].toSorted(orderOf(by))
    const sum = (all: readonly CommissionCount[]) =>
      all.reduce((before, each) => before + (each.currency === currency ? each.amount : 0), 0)
    return { currency, rows: sorted, amount: sum(counts), before: other && sum(other.counts) }
  })
}

function dayAt(days: string[], index: number | undefined): [string, string] {
  const day = index === undefined ? undefined : days[index]
  return [day ?? '', day ?? '']
}

function begin(key: string, name: string): Omit<CommissionRow, 'before'> {
  return {
    ...{ key, name, transactions: 0, orderTotal: 0, amount: 0 },
    byStatus: { pending: 0, validated: 0, declined: 0 },
  }
}

function add(row: CommissionRow, count: CommissionCount): void {
  row.transactions += count.transactions
  row.orderTotal += count.order_total
  row.amount += count.amount
  if (count.status) row.byStatus[count.status] += count.amount
}

const SEGMENT_WORDS: Partial<Record<PaidSegment, string>> = {
  new: 'paid as new',
  active: 'paid as active',
  none: 'segments not told',
}

function nameOf(count: CommissionCount, by: Grouping): [key: string, name: string] {
  const { day, partner_id: partner, partner_name: name, status, category } = count
  const segment = count.segment ?? 'none'
  const names: Record<Grouping, [string, string]> = {
    day: [day ?? '', day ?? ''],
    partner: [partner ?? '', name ?? 'unknown'],
    segment: [segment, SEGMENT_WORDS[segment] ?? segment],
    status: [status ?? '', status ?? ''],
    category: [
      `category ${category ?? ''}`,
      category === '' || category === null ? 'no category' : category,
    ],
  }
  return names[by]
}

/** Days and words in their own order, all else by what it comes to. */
function orderOf(by: Grouping): (one: CommissionRow, other: CommissionRow) => number {
  if (by === 'day') return (one, other) => (one.key < other.key ? -1 : 1)
  const words: readonly string[] = [...PAID_SEGMENTS, ...STATUSES]
  if (by === 'segment' || by === 'status') {
    return (one, other) => words.indexOf(one.key) - words.indexOf(other.key)
  }
  return (one, other) => other.amount - one.amount || (one.name < other.name ? -1 : 1)
}
