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
  /** One a line, and one for the rest that no line is for; one for the whole order where it has no lines. */
  commissions: number[]
  /** What each is paid on. */
  bases: number[]
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
  const total = BigInt(order.total)
  const whole = addAll(lines.map((line) => line.total))
  const reported = lines.map((line) => line.total)
  if (lines.length > 0 && whole > total) {
    const parts = split(total, reported)
    for (const [index, part] of parts.entries()) lines[index]!.total = part
  } else if (lines.length === 0 || whole < total) {
    lines.push({ total: total - whole, path: [] })
    reported.push(total - whole)
  }
  const found = versionAt(cards, publisherId, at)
  const rates = found === null ? [] : found.version.rates
  const choices = lines.map(({ path }) => bestOf(rates, path, segment, order.currency))
  const bases = lines.map((line) => line.total)
  const commissions = total === 0n ? bases.map(() => 0n) : payOut(bases, reported, choices)
  if (total === 0n) bases.fill(0n)
  const amount = commissions.reduce((left, right) => left + right, 0n)
  const most = 9007199254740991n
  if (amount > most || bases.some((base) => base > most)) throw new RangeError('beyond 2^53 - 1')
  return {
    amount: Number(amount),
    commissions: commissions.map(Number),
    bases: bases.map(Number),
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

/** Pays each line; changes what those of a rate that adds up to less than nothing are paid on. */
function payOut(bases: bigint[], reported: bigint[], choices: (WireRate | undefined)[]): bigint[] {
  const netOf = (rate: WireRate | undefined) =>
    addAll(bases.filter((_, index) => choices[index] === rate))
  const owed = new Set(choices.filter((rate) => netOf(rate) < 0n))
  if (owed.size > 0) {
    const total = addAll(bases)
    const paying = [...new Set(choices)].filter((rate) => netOf(rate) > 0n)
    const nets = split(total, paying.map(netOf))
    for (const [at, rate] of paying.entries()) {
      const members = [...bases.keys()].filter((index) => choices[index] === rate)
      const parts = split(
        nets[at]!,
        members.map((index) => bases[index]!),
      )
      for (const [place, index] of members.entries()) bases[index] = parts[place]!
    }
    for (const index of bases.keys()) if (owed.has(choices[index])) bases[index] = 0n
  }
  const paid = bases.map(() => 0n)
  for (const rate of new Set(choices)) {
    if (rate === undefined) continue
    const members = [...bases.keys()].filter((index) => choices[index] === rate)
    const own = members.map((index) => bases[index]!)
    const isFree = members.every((index) => reported[index] === 0n)
    const shares =
      rate.percent === undefined
        ? shareFixed(BigInt(rate.fixed!), own, isFree)
        : takePercent(own, String(rate.percent))
    for (const [place, index] of members.entries()) paid[index] = shares[place]!
  }
  return paid
}

/** Each line's part, unit by unit taken from or given to the last ones until the sum is in its bounds. */
function takePercent(bases: bigint[], percent: string): bigint[] {
  const paid = bases.map((base) => percentOf(base, percent))
  const most = percentOf(addAll(bases), percent)
  const isRight = () => addAll(paid) >= 0n && addAll(paid) <= most
  for (let at = paid.length - 1; at >= 0 && !isRight(); at--) {
    const over = addAll(paid) - most
    const under = -addAll(paid)
    if (over > 0n && paid[at]! > 0n) paid[at]! -= over < paid[at]! ? over : paid[at]!
    else if (under > 0n && paid[at]! < 0n) paid[at]! += under < -paid[at]! ? under : -paid[at]!
  }
  return paid
}

function shareFixed(fixed: bigint, bases: bigint[], isFree: boolean): bigint[] {
  if (isFree)
    return split(
      fixed,
      bases.map(() => 1n),
    )
  if (addAll(bases) <= 0n) return bases.map(() => 0n)
  return split(
    fixed,
    bases.map((base) => (base < 0n ? 0n : base)),
  )
}

/**
 * In proportion to the weights. Each is given what it surely gets; then one unit goes to whoever is
 * furthest behind, until nothing is left.
 */
function split(amount: bigint, weights: bigint[]): bigint[] {
  const whole = addAll(weights)
  const given = weights.map((weight) => {
    const exact = amount * weight
    // Downwards, below nothing as well.
    return exact >= 0n ? exact / whole : -((-exact + whole - 1n) / whole)
  })
  const behind = (at: number): bigint => amount * weights[at]! - given[at]! * whole
  while (addAll(given) < amount) {
    const furthest = weights.map((_, at) => behind(at)).reduce((a, b) => (a > b ? a : b))
    const next = weights.findIndex((_, at) => behind(at) === furthest)
    given[next]! += 1n
  }
  return given
}

function addAll(values: bigint[]): bigint {
  return values.reduce((left, right) => left + right, 0n)
}
