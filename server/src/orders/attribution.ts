import type { Db, Tx } from '../kernel/database/database.ts'
import type { Order, OrderDocument, QuotePromise } from './order.ts'

/** What is encrypted in the row of a click. Names are the wire's. */
export interface ClickContent {
  btn_ref: string
  /** The publisher's own id of its customer. */
  publisher_customer_id: string | null
  pub_ref: string | null
  quote: QuotePromise | null
}

/** The click that an order came from: that of its token, if it was within the partnership's window. */
export interface Attribution {
  /** The publisher's number. */
  publisher: number
  /** The key of the publisher's customer who clicked; null where the link named nobody. */
  customer: string | null
  clickedAt: Date
  content: ClickContent
}

/** What of an order finds its click. */
export interface ToAttribute {
  /** The order's key. */
  order: string
  /** The merchant's number. */
  merchant: number
  /** The key of the token, which is the click's. */
  btnRef: string
  purchasedAt: Date
}

/** An order with its verdict, and where it came from. */
export interface AttributedOrder {
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

/** What a change of orders means for transactions. */
export interface Owed {
  /** The keys of the transactions, by the order's key. */
  transactions: Map<string, string>
  /** How many lanes have something to send by what was appended. */
  lanes: number
}

/**
 * What orders owe publishers. It comes as a part, because imports run the other way: commissions know
 * orders.
 */
export interface Commissions {
  /** Where orders came from, by the order's key; what came from nowhere is absent. */
  attribute(db: Db, orders: ToAttribute[]): Promise<Map<string, Attribution>>
  /** Takes quotes for orders, by the quote's id; answers those that no other order had taken. */
  takeQuotes(tx: Tx, orders: Map<string, string>, at: Date): Promise<Set<string>>
  /** Writes what new orders owe. Throws a Problem where none can be told: the order is refused. */
  commission(tx: Tx, orders: AttributedOrder[], at: Date): Promise<Owed>
  /** Writes what an order owes after a change, under the verdict and the rates it was recorded with. */
  adjust(tx: Tx, change: OrderChange, at: Date): Promise<Owed>
}
