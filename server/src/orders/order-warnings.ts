import { listEmpty, listEmptyItems } from '../customers/empty-identifier.ts'
import type { EmptyIdentifier } from '../customers/empty-identifier.ts'
import { itemsTotal } from './order.ts'
import type { OrderDocument } from './order.ts'
import type { OrderChangeBody } from './order-schema.ts'

/** What was accepted, but not as it was sent. */
export interface OrderWarning {
  type: EmptyIdentifier['type'] | 'LineItemsReduced' | 'LineItemsRest'
  message: string
  field: string
}

/** Of an order or a change of it, given what the order has become by it. */
export function listWarnings(body: OrderChangeBody, document: OrderDocument): OrderWarning[] {
  return [...listEmptyMembers(body), ...compareTotals(document)]
}

function listEmptyMembers({ advertising_id, country, customer }: OrderChangeBody) {
  return [
    ...listEmpty([
      ['advertising_id', advertising_id],
      ['country', country],
      ['customer.id', customer?.id],
      ['customer.email_sha256', customer?.email_sha256],
      ['customer.device_id', customer?.device_id],
    ]),
    ...listEmptyItems('customer.emails_sha256', customer?.emails_sha256),
  ]
}

/** What is paid on where lines and total are not the same: the rule of docs/rates.md. */
function compareTotals(document: OrderDocument): OrderWarning[] {
  const lines = itemsTotal(document)
  const { total } = document
  if (lines === null || lines === total) return []
  const field = 'line_items'
  if (lines > total) {
    const message =
      `line_items add up to ${lines}, and total is ${total}: each line is paid on its part of total, ` +
      'in proportion, as after a refund or a discount of the whole order.'
    return [{ type: 'LineItemsReduced', message, field }]
  }
  const message =
    `line_items add up to ${lines}, and total is ${total}: the other ${total - lines} are paid like a ` +
    'line without a category.'
  return [{ type: 'LineItemsRest', message, field }]
}
