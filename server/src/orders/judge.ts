import type { Purchase } from '../customers/customer.ts'
import { sharedIn } from '../customers/identity.ts'
import type { Identity } from '../customers/identity.ts'
import { ownerOf } from '../kernel/key.ts'
import type { Verdict } from './order.ts'

/** One order that is to be judged, with its customer's identities in the order they are tried. */
export interface Candidate {
  order: string
  customer: string
  identities: { id: string; matched: 'email_sha256' | 'advertising_id' }[]
}

/** What is known of the merchant's customers before the first of the orders. */
export interface Known {
  merchant: number
  /** By customer: the purchase that made them a buyer. */
  purchases: Map<string, Purchase>
  /** By identity: the rows as they were. */
  identities: Map<string, Identity>
}

/**
 * Judges orders of one merchant, in the order in which they were accepted: a customer who purchased
 * before, under its own id or under an identity of the order, is active; any other is new. Each
 * order is known to those after it.
 */
export function judge(candidates: Candidate[], known: Known, at: Date): Verdict[] {
  const purchases = new Map(known.purchases)
  const joined = new Map<string, string[]>()
  return candidates.map((candidate) => {
    const verdict = judgeOne(candidate, known, purchases, joined)
    if (!purchases.has(candidate.customer)) {
      purchases.set(candidate.customer, { order: candidate.order, at })
    }
    for (const { id } of candidate.identities) {
      joined.set(id, [...(joined.get(id) ?? []), candidate.customer])
    }
    return verdict
  })
}

function judgeOne(
  { customer, identities }: Candidate,
  known: Known,
  purchases: Map<string, Purchase>,
  joined: Map<string, string[]>,
): Verdict {
  const own = purchases.get(customer)
  if (own) return activeBy('customer_id', null, own)
  for (const { id, matched } of identities) {
    const identity = known.identities.get(id)
    if (identity && sharedIn(identity).has(known.merchant)) continue
    const buyers = (identity?.buyers ?? []).filter((buyer) => ownerOf(buyer) === known.merchant)
    const earliest = [...buyers, ...(joined.get(id) ?? [])]
      .flatMap((buyer) => purchases.get(buyer) ?? [])
      .reduce<Purchase | undefined>((a, b) => (a && a.at <= b.at ? a : b), undefined)
    if (earliest) return activeBy(matched, id, earliest)
  }
  return { segment: 'new', evidence: null }
}

function activeBy(
  matched: 'customer_id' | 'email_sha256' | 'advertising_id',
  identity: string | null,
  { order, at }: Purchase,
): Verdict {
  return {
    segment: 'active',
    evidence: {
      matched,
      identity,
      through: 'merchant',
      source: 'order',
      order,
      since: at.toISOString(),
    },
  }
}
