import { adjustTransaction } from '../commissions/transactions/adjust-transaction.ts'
import type { Publication } from '../commissions/transactions/publish-transactions.ts'
import type { Tx } from '../kernel/database/database.ts'
import { StaleRead } from '../kernel/database/transaction.ts'
import { ownerOf } from '../kernel/key.ts'
import type { Attribution } from '../orders/attribution.ts'
import { decide } from '../orders/decide.ts'
import type { NewOrder } from '../orders/judge.ts'
import { lockNewOrders } from '../orders/new-order-store.ts'
import { listActiveBy, updateOrder } from '../orders/order-store.ts'
import { decryptOrder } from '../orders/order.ts'
import type { Order } from '../orders/order.ts'
import type { SegmentName } from '../organizations/organization.ts'
import type { OrderParts } from './record-orders.ts'

/*
 * An order can be active by an order through the same publisher that became known after the click: that one
 * was the publisher's new customer. What a merchant makes of either afterwards must not take that away, and
 * nor may it name the click only once the order was judged.
 */

/** What an order is paid as after a change. What was new stays so, and verdicts stay as they are. */
export async function segmentAfter(
  tx: Tx,
  before: Order,
  after: Order,
  attribution: Attribution | null | undefined,
): Promise<SegmentName> {
  const { segment, verdict, evidence, evidence_policy: policy, known_since: since } = before
  const isSafe = segment === 'new' || verdict === 'new' || policy !== 'before_click'
  if (isSafe || attribution === null || after.deleted_at !== null) return segment
  const isSame = evidence?.timing === 'same-publisher'
  const click = attribution?.clickedAt
  if (click === undefined && !isSame) return segment
  if (click !== undefined && since !== null && since <= click) return segment
  const publisher = attribution?.publisher ?? ownerOf(after.transaction ?? '')
  const standing = await lockNewOrders(tx, evidence?.buyer === undefined ? [] : [evidence.buyer])
  const stands = standing.some((each) => each.order !== after.id && isFor(each, after, publisher))
  return stands ? segment : segmentOfNew(after)
}

/** Whether a new customer's order is one of at least as much through the same publisher. */
function isFor(paid: NewOrder, { currency, total }: Order, publisher: number): boolean {
  return paid.publisher === publisher && paid.currency === currency && paid.total >= total
}

/** What an order is paid as that nothing tells against. */
function segmentOfNew({ policy, claim }: Order): SegmentName {
  return decide({ judged: 'new', policy, claim })
}

/**
 * Pays orders as a new customer's that were active only by an order through the same publisher, where
 * that one was changed or cancelled and no other stands for it. What is final stays as it is.
 */
export async function restoreNew(
  parts: OrderParts,
  tx: Tx,
  { before, after }: { before: Order; after: Order },
  at: Date,
): Promise<Publication[]> {
  const { customer, transaction, segment } = before
  if (customer === null || transaction === null || segment !== 'new' || before.is_test) return []
  if (isAsMuch(before, after)) return []
  const resting = await listActiveBy(tx, before, at)
  if (resting.length === 0) return []
  const publications: Publication[] = []
  const standing = await lockNewOrders(tx, [customer])
  for (const order of resting) {
    const publisher = ownerOf(order.transaction ?? '')
    if (standing.some((each) => each.at <= order.created_at && isFor(each, order, publisher)))
      continue
    const restored = { ...order, segment: segmentOfNew(order), modified_at: at }
    if (restored.segment !== 'new') continue
    const document = decryptOrder(parts.vault, order)
    const change = { before: order, after: restored, document, attribution: undefined }
    const owed = await adjustTransaction(parts, tx, change, at)
    publications.push(...owed.publications)
    if (!(await updateOrder(tx, restored))) throw new StaleRead('an order')
    const { id, total, currency, created_at } = order
    standing.push({ order: id, customer, publisher, total, currency, at: created_at })
  }
  return publications
}

/** Whether the order is still as good a reason as it was. */
function isAsMuch(before: Order, after: Order): boolean {
  const isSame = before.customer === after.customer && before.btn_ref === after.btn_ref
  const isWorth = before.currency === after.currency && before.total <= after.total
  return after.deleted_at === null && isSame && isWorth
}
