import type { SegmentName } from '../../organizations/organization.ts'
import { listStays } from './rate-card.ts'
import type { RateCardVersion } from './rate-card.ts'
import type { Rate } from './rate.ts'
import { normalizeCategory } from './parse-rate.ts'

/** What of an order's line decides its rate. */
export interface RatedLine {
  /** What the order is paid as; null while the merchant tells no segments. */
  segment: SegmentName | null
  currency: string
  /** From the widest to the narrowest. */
  category: readonly string[]
}

/**
 * The version in force at this instant for the publisher, of one merchant's: its own card's if there
 * is one, and else that of the card for all. Null: a publisher that has none of its own.
 */
export function chooseVersion(
  versions: readonly RateCardVersion[],
  publisher: number | null,
  at: Date,
): RateCardVersion | undefined {
  return findInForce(versions, publisher, at) ?? findInForce(versions, null, at)
}

/**
 * When the first version came, or comes, into force that this publisher is paid by, of one merchant's.
 * Undefined: none ever did, and none is to.
 */
export function firstStart(
  versions: readonly RateCardVersion[],
  publisher: number,
): Date | undefined {
  const applicable = versions.filter((each) => (each.publisher ?? publisher) === publisher)
  const starts = listStays(applicable).map(({ from }) => from.getTime())
  return starts.length === 0 ? undefined : new Date(Math.min(...starts))
}

/**
 * The rate of a line; undefined when nothing matches. Of those that match: the narrowest category,
 * then the segment's own before the default, then a fixed rate before a percentage. No two rates of
 * a version are alike in all of these, so there is one answer.
 */
export function chooseRate(rates: readonly Rate[], line: RatedLine): Rate | undefined {
  const categories = line.category.map(normalizeCategory)
  let best: Rate | undefined
  let bestRank = -1
  for (const rate of rates) {
    const rank = rankOf(rate, line, categories)
    if (rank <= bestRank) continue
    best = rate
    bestRank = rank
  }
  return best
}

/** The higher, the sooner it is taken; -1: it doesn't match. */
function rankOf(rate: Rate, line: RatedLine, categories: readonly string[]): number {
  if (rate.segment !== null && rate.segment !== line.segment) return -1
  if ('fixed' in rate && rate.currency !== line.currency) return -1
  const depth = rate.category === null ? 0 : categories.lastIndexOf(rate.category) + 1
  if (rate.category !== null && depth === 0) return -1
  return depth * 4 + (rate.segment === null ? 0 : 2) + ('fixed' in rate ? 1 : 0)
}

/** Of the cards with exactly this scope, of which one at most is in force at a time. */
function findInForce(
  versions: readonly RateCardVersion[],
  publisher: number | null,
  at: Date,
): RateCardVersion | undefined {
  const newest = new Map<string, RateCardVersion>()
  for (const each of versions) {
    if (each.publisher !== publisher || each.start > at) continue
    const known = newest.get(each.card)
    if (!known || known.version < each.version) newest.set(each.card, each)
  }
  for (const each of newest.values()) if (each.end === null || at < each.end) return each
  return undefined
}
