import { decidedBy } from '../../orders/decide.ts'
import type { DecidedBy } from '../../orders/decide.ts'
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
  decided_by: DecidedBy
  /** YYYY-MM-DD. */
  judged_date: string
  /** Why it was judged `active`. */
  evidence: { source: 'order' | 'import'; known_date: string } | null
  /** What became known only after the click, and so did not count; absent where there is nothing. */
  later_evidence?: { source: 'order' | 'import' }
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
  const { evidence, later_evidence: later, quote } = order
  return {
    segment,
    judged: order.verdict,
    policy: order.policy,
    decided_by: decidedBy(order),
    judged_date: dayOf(order.created_at.toISOString()),
    evidence: evidence && { source: evidence.source, known_date: dayOf(evidence.since) },
    ...(later && { later_evidence: { source: later.source } }),
    quote: quote && { outcome: quote.outcome },
  }
}

function dayOf(instant: string): string {
  return instant.slice(0, 'YYYY-MM-DD'.length)
}
