import type { QuotePromise } from './order.ts'

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
