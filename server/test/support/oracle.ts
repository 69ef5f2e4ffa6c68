/**
 * What the segments must be, computed from what was reported by going through all of it. Slow and
 * plain on purpose, and without a line of the program's: the program is compared with it.
 */
export interface CustomerFact {
  organization: string
  customer: string
  identifiers: string[]
}

export interface OrderFact {
  merchant: string
  order: string
  /** Null for a guest. */
  customer: string | null
  identifiers: string[]
  deleted: boolean
}

/** The merchants at which the publisher's customer is active. */
export function activeAt(
  fact: { organization: string; customer: string },
  customers: CustomerFact[],
  orders: OrderFact[],
): string[] {
  const own = customers
    .filter((c) => c.organization === fact.organization && c.customer === fact.customer)
    .flatMap((c) => c.identifiers)
  const active = new Set<string>()
  for (const purchase of orders.filter((order) => !order.deleted)) {
    const known = identifiersOf(purchase, customers, orders)
    if (known.some((identifier) => own.includes(identifier))) active.add(purchase.merchant)
  }
  return [...active].sort()
}

/** All identifiers that the merchant ever gave the customer of this order. */
function identifiersOf(
  purchase: OrderFact,
  customers: CustomerFact[],
  orders: OrderFact[],
): string[] {
  if (purchase.customer === null) return purchase.identifiers
  const reported = customers.filter(
    (c) => c.organization === purchase.merchant && c.customer === purchase.customer,
  )
  const ordered = orders.filter(
    (o) => o.merchant === purchase.merchant && o.customer === purchase.customer,
  )
  return [...reported, ...ordered].flatMap((each) => each.identifiers)
}
