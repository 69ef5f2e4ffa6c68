/** What of an order's total each of its lines stands for. */
export interface AllottedTotal {
  /** One a line, in the lines' order. */
  lines: bigint[]
  /** What no line stands for; not negative. With the lines it adds up to the total. */
  rest: bigint
}

/**
 * Allots an order's total (not negative) to its lines. Where they add up to more, the order has been
 * discounted or refunded as a whole: each line, also one that takes away, stands for its part of the
 * total. Where they add up to less, each stands for what it says, and a rest is left.
 */
export function allotTotal(total: bigint, lines: readonly bigint[]): AllottedTotal {
  const whole = sum(lines)
  if (whole <= total) return { lines: [...lines], rest: total - whole }
  return { lines: allot(total, lines), rest: 0n }
}

/**
 * The amount (not negative) in proportion to the weights, to the last unit, by largest remainder; of
 * equal remainders the earlier comes first. Weights may be negative, their sum is above 0; a weight of
 * 0 gets nothing, and nothing changes its sign.
 */
export function allot(amount: bigint, weights: readonly bigint[]): bigint[] {
  const whole = sum(weights)
  const shares = weights.map((weight, index) => {
    const remainder = modulo(amount * weight, whole)
    return { index, share: (amount * weight - remainder) / whole, remainder }
  })
  const left = Number(amount - sum(shares.map(({ share }) => share)))
  // Sorting is stable: it leaves equal ones as they came.
  const byRemainder = shares.toSorted((a, b) => compare(b.remainder, a.remainder))
  for (const each of byRemainder.slice(0, left)) each.share += 1n
  return shares.map(({ share }) => share)
}

export function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n)
}

/** From 0 to the divisor, also for what is negative. */
function modulo(value: bigint, divisor: bigint): bigint {
  return ((value % divisor) + divisor) % divisor
}

function compare(left: bigint, right: bigint): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}
