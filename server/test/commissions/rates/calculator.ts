/**
 * What an order pays, worked out slowly from what went over the wire, by the rules in docs/rates.md.
 * It shares no code with the program: what both agree on is not one mistake made once.
 */
export interface WireRate {
  segment?: 'new' | 'active' | 'default'
  category?: string | null
  percent?: string | number
  fixed?: number
  currency?: string
}

/** A rate card as `GET /v1/rate-cards/{id}` answers it, as far as it matters. */
export interface WireCard {
  id: string
  publisher_id: string | null
  versions: WireVersion[]
}

export interface WireVersion {
  version: number
  start_date: string
  end_date: string | null
  rates: WireRate[]
}

/** An order as it is reported, in the currency's smallest unit. */
export interface WireOrder {
  total: number
  currency: string
  line_items?: { total: number; category?: string[] | null }[] | null
}

export interface Calculated {
  amount: number
  /** One a line; one for the whole order where it has no lines. */
  commissions: number[]
  /** Null where none was in force. */
  card: string | null
  version: number | null
}

/**
 * @param cards - those of the order's merchant, of whatever publishers
 * @param segment - what the order is paid as; null while the merchant tells no segments
 * @param at - the purchase
 * @throws RangeError when the amount is beyond 2^53 - 1
 */
export function calculate(
  cards: WireCard[],
  order: WireOrder,
  publisherId: string,
  segment: 'new' | 'active' | null,
  at: Date,
): Calculated {
  const lines = (order.line_items ?? []).map(({ total, category }) => ({
    total: BigInt(total),
    path: (category ?? []).map(plain),
  }))
  if (lines.length === 0) lines.push({ total: BigInt(order.total), path: [] })
  const found = versionAt(cards, publisherId, at)
  const rates = found === null ? [] : found.version.rates
  const choices = lines.map(({ path }) => bestOf(rates, path, segment, order.currency))
  const exact = choices.map((rate, index) => {
    if (rate?.percent !== undefined) return percentOf(lines[index]!.total, String(rate.percent))
    if (rate?.fixed === undefined) return 0n
    const group = lines.map(({ total }, at) => (choices[at] === rate ? total : null))
    return shareOf(BigInt(rate.fixed), group, index)
  })
  const commissions = atLeastNothing(exact)
  const amount = commissions.reduce((left, right) => left + right, 0n)
  if (amount > 9007199254740991n) throw new RangeError('beyond 2^53 - 1')
  return {
    amount: Number(amount),
    commissions: commissions.map(Number),
    card: found && found.card.id,
    version: found && found.version.version,
  }
}

/** The publisher's own card first; of each card the version that no later one has replaced. */
function versionAt(cards: WireCard[], publisherId: string, at: Date) {
  for (const scope of [publisherId, null]) {
    for (const card of cards) {
      if (card.publisher_id !== scope) continue
      const version = card.versions.find((each) => isInForce(card, each, at))
      if (version) return { card, version }
    }
  }
  return null
}

export function isInForce(card: WireCard, version: WireVersion, at: Date): boolean {
  const begun = card.versions.filter(({ start_date: start }) => new Date(start) <= at)
  const newest = Math.max(...begun.map((each) => each.version))
  if (version.version !== newest) return false
  return version.end_date === null || at < new Date(version.end_date)
}

/** All that match, sorted by everything that decides; the first is it. */
function bestOf(
  rates: WireRate[],
  path: string[],
  segment: 'new' | 'active' | null,
  currency: string,
): WireRate | undefined {
  const segments = segment === null ? ['default'] : [segment, 'default']
  const matching = rates
    .filter((rate) => segments.includes(rate.segment ?? 'default'))
    .filter((rate) => rate.category == null || path.includes(plain(rate.category)))
    .filter((rate) => rate.fixed === undefined || rate.currency?.toUpperCase() === currency)
  const narrowest = [...path].reverse()
  const distance = ({ category }: WireRate) =>
    category == null ? Number.POSITIVE_INFINITY : narrowest.indexOf(plain(category))
  const keysOf = (rate: WireRate) => [
    distance(rate),
    segments.indexOf(rate.segment ?? 'default'),
    rate.fixed === undefined ? 1 : 0,
  ]
  return matching.sort((left, right) => {
    const [a, b] = [keysOf(left), keysOf(right)]
    const first = a.findIndex((key, index) => key !== b[index])
    return first < 0 ? 0 : a[first]! < b[first]! ? -1 : 1
  })[0]
}

function plain(category: string): string {
  return category.trim().toLowerCase()
}

/** The decimal as a fraction: 5.25 is 525 of 100, in percent 525 of 10,000. */
function percentOf(total: bigint, percent: string): bigint {
  const [whole = '', digits = ''] = percent.split('.')
  const part = total * BigInt(whole + digits)
  const of = 100n * 10n ** BigInt(digits.length)
  const size = part < 0n ? -part : part
  const floored = (size - (size % of)) / of
  return part < 0n ? -floored : floored
}

/**
 * What the line at `index` gets of a fixed amount, given the totals of the lines that share it (null:
 * it is not one of them). Each is given what it surely gets; then one unit goes to whoever is
 * furthest behind, until nothing is left.
 */
function shareOf(fixed: bigint, group: (bigint | null)[], index: number): bigint {
  const totals = group.map((total) => total ?? 0n)
  const isFree = totals.every((total) => total === 0n)
  if (!isFree && totals.reduce((left, right) => left + right) <= 0n) return 0n
  const weights = group.map((total) => {
    if (total === null) return 0n
    if (isFree) return 1n
    return total < 0n ? 0n : total
  })
  const whole = weights.reduce((left, right) => left + right)
  const given = weights.map((weight) => (fixed * weight) / whole)
  const behind = (at: number): bigint => fixed * weights[at]! - given[at]! * whole
  while (given.reduce((left, right) => left + right) < fixed) {
    const furthest = weights.map((_, at) => behind(at)).reduce((a, b) => (a > b ? a : b))
    const next = weights.findIndex((_, at) => behind(at) === furthest)
    given[next]! += 1n
  }
  return given[index]!
}

/** Lines take away, from the first on, as long as there is something to take from. */
function atLeastNothing(exact: bigint[]): bigint[] {
  let left = exact.filter((each) => each > 0n).reduce((a, b) => a + b, 0n)
  return exact.map((each) => {
    if (each >= 0n) return each
    const taken = -each < left ? -each : left
    left -= taken
    return -taken
  })
}
