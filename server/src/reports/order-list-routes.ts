import type { Static } from 'typebox'
import { organizationOf } from '../commissions/transactions/transaction-answer.ts'
import { transactionId } from '../commissions/transactions/transaction.ts'
import { customerKey } from '../customers/customer.ts'
import type { Routes } from '../http/api.ts'
import { onlyMerchant } from '../http/caller.ts'
import { Many, many } from '../http/envelope.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database/database.ts'
import { parseInstantField } from '../kernel/date-field.ts'
import { DEFAULT_PAGE_SIZE, parsePosition, toPage, UUID } from '../kernel/database/page.ts'
import { retry } from '../kernel/database/transaction.ts'
import { ownerOf } from '../kernel/key.ts'
import type { Vault } from '../kernel/vault.ts'
import type { Directory, Snapshot } from '../organizations/directory.ts'
import type { Organization } from '../organizations/organization.ts'
import { decidedBy } from '../orders/decide.ts'
import { findOrderScanEnd, listMerchantOrders } from '../orders/order-list-store.ts'
import type { OrderListing, PlacedOrder } from '../orders/order-list-store.ts'
import { decryptOrder, statusOf } from '../orders/order.ts'
import { ListedOrderAnswer, OrderListQuery } from './order-list-schema.ts'

export interface OrderListParts {
  database: Database
  vault: Vault
  clock: Clock
  directory: Directory
}

/** A merchant's orders, as a list to look through. */
export function orderListRoutes(parts: OrderListParts): Routes {
  return (api) => {
    api.get(
      '/orders',
      {
        config: { only: 'merchant' },
        schema: {
          operationId: 'listOrders',
          tags: ['orders'],
          summary: 'Your orders with their verdicts, the newest first',
          description:
            'By `created_date`, test orders among them. Where what you ask for is rare a page may be shorter ' +
            'than asked for, and even empty, although another follows. It is a list to look through and not ' +
            'to follow: an order that takes long to be accepted may show up behind those who have read on.',
          querystring: OrderListQuery,
          response: { 200: Many(ListedOrderAnswer) },
        },
      },
      async (request) => {
        const merchant = onlyMerchant(request)
        const { cursor, page_size: pageSize = DEFAULT_PAGE_SIZE, ...filters } = request.query
        const bound = { ...filters, merchant: merchant.id }
        const { isBackward, from } = parsePosition(cursor, bound, UUID)
        const place = { from, isBackward, limit: pageSize + 1 }
        const query = { ...toQuery(parts, merchant, filters), ...place }
        const { db } = parts.database
        const found = await retry(() => listMerchantOrders(db, query))
        const isFull = found.length > pageSize
        const scanEnd = isFull ? undefined : await retry(() => findOrderScanEnd(db, query))
        const positionOf = ({ place: at, id }: PlacedOrder) => ({ at, id })
        const options = { pageSize, isBackward, from, positionOf, scanEnd, filters: bound }
        const page = toPage(found, options)
        const snapshot = parts.directory.current()
        const objects = page.objects.map((order) => answerListed(parts, snapshot, order))
        return many(request, { ...page, objects })
      },
    )
  }
}

type Filters = Omit<Static<typeof OrderListQuery>, 'cursor' | 'page_size'>

function toQuery(
  { vault, clock, directory }: OrderListParts,
  merchant: Organization,
  filters: Filters,
): Omit<OrderListing, 'from' | 'isBackward' | 'limit'> {
  const { customer_id: customer, publisher_id: publisher } = filters
  const { status, segment, judged, claimed } = filters
  return {
    merchant: merchant.number,
    customer: customer === undefined ? undefined : customerKey(vault, merchant, customer),
    // Nobody has the number 0: what there is not owes nothing either.
    publisher:
      publisher === undefined ? undefined : (directory.current().byId(publisher)?.number ?? 0),
    ...{ status, segment, judged, claimed },
    start: parseInstantField(filters.start, 'start') ?? undefined,
    end: parseInstantField(filters.end, 'end') ?? undefined,
    now: clock.now(),
  }
}

function answerListed(
  { vault, clock }: OrderListParts,
  snapshot: Snapshot,
  order: PlacedOrder,
): Static<typeof ListedOrderAnswer> {
  const document = decryptOrder(vault, order)
  const { transaction } = order
  return {
    button_order_id: order.button_id,
    order_id: document.order_id,
    total: order.total,
    currency: order.currency,
    status: statusOf(order, clock.now()),
    is_test: order.is_test,
    customer_id: document.customer?.id ?? null,
    publisher_id: transaction && organizationOf(snapshot, ownerOf(transaction)).id,
    transaction_id: transaction && transactionId(transaction),
    segment: order.segment,
    judged: order.verdict,
    claimed_new: order.claim,
    policy: order.policy,
    decided_by: decidedBy(order),
    purchase_date: order.purchased_at.toISOString(),
    finalization_date: order.finalize_at.toISOString(),
    created_date: order.created_at.toISOString(),
    modified_date: order.modified_at.toISOString(),
  }
}
