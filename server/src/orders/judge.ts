import type { PurchaseDates } from '../customers/purchase-dates.ts'
import type { Purchase } from '../customers/customer.ts'
import { sharedIn } from '../customers/identity.ts'
import type { Identity } from '../customers/identity.ts'
import { idOfKey, ownerOf } from '../kernel/key.ts'
import type { EvidenceMatch, Verdict } from './order.ts'

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
  referred: { publisher: number; identities: IdentityToTry[] } | null
}

/** A purchase, and what an import said of its time. */
export type KnownPurchase = Purchase & { bought?: PurchaseDates | null }

/** What is known of the merchant's customers before the first of the orders. */
export interface MatchFacts {
  merchant: number
  /** By customer: the purchase that made them a buyer. */
  purchases: Map<string, KnownPurchase>
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
export function judge(candidates: Candidate[], known: MatchFacts, at: Date): Judgement[] {
  const purchases = new Map(known.purchases)
  const joined = new Map<string, string[]>()
  return candidates.map((candidate) => {
    const facts = factsOf(candidate, known, purchases, joined)
    const { customer } = candidate
    if (customer !== null) {
      if (!purchases.has(customer))
        purchases.set(customer, { order: candidate.order, import: null, at })
      for (const { id } of candidate.identities) {
        joined.set(id, [...(joined.get(id) ?? []), customer])
      }
    }
    return toJudgement(facts)
  })
}

/** An earlier purchase, and what told that it was this person's. */
interface Fact extends Omit<EvidenceMatch, 'since'> {
  purchase: KnownPurchase
}

/** What tells that the buyer purchased before, the strongest first. */
function factsOf(
  { customer, identities, referred }: Candidate,
  known: MatchFacts,
  purchases: Map<string, KnownPurchase>,
  joined: Map<string, string[]>,
): Fact[] {
  const own = customer === null ? undefined : purchases.get(customer)
  const facts: Fact[] = own
    ? [{ matched: 'customer_id', identity: null, through: 'merchant', purchase: own }]
    : []
  const tryOut = (
    tried: IdentityToTry[],
    through: EvidenceMatch['through'],
    organizations: number[],
  ): void => {
    for (const { id, matched } of tried) {
      const identity = known.identities.get(id)
      if (identity && !sharedIn(identity).isDisjointFrom(new Set(organizations))) continue
      const buyers = (identity?.buyers ?? []).filter((buyer) => ownerOf(buyer) === known.merchant)
      const purchase = [...buyers, ...(joined.get(id) ?? [])]
        .flatMap((buyer) => purchases.get(buyer) ?? [])
        .reduce<KnownPurchase | undefined>((a, b) => (a && a.at <= b.at ? a : b), undefined)
      if (purchase) facts.push({ matched, identity: id, through, purchase })
    }
  }
  tryOut(identities, 'merchant', [known.merchant])
  if (referred) tryOut(referred.identities, 'publisher', [known.merchant, referred.publisher])
  return facts
}

function toJudgement(facts: Fact[]): Judgement {
  const [first] = facts
  if (!first) return { segment: 'new', evidence: null, activeSince: null }
  const { purchase, ...what } = first
  const evidence = { ...what, since: purchase.at.toISOString(), ...sourceOf(purchase) }
  const oldest = Math.min(...facts.map((fact) => fact.purchase.at.getTime()))
  return { segment: 'active', evidence, activeSince: new Date(oldest) }
}

function sourceOf(purchase: KnownPurchase) {
  if (purchase.order !== null) return { source: 'order' as const, order: purchase.order }
  return {
    source: 'import' as const,
    import: idOfKey('import', purchase.import),
    first_purchase_date: purchase.bought?.first ?? null,
    last_purchase_date: purchase.bought?.last ?? null,
  }
}
