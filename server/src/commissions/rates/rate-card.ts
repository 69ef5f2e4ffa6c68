import type { Rate } from './rate.ts'

/** A rate card as it is in force from an instant on; never changed once it is written. */
export interface RateCardVersion {
  /** `ratecard-…` */
  card: string
  version: number
  /** The merchant's number. */
  merchant: number
  /** The number of the publisher it is for; null: for all. */
  publisher: number | null
  name: string
  start: Date
  /** Null: until the next version. */
  end: Date | null
  rates: readonly Rate[]
  createdAt: Date
}

/** Since when and until when a version is in force: the start inclusive, the end exclusive. */
export interface Stay {
  version: RateCardVersion
  from: Date
  /** Null: until further notice. */
  until: Date | null
}

/**
 * When each of these versions is in force. A version replaces the earlier ones of its card from its
 * start on, so that one may never come into force at all; such are left out.
 */
export function listStays(versions: readonly RateCardVersion[]): Stay[] {
  const replacedAt = new Map<string, Date>()
  const stays: Stay[] = []
  for (const version of [...versions].sort((a, b) => b.version - a.version)) {
    const { card, start, end } = version
    const replaced = replacedAt.get(card)
    if (replaced === undefined || start < replaced) replacedAt.set(card, start)
    const until = earlier(end, replaced ?? null)
    if (until === null || start < until) stays.push({ version, from: start, until })
  }
  return stays.reverse()
}

/** `scheduled`: it comes into force, perhaps again, later on. */
export type CardState = 'in_force' | 'scheduled' | 'ended'

/**
 * How the card with these versions, in their order, stands at an instant: with the version that is in
 * force, or the next that will be, or the last that there is.
 */
export function stateOf(
  versions: readonly RateCardVersion[],
  at: Date,
): { state: CardState; version: RateCardVersion } {
  const stays = listStays(versions).filter(({ until }) => isBefore(at, until))
  const next = stays.sort((a, b) => a.from.getTime() - b.from.getTime())[0]
  if (next) return { state: next.from <= at ? 'in_force' : 'scheduled', version: next.version }
  const last = versions.at(-1)
  if (!last) throw new Error('a rate card has no versions')
  return { state: 'ended', version: last }
}

/** Whether the two have an instant in common. */
export function overlap(left: Stay, right: Stay): boolean {
  return isBefore(left.from, right.until) && isBefore(right.from, left.until)
}

function isBefore(at: Date, end: Date | null): boolean {
  return end === null || at < end
}

function earlier(left: Date | null, right: Date | null): Date | null {
  if (left === null || right === null) return left ?? right
  return left < right ? left : right
}
