import { decidedBy } from '../../orders/decide.ts'
import type { Order, UsedQuote } from '../../orders/order.ts'
import type { SegmentName, VerdictPolicy } from '../../organizations/organization.ts'
import type { Transaction } from './transaction.ts'

/** An order's verdict, as far as it is a publisher's business. Names are the wire's. */
export interface PublisherVerdict {
  /** What the order is paid as. */
  segment: SegmentName
  /** What held before the order, as the network judged. */
  judged: SegmentName
  policy: VerdictPolicy
  decided_by: 'network' | 'merchant' | 'quote'
  /** YYYY-MM-DD. */
  judged_date: string
  /** Why it was judged `active`. */
  evidence: { source: 'order' | 'import'; known_date: string } | null
  quote: { outcome: UsedQuote['outcome'] } | null
}

/**
 * What a publisher is told of an order's verdict: no other order's number or amount, no time finer
 * than a day, and not which identifier matched. Null where the merchant told no segments at all.
 */
export function publisherVerdict(
  order: Order,
  { segment }: Pick<Transaction, 'segment'>,
): PublisherVerdict | null {
  if (segment === null) return null
  const { evidence, quote } = order
  return {
    segment,
    judged: order.verdict,
    policy: order.policy,
    decided_by: decidedBy(order),
    judged_date: dayOf(order.created_at.toISOString()),
    evidence: evidence && { source: evidence.source, known_date: dayOf(evidence.since) },
    quote: quote && { outcome: quote.outcome },
  }
}

function dayOf(instant: string): string {
  return instant.slice(0, 'YYYY-MM-DD'.length)
}
