import { invalidField } from '../../kernel/problem.ts'
import { allot, allotTotal, sum } from '../../orders/allot.ts'
import type { SegmentName } from '../../organizations/organization.ts'
import { chooseRate } from './choose-rate.ts'
import { WHOLE_PERCENT } from './rate.ts'
import type { FixedRate, PercentRate, Rate } from './rate.ts'

/** What of an order decides what it pays. */
export interface PayingOrder {
  /** What it is paid as; null while the merchant tells no segments. */
  segment: SegmentName | null
  currency: string
  /** In the currency's smallest unit, not negative: nobody is paid on more. */
  total: number
  lines: readonly PayingLine[]
}

export interface PayingLine {
  /** Of the whole line, in the currency's smallest unit; may be zero or negative. */
  total: number
  /** From the widest to the narrowest. */
  category: readonly string[]
}

/** What a line pays, in the currency's smallest unit. */
export interface LineCommission {
  /** What of the order's total it is paid on. The bases of an order add up to its total. */
  base: number
  commission: number
}

const MOST = BigInt(Number.MAX_SAFE_INTEGER)
const WHOLE = BigInt(WHOLE_PERCENT)

interface Due {
  /** Whether the line was reported as costing nothing. */
  isFree: boolean
  category: readonly string[]
  base: bigint
  commission: bigint
}

/** The lines that chose one rate; no rate: they pay nothing. */
interface Group {
  rate: Rate | undefined
  dues: Due[]
}

/**
 * What each line of the order pays, by the rules of docs/rates.md: one entry a line, and behind them one
 * for what of the total no line stands for, if there is any; one for the whole of an order without lines.
 * The commissions' sum is the amount, which is never negative, and which percentages never raise above
 * the highest of them of the total. A 400 where it would be beyond 2^53 - 1.
 */
export function computeCommissions(rates: readonly Rate[], order: PayingOrder): LineCommission[] {
  const { segment, currency, total } = order
  const dues = listDues(order)
  const groups = new Map<Rate | undefined, Group>()
  for (const due of dues) {
    const rate = chooseRate(rates, { segment, currency, category: due.category })
    const group = groups.get(rate)
    if (group) group.dues.push(due)
    else groups.set(rate, { rate, dues: [due] })
  }
  // Who paid nothing bought nothing, whatever the lines say.
  if (total <= 0) for (const due of dues) due.base = 0n
  else for (const group of takeDeficits(BigInt(total), [...groups.values()])) pay(group)
  // A rest can be beyond it where lines take away more than the order costs.
  const isSafe = dues.every(({ base }) => base <= MOST)
  if (!isSafe || sum(dues.map(({ commission }) => commission)) > MOST) {
    throw invalidField('line_items', 'line_items: what they pay adds up to more than 2^53 - 1')
  }
  return dues.map(({ base, commission }) => ({
    base: Number(base),
    commission: Number(commission),
  }))
}

/** What lines pay together, as a transaction keeps it. */
export function addUp(lines: readonly LineCommission[]) {
  return {
    // Safe: computing them refused what adds up to more than 2^53 - 1; in between it may be more.
    amount: Number(sum(lines.map(({ commission }) => BigInt(commission)))),
    commissions: lines.map(({ commission }) => commission),
    bases: lines.map(({ base }) => base),
  }
}

function listDues({ total, lines }: PayingOrder): Due[] {
  const allotted = allotTotal(
    BigInt(total),
    lines.map((line) => BigInt(line.total)),
  )
  const dues = lines.map((line, index): Due => ({
    isFree: line.total === 0,
    category: line.category,
    base: allotted.lines[index] ?? 0n,
    commission: 0n,
  }))
  if (lines.length > 0 && allotted.rest === 0n) return dues
  return [...dues, { isFree: total === 0, category: [], base: allotted.rest, commission: 0n }]
}

/**
 * Lines of one rate that add up to less than nothing (a voucher that no rate is about, a return at
 * another rate) would leave the others to be paid on more than the total: what is missing is taken off
 * those, in proportion. Answers the groups as they then are.
 */
function takeDeficits(total: bigint, groups: Group[]): Group[] {
  const netOf = ({ dues }: Group): bigint => sum(dues.map(({ base }) => base))
  if (groups.every((group) => netOf(group) >= 0n)) return groups
  const paying = groups.filter((group) => netOf(group) > 0n)
  const nets = allot(total, paying.map(netOf))
  for (const [index, { dues }] of paying.entries()) {
    const bases = allot(
      nets[index] ?? 0n,
      dues.map(({ base }) => base),
    )
    for (const [at, due] of dues.entries()) due.base = bases[at] ?? 0n
  }
  const owing = groups.filter((group) => netOf(group) < 0n)
  for (const due of owing.flatMap(({ dues }) => dues)) due.base = 0n
  return groups
}

function pay({ rate, dues }: Group): void {
  if (rate === undefined) return
  if ('percent' in rate) payPercent(rate, dues)
  else payFixed(rate, dues)
}

/** Line by line, and together from nothing up to the percentage of what they add up to. */
function payPercent({ percent }: PercentRate, dues: readonly Due[]): void {
  // BigInt's division truncates toward zero.
  const of = (base: bigint): bigint => (base * BigInt(percent)) / WHOLE
  for (const due of dues) due.commission = of(due.base)
  const most = of(sum(dues.map(({ base }) => base)))
  let paid = sum(dues.map(({ commission }) => commission))
  for (const due of dues.toReversed()) {
    if (paid > most && due.commission > 0n) {
      const cut = least(due.commission, paid - most)
      due.commission -= cut
      paid -= cut
    } else if (paid < 0n && due.commission < 0n) {
      const raise = least(-due.commission, -paid)
      due.commission += raise
      paid += raise
    }
  }
}

/**
 * Once for all the lines that chose it, in proportion to what they are paid on. Lines that cost nothing
 * share it evenly while all of them do; what was refunded pays nothing.
 */
function payFixed({ fixed }: FixedRate, dues: readonly Due[]): void {
  const isFree = dues.every((due) => due.isFree)
  if (!isFree && sum(dues.map(({ base }) => base)) <= 0n) return
  const weights = dues.map(({ base }) => (base > 0n ? base : 0n))
  const shares = allot(BigInt(fixed), isFree ? dues.map(() => 1n) : weights)
  for (const [index, due] of dues.entries()) due.commission = shares[index] ?? 0n
}

function least(left: bigint, right: bigint): bigint {
  return left < right ? left : right
}
