import { decryptCustomer, earlierPurchase, importedPurchase } from '../customers/customer.ts'
import type { Purchase } from '../customers/customer.ts'
import { readCustomers } from '../customers/customer-store.ts'
import { draftOf, meet } from '../customers/write-drafts.ts'
import type { Draft } from '../customers/write-drafts.ts'
import type { Cause } from '../events/event.ts'
import type { Tx } from '../kernel/database/database.ts'
import { ownerOf } from '../kernel/key.ts'
import { conflict, invalidField } from '../kernel/problem.ts'
import type { Problem } from '../kernel/problem.ts'
import { inTx, Stale } from '../kernel/database/transaction.ts'
import type { Vault } from '../kernel/vault.ts'
import type { Organization } from '../organizations/organization.ts'
import { getOrder } from '../orders/find-order.ts'
import { customerOf, planCustomers } from '../orders/order-customer.ts'
import type { OrderCustomerKey } from '../orders/order-customer.ts'
import type { OrderChangeBody } from '../orders/order-schema.ts'
import { listFirstCountingOrders, updateOrder } from '../orders/order-store.ts'
import { btnRefKey, decryptOrder, encryptOrder, isTest, statusOf } from '../orders/order.ts'
import type { Order, OrderDocument } from '../orders/order.ts'
import { minorDigits } from '../orders/money.ts'
import { mergeOrder } from '../orders/parse-order.ts'
import type { Attribution } from '../orders/attribution.ts'
import { datesOf } from '../orders/order-row.ts'
import type { OrderParts } from './record-orders.ts'

/** An order of the merchant's and, if it still counts after the change, its customer then. */
interface Change {
  before: Order
  after: Order
  document: OrderDocument
  customer: OrderCustomerKey | null
  cause: Cause
}

/**
 * Changes an open order: top-level members are replaced. Its verdict stays; a new customer counts as
 * having purchased from then on, the old one no more if this was its only order.
 */
export function createUpdateOrder(
  parts: OrderParts,
): (merchant: Organization, id: string, change: OrderChangeBody) => Promise<Order> {
  return async (merchant, id, body) => {
    const { order, lanes } = await inTx(parts.database.db, async (tx) => {
      const before = await getOrder(tx, parts.vault, merchant, id)
      const now = parts.clock.now()
      const status = statusOf(before, now)
      if (status !== 'open') throw conflict(`The order is ${status} and can't be changed.`)
      const document = mergeOrder(decryptOrder(parts.vault, before), body, now)
      if (isTest(document) !== before.is_test) throw changesTest()
      const customer = customerOf(parts.vault, merchant, document)
      const after = { ...before, customer: customer?.key ?? null, modified_at: now }
      rewrite(parts.vault, merchant, after, document)
      if (body.total !== undefined) after.decimals = minorDigits(after.currency)
      return writeChange(parts, tx, { before, after, document, customer, cause: 'order' })
    })
    if (lanes > 0) parts.wake()
    return order
  }
}

/** Verdicts since have gone by whether it counts. */
function changesTest(): Problem {
  const message =
    'btn_ref: a test order stays one, and no other order becomes one; cancel it and report another'
  return invalidField('btn_ref', message)
}

/** Cancels an order for good; it counts no more. Cancelling it again changes nothing. */
export function createCancelOrder(
  parts: OrderParts,
): (merchant: Organization, id: string) => Promise<void> {
  return async (merchant, id) => {
    const lanes = await inTx(parts.database.db, async (tx) => {
      const before = await getOrder(tx, parts.vault, merchant, id)
      const now = parts.clock.now()
      const status = statusOf(before, now)
      if (status === 'deleted') return 0
      if (status === 'finalized') throw conflict("The order is finalized and can't be deleted.")
      const document = decryptOrder(parts.vault, before)
      const after = { ...before, deleted_at: now, modified_at: now }
      const change = { before, after, document, customer: null }
      return (await writeChange(parts, tx, { ...change, cause: 'order-deleted' })).lanes
    })
    if (lanes > 0) parts.wake()
  }
}

/** Puts the document into the order's row. */
function rewrite(
  vault: Vault,
  merchant: Organization,
  order: Order,
  document: OrderDocument,
): void {
  order.total = document.total
  order.currency = document.currency
  order.btn_ref = document.btn_ref === null ? null : btnRefKey(vault, merchant, document.btn_ref)
  order.is_test = isTest(document)
  order.blob = encryptOrder(vault, order.id, document)
  Object.assign(order, datesOf(document, merchant, order.created_at))
}

async function writeChange(
  parts: OrderParts,
  tx: Tx,
  change: Change,
): Promise<{ order: Order; lanes: number }> {
  const at = change.after.modified_at
  const drafts = await draftCustomers(parts, tx, change)
  const met = await meet(tx, drafts, at)
  const owed = await adjust(parts, tx, change)
  if (!(await updateOrder(tx, change.after))) throw new Stale('an order')
  const { cause } = change
  const { lanes } = await parts.segments.settle(tx, { ...met, cause, at })
  return { order: change.after, lanes: lanes + owed }
}

/** Writes what the order owes now, and into the order which transaction that is. */
async function adjust(
  { commissions }: OrderParts,
  tx: Tx,
  { before, after, document }: Change,
): Promise<number> {
  const attribution = await attributeAgain(commissions, tx, before, after)
  if (before.transaction === null && !attribution) return 0
  const change = { before, after, document, attribution }
  const { transactions, lanes } = await commissions.adjust(tx, change, after.modified_at)
  after.transaction = transactions.get(after.id) ?? before.transaction
  return lanes
}

/** Where the order came from after a change; undefined: from where it came before. */
async function attributeAgain(
  { attribute }: OrderParts['commissions'],
  tx: Tx,
  before: Order,
  after: Order,
): Promise<Attribution | null | undefined> {
  const isSame =
    before.btn_ref === after.btn_ref &&
    before.purchased_at.getTime() === after.purchased_at.getTime()
  if (isSame) return undefined
  if (after.btn_ref === null || after.is_test) return null
  const { id: order, merchant, btn_ref: btnRef, purchased_at: purchasedAt } = after
  const found = await attribute(tx, [{ order, merchant, btnRef, purchasedAt }])
  return found.get(order) ?? null
}

/** The customer that the order counts for after the change, and the one it counted for before. */
async function draftCustomers(parts: OrderParts, tx: Tx, change: Change): Promise<Draft[]> {
  const { before, after, customer, document } = change
  const drafts = new Map<string, Draft>()
  const isCounting = after.deleted_at === null && !after.is_test
  if (isCounting && customer) {
    const plans = await planCustomers(parts.vault, tx, [{ key: before.id, document, customer }])
    for (const [key, { draft }] of plans) {
      if (!draft.purchase || before.created_at < draft.purchase.at) {
        draft.purchase = { order: before.id, import: null, at: before.created_at }
      }
      drafts.set(key, draft)
    }
  }
  const counted = before.is_test ? null : before.customer
  if (counted !== null && !drafts.has(counted)) {
    const [row] = await readCustomers(tx, [counted])
    if (row && row.erased_at === null) {
      drafts.set(counted, await withoutOrder(parts.vault, tx, draftOf(counted, row), before.id))
    }
  }
  return [...drafts.values()]
}

/**
 * The draft with what purchase remains. Other orders of the customer can't come or go unseen: each
 * raises the customer's version, and then the draft is stale.
 */
async function withoutOrder(vault: Vault, tx: Tx, draft: Draft, order: string): Promise<Draft> {
  const [first] = await listFirstCountingOrders(tx, [draft.key], order)
  const ordered = first ? { order: first.id, import: null, at: first.created_at } : null
  return { ...draft, purchase: earlierPurchase(ordered, importedPurchaseOf(vault, draft)) }
}

/** What imports say of the purchases of a customer that is there. */
function importedPurchaseOf(vault: Vault, { key, before, imports }: Draft): Purchase | null {
  if (!before || imports.length === 0) return null
  return importedPurchase(ownerOf(key), decryptCustomer(vault, before))
}
