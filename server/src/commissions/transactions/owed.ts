import type { Attribution } from '../../orders/attribution.ts'
import type { Order, OrderDocument } from '../../orders/order.ts'
import type { Publication } from './publish-transactions.ts'

/** An order with its verdict, and the click that it came from. */
export interface OwingOrder {
  order: Order
  document: OrderDocument
  attribution: Attribution
}

/** An order before a change and after it. */
export interface OrderChange {
  before: Order
  after: Order
  document: OrderDocument
  /** Where the order came from, after the change; undefined: from where it came before. */
  attribution: Attribution | null | undefined
}

/** What orders owe. */
export interface Owed {
  /** The keys of the transactions that orders are owed for under, by the order's key. */
  transactions: Map<string, string>
  /** Still to be published, as the last that the tx does. */
  publications: Publication[]
}
