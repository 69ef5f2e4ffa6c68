import type { Purchase } from '../customers/customer.ts'
import { sharedIn } from '../customers/identity.ts'
import type { Identity } from '../customers/identity.ts'
import { ownerOf } from '../kernel/key.ts'
import type { Evidence, Verdict } from './order.ts'

/** An identity that may tell an order's buyer. */
export interface IdentityToTry {
  id: string
  matched: 'email_sha256' | 'advertising_id'
}

/** One order that is to be judged, with its customer's identities in the order they are tried. */
export interface Candidate {
  order: string
  /** The merchant's customer; null for an order that names nobody. */
  customer: string | null
  identities: IdentityToTry[]
  /** What the publisher that sent the buyer knows of them. */
  visitor: { publisher: number; identities: IdentityToTry[] } | null
}

/** What is known of the merchant's customers before the first of the orders. */
export interface Known {
  merchant: number
  /** By customer: the purchase that made them a buyer. */
  purchases: Map<string, Purchase>
  /** By identity: the rows as they were. */
  identities: Map<string, Identity>
}

/** A verdict, and since when the oldest of all evidence for it was known. */
export interface Judgement extends Verdict {
  activeSince: Date | null
}

/**
 * Judges orders of one merchant, in the order in which they were accepted: a customer who purchased
 * before, under its own id, under an identity of the order, or under one that the publisher who sent
 * them knows them by, is active; any other is new. Each order is known to those after it.
 */
export function judge(candidates: Candidate[], known: Known, at: Date): Judgement[] {
  const purchases = new Map(known.purchases)
  const joined = new Map<string, string[]>()
  return candidates.map((candidate) => {
    const facts = factsOf(candidate, known, purchases, joined)
    const { customer } = candidate
    if (customer !== null) {
      if (!purchases.has(customer)) purchases.set(customer, { order: candidate.order, at })
      for (const { id } of candidate.identities) {
        joined.set(id, [...(joined.get(id) ?? []), customer])
      }
    }
    return toJudgement(facts)
  })
}

/** An earlier purchase, and what told that it was this person's. */
interface Fact extends Pick<Evidence, 'matched' | 'identity' | 'through'> {
  purchase: Purchase
}

/** What tells that the buyer purchased before, the strongest first. */
function factsOf(
  { customer, identities, visitor }: Candidate,
  known: Known,
  purchases: Map<string, Purchase>,
  joined: Map<string, string[]>,
): Fact[] {
  const own = customer === null ? undefined : purchases.get(customer)
  const facts: Fact[] = own
    ? [{ matched: 'customer_id', identity: null, through: 'merchant', purchase: own }]
    : []
  const tryOut = (
    tried: IdentityToTry[],
    through: Evidence['through'],
    organizations: number[],
  ): void => {
    for (const { id, matched } of tried) {
      const identity = known.identities.get(id)
      if (identity && !sharedIn(identity).isDisjointFrom(new Set(organizations))) continue
      const buyers = (identity?.buyers ?? []).filter((buyer) => ownerOf(buyer) === known.merchant)
      const purchase = [...buyers, ...(joined.get(id) ?? [])]
        .flatMap((buyer) => purchases.get(buyer) ?? [])
        .reduce<Purchase | undefined>((a, b) => (a && a.at <= b.at ? a : b), undefined)
      if (purchase) facts.push({ matched, identity: id, through, purchase })
    }
  }
  tryOut(identities, 'merchant', [known.merchant])
  if (visitor) tryOut(visitor.identities, 'publisher', [known.merchant, visitor.publisher])
  return facts
}

function toJudgement(facts: Fact[]): Judgement {
  const [first] = facts
  if (!first) return { segment: 'new', evidence: null, activeSince: null }
  const { purchase, ...what } = first
  const { order, at } = purchase
  const evidence = { ...what, source: 'order' as const, order, since: at.toISOString() }
  const oldest = Math.min(...facts.map((fact) => fact.purchase.at.getTime()))
  return { segment: 'active', evidence, activeSince: new Date(oldest) }
}
