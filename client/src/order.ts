import { fetchPage, objectOf } from './answer.ts'
import type { Page, PageQuery } from './answer.ts'
import type { Segment } from './customer.ts'
import { pathTo } from './path.ts'
import type { Send } from './send.ts'
import type { Verdict } from './verdict.ts'
import type { DecidedBy, VerdictPolicy } from './verdict-terms.ts'

/** A line of an order. Its amounts are given as the order's `total` is. */
export interface LineItem {
  /** Unique in the order. */
  identifier: string
  /** Of the whole line; zero and negative lines occur. `amount` times `quantity` unless given. */
  total?: number | string | undefined
  /** Of one piece. Needed where there is no `total`. */
  amount?: number | string | undefined
  /** 1 unless given. */
  quantity?: number | undefined
  description?: string | null | undefined
  sku?: string | null | undefined
  upc?: string | null | undefined
  gtin?: string | null | undefined
  /** From the widest category to the narrowest; one alone may be a string. */
  category?: string[] | string | null | undefined
  attributes?: Record<string, string | number | boolean | null> | null | undefined
}

/** A line as the API answers it; amounts are in the currency's smallest unit. */
export interface RecordedLineItem {
  identifier: string
  total: number
  /** Of one piece; truncated where only the whole line was reported. */
  amount: number
  quantity: number
  description: string | null
  sku: string | null
  upc: string | null
  gtin: string | null
  category: string[]
  attributes: Record<string, string>
}

/** Who bought, in the merchant's own terms. */
export interface OrderCustomer {
  /** The merchant's own id; absent for a guest. */
  id?: string | null | undefined
  email_sha256?: string | null | undefined
  emails_sha256?: string[] | null | undefined
  device_id?: string | null | undefined
  /** The merchant's own belief; kept for comparison, and what it decides is the merchant's policy. */
  is_new?: boolean | null | undefined
  /** The same, by its older name. */
  is_new_user?: boolean | null | undefined
}

/** What may be said about an order at its creation and changed by an update. */
export interface OrderFields {
  /**
   * The commissionable total: an integer ≥ 0 in the currency's smallest unit, or with
   * `total_as_decimal` a decimal string or number in the major unit.
   */
  total: number | string
  total_as_decimal?: boolean | null | undefined
  /** ISO 4217. */
  currency: string
  /** RFC 3339; now unless given. */
  purchase_date?: string | null | undefined
  /** RFC 3339; from then on the order is immutable. */
  finalization_date?: string | null | undefined
  /** The `btn_ref` the shopper arrived with; orders without one are reported too. */
  btn_ref?: string | null | undefined
  customer?: OrderCustomer | null | undefined
  customer_order_id?: string | null | undefined
  advertising_id?: string | null | undefined
  /** Where it was ordered, ISO 3166 alpha-2; shown to the publisher. */
  country?: string | null | undefined
  partner_order_channel?: 'app' | 'webview' | null | undefined
  /** An empty object means none, as some languages write an empty list. */
  line_items?: LineItem[] | Record<string, never> | null | undefined
}

/** An order as reported. `order_id` is the merchant's own, unique, ASCII, at most 255 characters. */
export interface OrderReport extends OrderFields {
  order_id: string
}

/** An order as the API answers it; `total` is in the currency's smallest unit. */
export interface Order {
  /** `btnorder-…` */
  button_order_id: string
  order_id: string
  total: number
  currency: string
  btn_ref: string | null
  session_id: null
  ifa: string | null
  line_items: RecordedLineItem[]
  customer_order_id: string | null
  /** `open` becomes `finalized` at its date, or `deleted` for good. */
  status: 'open' | 'finalized' | 'deleted'
  purchase_date: string
  finalization_date: string
  created_date: string
  modified_date: string
}

/** An order as it is listed: what it is paid as, and what was said and judged. */
export interface ListedOrder {
  /** `btnorder-…` */
  button_order_id: string
  order_id: string
  /** In the currency's smallest unit. */
  total: number
  currency: string
  status: Order['status']
  /** A test order moves nobody and pays nothing. */
  is_test: boolean
  /** Your own id; null for a guest, and once the customer is erased. */
  customer_id: string | null
  /** Whom it owes a commission, or owed last; null where it came from nobody. */
  publisher_id: string | null
  /** `tx-…` */
  transaction_id: string | null
  /** What the order is paid as. */
  segment: Segment['name']
  /** What held before the order, as the network judged. */
  judged: Segment['name']
  /** What you said: whether the customer was new; null: nothing. */
  claimed_new: boolean | null
  policy: VerdictPolicy
  decided_by: DecidedBy
  purchase_date: string
  finalization_date: string
  /** When it was accepted. */
  created_date: string
  modified_date: string
}

export interface OrderListQuery extends PageQuery {
  /** RFC 3339, inclusive; when the order was accepted. */
  start?: string | undefined
  /** Exclusive. */
  end?: string | undefined
  status?: Order['status'] | undefined
  /** Only orders that owe this publisher, or did. */
  publisher_id?: string | undefined
  /** What the order is paid as. */
  segment?: 'new' | 'active' | undefined
  judged?: 'new' | 'active' | undefined
  /** What you said of the customer; `none`: nothing. */
  claimed?: 'new' | 'active' | 'none' | undefined
  /** Your own id. */
  customer_id?: string | undefined
}

/** For merchants. An `id` is either `btnorder-…` or the merchant's own `order_id`. */
export interface OrderCalls {
  /**
   * Reports an order. The same content again answers the first order.
   * Errors: 400 `InvalidField`, also with a `purchase_date` before your first rate card for the
   * publisher that the order came from; 409 `Conflict` for a known `order_id` with other content.
   */
  create(order: OrderReport): Promise<Order>
  /** Errors: 404 `NotFound`. */
  get(id: string): Promise<Order>
  /**
   * The newest first, test orders among them. Where what you ask for is rare a page may be short, and even
   * empty, and another follow. To be looked through, not to be followed.
   */
  list(query?: OrderListQuery): Promise<Page<ListedOrder>>
  /** What the order is paid as, why, and what it owes. Errors: 404 `NotFound`. */
  verdict(id: string): Promise<Verdict>
  /** The orders that were attributed to one token. */
  getByBtnRef(btnRef: string): Promise<Page<Order>>
  /**
   * Changes the members given; `line_items` are replaced as a whole.
   * Errors: 404 `NotFound`; 409 `Conflict` when the order is finalized or deleted.
   */
  update(id: string, changes: Partial<OrderFields>): Promise<Order>
  /** Deletes an order; a second time is fine. Errors: 404 `NotFound`; 409 when finalized. */
  cancel(id: string): Promise<void>
}

const ORDERS_PATH = '/v1/order'

export function createOrderCalls(send: Send): OrderCalls {
  return {
    create: async (order) =>
      objectOf(await send({ method: 'POST', path: ORDERS_PATH, body: order })),
    get: async (id) => objectOf(await send({ method: 'GET', path: pathTo(ORDERS_PATH, id) })),
    list: async (query) => fetchPage(send, '/v1/orders', { ...query }),
    verdict: async (id) =>
      objectOf(await send({ method: 'GET', path: pathTo(ORDERS_PATH, id, 'verdict') })),
    getByBtnRef: async (btnRef) => fetchPage(send, pathTo(`${ORDERS_PATH}/btn-ref`, btnRef)),
    update: async (id, changes) =>
      objectOf(await send({ method: 'POST', path: pathTo(ORDERS_PATH, id), body: changes })),
    cancel: async (id) => {
      await send({ method: 'DELETE', path: pathTo(ORDERS_PATH, id) })
    },
  }
}
