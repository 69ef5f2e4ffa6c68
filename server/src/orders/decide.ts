import type { SegmentName, VerdictPolicy } from '../organizations/organization.ts'
import type { Order, QuotePromise, UsedQuote } from './order.ts'

/** What decides what an order is paid as. */
export interface Grounds {
  judged: SegmentName
  policy: VerdictPolicy
  /** What the merchant said of its customer: whether it was new; null: nothing. */
  claim: boolean | null
}

/** The segment that an order is paid as under its merchant's policy. */
export function decide({ judged, policy, claim }: Grounds): SegmentName {
  if (claim === null || policy === 'network') return judged
  if (policy === 'merchant') return claim ? 'new' : 'active'
  // Where they differ the order is none that both call new.
  return judged === 'new' && claim ? 'new' : 'active'
}

/** What a quote's keeping depends on, beside what was decided without it. */
export interface QuoteGrounds {
  quote: QuotePromise
  purchasedAt: Date
  /** Since when the oldest evidence against `new` was known. */
  activeSince: Date | null
  /** Whether an earlier order came with the quote. */
  isUsed: boolean
}

/**
 * Whether a quote is kept for an order. It protects against what happened after it was given, not
 * against an earlier purchase that nobody had told of: else a quote for a made-up user would make
 * anybody new.
 */
export function judgeQuote(
  decided: SegmentName,
  { quote, purchasedAt, activeSince, isUsed }: QuoteGrounds,
): UsedQuote['outcome'] {
  if (isExpired(quote, purchasedAt)) return 'expired'
  if (isUsed) return 'used-before'
  if (quote.segment !== 'new' || decided === 'new') return 'not-needed'
  if (activeSince !== null && activeSince < new Date(quote.at)) return 'known-before'
  return 'kept'
}

export function isExpired({ expires }: QuotePromise, purchasedAt: Date): boolean {
  return purchasedAt > new Date(expires)
}

/** Whether the merchant said otherwise than the network judged. */
export function isConflict({
  verdict,
  claim,
  is_test: isTest,
}: Pick<Order, 'verdict' | 'claim' | 'is_test'>): boolean {
  return claim !== null && claim !== (verdict === 'new') && !isTest
}

/** Whose word it was that made an order what it is paid as; `click`: what came after the click does not count. */
export type DecidedBy = 'network' | 'merchant' | 'quote' | 'click'

export function decidedBy({
  verdict,
  policy,
  claim,
  segment,
  quote,
}: Pick<Order, 'verdict' | 'policy' | 'claim' | 'segment' | 'quote'>): DecidedBy {
  if (quote?.outcome === 'kept') return 'quote'
  const isClaimed = claim !== null && policy !== 'network'
  // Neither of the other two makes an order new that was judged active.
  const isMadeNew = verdict === 'active' && segment === 'new'
  if (isMadeNew && !(isClaimed && policy === 'merchant')) return 'click'
  return isClaimed && (policy === 'merchant' || segment !== verdict) ? 'merchant' : 'network'
}
