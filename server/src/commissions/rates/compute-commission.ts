import { invalidField } from '../../kernel/problem.ts'
import type { SegmentName } from '../../organizations/organization.ts'
import { chooseRate } from './choose-rate.ts'
import { WHOLE_PERCENT } from './rate.ts'
import type { FixedRate, Rate } from './rate.ts'

/** What of an order decides what it pays. */
export interface PayingOrder {
  /** What it is paid as; null while the merchant tells no segments. */
  segment: SegmentName | null
  currency: string
  /** In the currency's smallest unit; counts where there are no lines. */
  total: number
  lines: readonly PayingLine[]
}

export interface PayingLine {
  /** Of the whole line, in the currency's smallest unit; may be zero or negative. */
  total: number
  /** From the widest to the narrowest. */
  category: readonly string[]
}

const MOST = BigInt(Number.MAX_SAFE_INTEGER)
const WHOLE = BigInt(WHOLE_PERCENT)

interface Due {
  total: bigint
  commission: bigint
}

/**
 * What each line of the order pays, in the currency's smallest unit; one entry for the whole of an
 * order without lines. Their sum is the amount, which is never negative. A 400 where it would be
 * beyond 2^53 - 1.
 */
export function computeCommissions(rates: readonly Rate[], order: PayingOrder): number[] {
  const { segment, currency } = order
  const lines = order.lines.length > 0 ? order.lines : [{ total: order.total, category: [] }]
  const groups = new Map<FixedRate, Due[]>()
  const dues = lines.map(({ total, category }) => {
    const due = { total: BigInt(total), commission: 0n }
    const rate = chooseRate(rates, { segment, currency, category })
    // BigInt's division truncates toward zero.
    if (rate && 'percent' in rate) due.commission = (due.total * BigInt(rate.percent)) / WHOLE
    else if (rate) append(groups, rate, due)
    return due
  })
  for (const [rate, members] of groups) shareOut(BigInt(rate.fixed), members)
  raiseToZero(dues)
  const commissions = dues.map(({ commission }) => commission)
  if (sum(commissions) > MOST) {
    throw invalidField('line_items', 'line_items: what they pay adds up to more than 2^53 - 1')
  }
  return commissions.map(Number)
}

/**
 * A fixed amount among the lines that it is paid for, in proportion to what they cost. Lines that
 * cost nothing share it evenly while all of them do; what was refunded pays nothing.
 */
function shareOut(amount: bigint, dues: readonly Due[]): void {
  if (dues.every(({ total }) => total === 0n)) {
    allot(amount, dues, () => 1n)
  } else if (sum(dues.map(({ total }) => total)) > 0n) {
    allot(amount, dues, ({ total }) => (total > 0n ? total : 0n))
  }
}

/** By largest remainder; of equal remainders the earlier comes first. */
function allot(amount: bigint, dues: readonly Due[], weigh: (due: Due) => bigint): void {
  const whole = sum(dues.map(weigh))
  const shares = dues.map((due) => {
    const product = amount * weigh(due)
    due.commission = product / whole
    return { due, remainder: product % whole }
  })
  const left = amount - sum(dues.map(({ commission }) => commission))
  // Sorting is stable: it leaves equal ones as they came.
  shares.sort((a, b) => compare(b.remainder, a.remainder))
  for (const { due } of shares.slice(0, Number(left))) due.commission += 1n
}

/** An order pays nothing at the least: what its last lines would take away beyond that stays. */
function raiseToZero(dues: readonly Due[]): void {
  let missing = -sum(dues.map(({ commission }) => commission))
  for (const due of dues.toReversed()) {
    if (missing <= 0n) return
    if (due.commission >= 0n) continue
    const raise = -due.commission < missing ? -due.commission : missing
    due.commission += raise
    missing -= raise
  }
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n)
}

function compare(left: bigint, right: bigint): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}
