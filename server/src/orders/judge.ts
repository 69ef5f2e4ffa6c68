import type { LateIdentities, Purchase } from '../customers/customer.ts'
import { sharedIn } from '../customers/identity.ts'
import type { Identity } from '../customers/identity.ts'
import type { PurchaseDates } from '../customers/purchase-dates.ts'
import { idOfKey, ownerOf } from '../kernel/key.ts'
import type { SegmentName } from '../organizations/organization.ts'
import type { Evidence, EvidenceMatch, EvidenceTiming, Verdict } from './order.ts'

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
  /** The click that it came from; null where it came from none, or where all evidence counts. */
  click?: { publisher: number; at: Date } | null
  /** In the currency's smallest unit. */
  total: number
  currency: string
  /** What it is paid as where it is judged this; as it is judged unless the merchant's policy says otherwise. */
  paidAs?: (judged: SegmentName) => SegmentName
}

/** A purchase, what an import said of its time, and since when its customer carries what it carries. */
export type KnownPurchase = Purchase & {
  bought?: PurchaseDates | null
  late?: LateIdentities | null
}

/** An order that came through a publisher, is paid as a new customer's, and stands. */
export interface NewOrder {
  order: string
  /** The key of the merchant's customer. */
  customer: string
  /** The publisher's number. */
  publisher: number
  total: number
  currency: string
  at: Date
}

/** What is known of the merchant's customers before the first of the orders. */
export interface MatchFacts {
  merchant: number
  /** By customer: the purchase that made them a buyer. */
  purchases: Map<string, KnownPurchase>
  /** By identity: the rows as they were. */
  identities: Map<string, Identity>
  /** Orders of these customers; needed only where something became known after a click. */
  newOrders?: NewOrder[]
}

/** A verdict, and since when what it rests on was known. */
export interface Judgement extends Verdict {
  /** The strongest of what was known only after the click. */
  later: Evidence | null
  /** Of the evidence that counts, since when the oldest was known. */
  activeSince: Date | null
  /** The same of all evidence. */
  knownSince: Date | null
}

/**
 * Judges orders of one merchant, in the order in which they were accepted: a customer who purchased
 * before, under its own id, under an identity of the order, or under one that the publisher who sent
 * them knows them by, is active; any other is new. Of an order that came from a click, what became known
 * after the click counts only where its publisher was paid for a new customer by it. Each order is known
 * to those after it.
 */
export function judge(candidates: Candidate[], known: MatchFacts, at: Date): Judgement[] {
  const purchases = new Map(known.purchases)
  const joined = new Map<string, string[]>()
  const newOrders = [...(known.newOrders ?? [])]
  return candidates.map((candidate) => {
    const facts = factsOf(candidate, known, { purchases, joined, at })
    const judgement = weigh(candidate, facts, newOrders)
    const { customer, order, click, total, currency, paidAs } = candidate
    if (customer !== null) {
      if (!purchases.has(customer)) purchases.set(customer, { order, import: null, at })
      for (const { id } of candidate.identities) {
        joined.set(id, [...(joined.get(id) ?? []), customer])
      }
      const { segment } = judgement
      if (click && (paidAs?.(segment) ?? segment) === 'new') {
        newOrders.push({ order, customer, publisher: click.publisher, total, currency, at })
      }
    }
    return judgement
  })
}

/** An earlier purchase, and what told that it was this person's. */
interface Fact extends Pick<EvidenceMatch, 'matched' | 'identity' | 'through'> {
  buyer: string
  purchase: KnownPurchase
  /** Since when both the purchase and what told of it were known. */
  knownAt: Date
}

/** What the orders before it in the same set have made known. */
interface SetSoFar {
  purchases: Map<string, KnownPurchase>
  joined: Map<string, string[]>
  at: Date
}

/** All that tells that the buyer purchased before, the strongest first. */
function factsOf(
  { customer, identities, referred, click }: Candidate,
  known: MatchFacts,
  { purchases, joined, at }: SetSoFar,
): Fact[] {
  const own = customer === null ? undefined : purchases.get(customer)
  const facts: Fact[] = []
  if (customer !== null && own) {
    const what = { matched: 'customer_id', identity: null, through: 'merchant' } as const
    facts.push({ ...what, buyer: customer, purchase: own, knownAt: own.at })
  }
  const tryOut = (
    tried: IdentityToTry[],
    through: EvidenceMatch['through'],
    organizations: number[],
  ): void => {
    for (const { id, matched } of tried) {
      const identity = known.identities.get(id)
      if (identity && !sharedIn(identity).isDisjointFrom(new Set(organizations))) continue
      const buyers = (identity?.buyers ?? []).filter((buyer) => ownerOf(buyer) === known.merchant)
      const carried = buyers.map((buyer) => [buyer, purchases.get(buyer)?.late?.[id]] as const)
      // A buyer that carried it before has done so for longer than this set.
      const joining = [...new Set(joined.get(id)).difference(new Set(buyers))].map(
        (buyer) => [buyer, at.toISOString()] as const,
      )
      const found = [...carried, ...joining].flatMap(([buyer, since]): Fact[] => {
        const purchase = purchases.get(buyer)
        if (!purchase) return []
        const knownAt = laterOf(purchase.at, since)
        return [{ matched, identity: id, through, buyer, purchase, knownAt }]
      })
      // Where no click decides what counts, the oldest purchase is named, whenever its identity came to be known.
      const timeOf = ({ knownAt, purchase }: Fact): number =>
        (click ? knownAt : purchase.at).getTime()
      facts.push(...found.sort((a, b) => timeOf(a) - timeOf(b)))
    }
  }
  tryOut(identities, 'merchant', [known.merchant])
  if (referred) tryOut(referred.identities, 'publisher', [known.merchant, referred.publisher])
  return facts
}

function laterOf(purchasedAt: Date, since: string | undefined): Date {
  if (since === undefined) return purchasedAt
  const carriedAt = new Date(since)
  return carriedAt > purchasedAt ? carriedAt : purchasedAt
}

function weigh(candidate: Candidate, facts: Fact[], newOrders: NewOrder[]): Judgement {
  const click = candidate.click ?? null
  const counting = click ? facts.filter(({ knownAt }) => knownAt <= click.at) : facts
  const [later] = click ? facts.filter(({ knownAt }) => knownAt > click.at) : []
  const past = {
    later: later ? toEvidence(later, 'after-click') : null,
    knownSince: oldestOf(facts),
  }
  const [first] = counting
  if (first) {
    const evidence = toEvidence(first, click ? 'before-click' : 'any-time')
    return { segment: 'active', evidence, activeSince: oldestOf(counting), ...past }
  }
  const same = click ? findPaidAsNew(candidate, facts, newOrders) : undefined
  if (same) {
    const evidence = toEvidence(same, 'same-publisher')
    return { segment: 'active', evidence, activeSince: same.knownAt, ...past }
  }
  return { segment: 'new', evidence: null, activeSince: null, ...past }
}

/**
 * The order of this buyer that the same publisher was paid for as a new customer's: else a shopper would
 * be new with every order that comes from one click. Only one of at least as much, so that no small order
 * takes the place of the one that was sent.
 */
function findPaidAsNew(
  { click, total, currency }: Candidate,
  facts: Fact[],
  newOrders: NewOrder[],
): Fact | undefined {
  for (const fact of facts) {
    const paid = newOrders.find(
      (each) =>
        each.customer === fact.buyer &&
        each.publisher === click?.publisher &&
        each.currency === currency &&
        each.total >= total,
    )
    if (!paid) continue
    const purchase = { order: paid.order, import: null, at: paid.at }
    const knownAt = paid.at > fact.knownAt ? paid.at : fact.knownAt
    return { ...fact, purchase, knownAt }
  }
  return undefined
}

function oldestOf(facts: Fact[]): Date | null {
  if (facts.length === 0) return null
  return new Date(Math.min(...facts.map(({ knownAt }) => knownAt.getTime())))
}

function toEvidence(fact: Fact, timing: EvidenceTiming): Evidence {
  const { purchase, knownAt, ...what } = fact
  // Of what does not count it matters what came too late, the purchase or what tells of it.
  const since = timing === 'after-click' ? knownAt : purchase.at
  return { ...what, timing, since: since.toISOString(), ...sourceOf(purchase) }
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
