import { fetchPage, objectOf } from './answer.ts'
import type { Page } from './answer.ts'
import { pathTo } from './path.ts'
import type { Send } from './send.ts'

/** A line of an order. Amounts are integers in the currency's smallest unit. */
export interface LineItem {
  /** Unique in the order. */
  identifier: string
  /** Of the whole line; zero and negative lines occur. */
  total: number
  /** Of one piece. */
  amount?: number | undefined
  /** 1 unless given. */
  quantity?: number | undefined
  description?: string | undefined
  sku?: string | undefined
  upc?: string | undefined
  gtin?: string | undefined
  /** From the widest category to the narrowest. */
  category?: string[] | undefined
  attributes?: Record<string, string> | undefined
}

/** Who bought, in the merchant's own terms. */
export interface OrderCustomer {
  id: string
  email_sha256?: string | undefined
  emails_sha256?: string[] | undefined
  device_id?: string | undefined
  /** The merchant's own belief; it is kept for comparison and decides nothing. */
  is_new?: boolean | undefined
}

/** What may be said about an order at its creation and changed by an update. */
export interface OrderFields {
  /**
   * The commissionable total: an integer ≥ 0 in the currency's smallest unit, or with
   * `total_as_decimal` a decimal string or number in the major unit.
   */
  total: number | string
  total_as_decimal?: boolean | undefined
  /** ISO 4217. */
  currency: string
  /** RFC 3339; now unless given. */
  purchase_date?: string | undefined
  /** RFC 3339; from then on the order is immutable. */
  finalization_date?: string | undefined
  /** The attribution token the shopper arrived with; orders without one are reported too. */
  btn_ref?: string | undefined
  customer?: OrderCustomer | undefined
  customer_order_id?: string | undefined
  advertising_id?: string | undefined
  partner_order_channel?: 'app' | 'webview' | undefined
  line_items?: LineItem[] | undefined
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
  line_items: LineItem[]
  customer_order_id: string | null
  /** `open` becomes `finalized` at its date, or `deleted` for good. */
  status: 'open' | 'finalized' | 'deleted'
  purchase_date: string
  finalization_date: string | null
  created_date: string
  modified_date: string
}

/** For merchants. An `id` is either `btnorder-…` or the merchant's own `order_id`. */
export interface OrderCalls {
  /**
   * Reports an order. The same content again answers the first order.
   * Errors: 400 `InvalidField`; 409 `Conflict` for a known `order_id` with other content.
   */
  create(order: OrderReport): Promise<Order>
  /** Errors: 404 `NotFound`. */
  get(id: string): Promise<Order>
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

const ordersPath = '/v1/order'

export function buildOrderCalls(send: Send): OrderCalls {
  return {
    create: async (order) =>
      objectOf(await send({ method: 'POST', path: ordersPath, body: order })),
    get: async (id) => objectOf(await send({ method: 'GET', path: pathTo(ordersPath, id) })),
    getByBtnRef: async (btnRef) => fetchPage(send, pathTo(`${ordersPath}/btn-ref`, btnRef)),
    update: async (id, changes) =>
      objectOf(await send({ method: 'POST', path: pathTo(ordersPath, id), body: changes })),
    cancel: async (id) => {
      await send({ method: 'DELETE', path: pathTo(ordersPath, id) })
    },
  }
}
