import type { Static } from 'typebox'
import { textAttributes, unitPrice } from '../orders/line-item.ts'
import type { OrderAnswer } from '../orders/order-schema.ts'
import { decryptOrder, statusOf } from '../orders/order.ts'
import type { Order } from '../orders/order.ts'
import type { OrderParts } from './record-orders.ts'

/** An order as its merchant reads it. */
export function answerOrder(
  order: Order,
  { vault, clock }: Pick<OrderParts, 'vault' | 'clock'>,
  document = decryptOrder(vault, order),
): Static<typeof OrderAnswer> {
  return {
    button_order_id: order.button_id,
    order_id: document.order_id,
    total: order.total,
    currency: order.currency,
    btn_ref: document.btn_ref,
    session_id: null,
    ifa: document.advertising_id ?? document.customer?.device_id ?? null,
    line_items: document.line_items.map((line) => ({
      ...line,
      amount: unitPrice(line),
      attributes: textAttributes(line),
    })),
    customer_order_id: document.customer_order_id,
    status: statusOf(order, clock.now()),
    purchase_date: order.purchased_at.toISOString(),
    finalization_date: order.finalize_at.toISOString(),
    created_date: order.created_at.toISOString(),
    modified_date: order.modified_at.toISOString(),
  }
}
