import { expect } from 'vitest'

/** A customer's purchase that counted before, as far as it can tell against another order. */
export interface Purchaser {
  /** The customer's counting orders, by our ids. */
  orders: string[]
  identifiers: Set<string>
  /** Since when it carries an identifier. */
  learnedAt(identifier: string): number
  /** When the first of them was accepted. */
  since: number
}

/** An order of those that came at once, and what it was judged as. */
export interface JudgedOrder {
  buttonId: string
  /** What tells the merchant's customers apart; null: it names nobody. */
  customer: string | null
  /** All identifiers that tell its buyer: the merchant's customer's, and the publisher's. */
  evidence: Set<string>
  judged: 'new' | 'active'
  /** Our id of the earlier order. */
  because: string | null
}

/** Since when it was known that the buyer had purchased, at the earliest. */
export function knownSince(
  order: Pick<JudgedOrder, 'customer' | 'evidence'>,
  purchasers: Map<string, Purchaser>,
): number {
  const times = [...purchasers].flatMap(([key, { identifiers, since, learnedAt }]) => {
    if (key === order.customer) return [since]
    return [...identifiers.intersection(order.evidence)].map((each) =>
      Math.max(since, learnedAt(each)),
    )
  })
  return Math.min(...times)
}

/** The purchases that tell that the order's buyer is no new customer. */
export function purchasesAgainst(
  { customer, evidence }: Pick<JudgedOrder, 'customer' | 'evidence'>,
  purchasers: Map<string, Purchaser>,
): Purchaser[] {
  return [...purchasers]
    .filter(([key, { identifiers }]) => key === customer || !identifiers.isDisjointFrom(evidence))
    .map(([, purchaser]) => purchaser)
}

/**
 * That there is an order of acceptance under which each of these, which came at once, was judged
 * rightly: whoever was known to have bought before them is active, and of them the first is new.
 */
export function expectSerial(
  fresh: JudgedOrder[],
  before: Map<string, Purchaser>,
  identifiersOf: (customer: string) => Set<string>,
): void {
  const tells = (other: JudgedOrder, against: JudgedOrder): boolean =>
    other !== against &&
    other.customer !== null &&
    (other.customer === against.customer ||
      !identifiersOf(other.customer).isDisjointFrom(against.evidence))
  // By order: those that must have been accepted before it.
  const earlier = new Map(fresh.map((each) => [each, new Set<JudgedOrder>()]))
  for (const each of fresh) {
    const known = purchasesAgainst(each, before).flatMap(({ orders }) => orders)
    const others = fresh.filter((other) => tells(other, each))
    if (each.judged === 'new') {
      expect(known, `${each.buttonId} is new, and was known`).toEqual([])
      for (const other of others) earlier.get(other)?.add(each)
      continue
    }
    const reason = others.find(({ buttonId }) => buttonId === each.because)
    if (reason && known.length === 0) earlier.get(each)?.add(reason)
    expect([...known, ...others.map(({ buttonId }) => buttonId)]).toContain(each.because)
  }
  const left = new Set(fresh)
  for (let free = true; left.size > 0 && free;) {
    const next = [...left].filter((each) => earlier.get(each)!.isDisjointFrom(left))
    for (const each of next) left.delete(each)
    free = next.length > 0
  }
  expect([...left], 'there is no order in which these could have come').toEqual([])
}

/** What an order is paid as without a quote, by the merchant's policy. */
export function paidAs(
  judged: 'new' | 'active',
  policy: string,
  claim: boolean | undefined,
): 'new' | 'active' {
  if (claim === undefined || policy === 'network') return judged
  if (policy === 'merchant') return claim ? 'new' : 'active'
  return claim && judged === 'new' ? 'new' : 'active'
}
