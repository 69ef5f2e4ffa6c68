import type { Attribution } from '../../orders/attribution.ts'
import type { Order, OrderDocument } from '../../orders/order.ts'

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

/** The keys of the transactions that orders are owed for under, by the order's key. */
export type Owed = Map<string, string>
