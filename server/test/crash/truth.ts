import type { Acknowledged } from './load.ts'
import type { Report } from './reports.ts'

/** What must hold in the end, by going through everything that was reported. */
export interface Truth {
  /** By publisher and customer, such as `A a-17`. */
  customers: Map<string, { identifiers: Set<string>; isActive: boolean }>
  /** By order id. */
  orders: Map<string, { person: number; isDeleted: boolean }>
}

/** None of this is the program's: sets of plain identifiers, compared with each other. */
export function computeTruth(reports: Report[]): Truth {
  const customers: Truth['customers'] = new Map()
  const orders: Truth['orders'] = new Map()
  const shoppers = new Map<string, { identifiers: Set<string>; orders: Set<string> }>()
  const shopper = (id: string) => {
    const known = shoppers.get(id) ?? { identifiers: new Set(), orders: new Set() }
    shoppers.set(id, known)
    return known
  }
  for (const { fact } of reports) {
    if (fact.kind === 'deletion') continue
    if (fact.kind === 'order') {
      orders.set(fact.order, { person: fact.person, isDeleted: false })
      shopper(fact.customer).orders.add(fact.order)
    }
    const key = fact.kind === 'customer' ? `${fact.by} ${fact.customer}` : ''
    const isShops = fact.kind === 'order' || fact.by === 'shop'
    const known = isShops
      ? shopper(fact.customer)
      : (customers.get(key) ?? { identifiers: new Set<string>(), isActive: false })
    for (const identifier of fact.identifiers) known.identifiers.add(identifier)
    if ('isActive' in known) customers.set(key, known)
  }
  for (const { fact } of reports) {
    if (fact.kind === 'deletion') orders.get(fact.order)!.isDeleted = true
  }
  const bought = new Set<string>()
  for (const known of shoppers.values()) {
    if (![...known.orders].some((order) => !orders.get(order)!.isDeleted)) continue
    for (const identifier of known.identifiers) bought.add(identifier)
  }
  for (const known of customers.values()) {
    known.isActive = [...known.identifiers].some((identifier) => bought.has(identifier))
  }
  return { customers, orders }
}

/** An order as the sender saw it, all its acknowledgements taken together. */
export interface SeenOrder {
  person: number
  buttonIds: Set<string>
  firstSentAt: number
  acknowledgedAt: number
}

export function seenOrders(results: Acknowledged[]): Map<string, SeenOrder> {
  const seen = new Map<string, SeenOrder>()
  for (const { report, firstSentAt, acknowledgedAt, object } of results) {
    const { fact } = report
    if (fact.kind !== 'order') continue
    const known = seen.get(fact.order) ?? {
      person: fact.person,
      buttonIds: new Set(),
      firstSentAt,
      acknowledgedAt,
    }
    known.buttonIds.add(object.button_order_id)
    known.firstSentAt = Math.min(known.firstSentAt, firstSentAt)
    known.acknowledgedAt = Math.min(known.acknowledgedAt, acknowledgedAt)
    seen.set(fact.order, known)
  }
  return seen
}
