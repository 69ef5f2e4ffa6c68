import { decryptCustomer, earlierPurchase, importedPurchase } from '../customers/customer.ts'
import type { Purchase } from '../customers/customer.ts'
import { listCustomers } from '../customers/customer-store.ts'
import { draftOf, writeDrafts } from '../customers/write-drafts.ts'
import type { CustomerDraft } from '../customers/write-drafts.ts'
import type { Cause } from '../events/event.ts'
import type { Tx } from '../kernel/database/database.ts'
import { ownerOf } from '../kernel/key.ts'
import { conflict, invalidField } from '../kernel/problem.ts'
import type { Problem } from '../kernel/problem.ts'
import { inTx, StaleRead } from '../kernel/database/transaction.ts'
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
import { datesOf } from '../orders/order-row.ts'
import { lostBy, withdrawEvidence } from '../orders/withdraw-evidence.ts'
import type { LostEvidence } from '../orders/withdraw-evidence.ts'
import { adjustTransaction } from '../commissions/transactions/adjust-transaction.ts'
import type { OrderChange } from '../commissions/transactions/owed.ts'
import type { Publication } from '../commissions/transactions/publish-transactions.ts'
import { updateMemberships } from '../segments/update-memberships.ts'
import { attributeAgain } from './attribute-reports.ts'
import { publishInLists } from './publish-in-lists.ts'
import type { OrderParts } from './record-orders.ts'
import { restoreNew, segmentAfter } from './restore-new.ts'

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
export async function changeOrder(
  parts: OrderParts,
  merchant: Organization,
  id: string,
  body: OrderChangeBody,
): Promise<Order> {
  return inTx(parts.database.db, async (tx) => {
    const before = await getOrder(tx, parts.vault, merchant, id)
    const now = parts.clock.now()
    const status = statusOf(before, now)
    if (status !== 'open') throw conflict(`The order is ${status} and can't be changed.`)
    const document = mergeOrder(decryptOrder(parts.vault, before), body, now)
    if (isTest(document) !== before.is_test) throw changesTest()
    const customer = customerOf(parts.vault, merchant, document)
    const after = {
      ...before,
      ...rewrite(parts.vault, merchant, before, document),
      customer: customer?.key ?? null,
      // Under another customer it is evidence only from now on.
      counted_at: customer && customer.key !== before.customer ? now : before.counted_at,
      ...(body.total !== undefined && { decimals: minorDigits(document.currency) }),
      modified_at: now,
    }
    return writeChange(parts, tx, { before, after, document, customer, cause: 'order' })
  })
}

/** Verdicts since have gone by whether it counts. */
function changesTest(): Problem {
  const message =
    'btn_ref: a test order stays one, and no other order becomes one; cancel it and report another'
  return invalidField('btn_ref', message)
}

/** Cancels an order for good; it counts no more. Cancelling it again changes nothing. */
export async function cancelOrder(
  parts: OrderParts,
  merchant: Organization,
  id: string,
): Promise<void> {
  await inTx(parts.database.db, async (tx) => {
    const before = await getOrder(tx, parts.vault, merchant, id)
    const now = parts.clock.now()
    const status = statusOf(before, now)
    if (status === 'deleted') return
    if (status === 'finalized') throw conflict("The order is finalized and can't be deleted.")
    const document = decryptOrder(parts.vault, before)
    const after = { ...before, deleted_at: now, modified_at: now }
    const change = { before, after, document, customer: null }
    await writeChange(parts, tx, { ...change, cause: 'order-deleted' })
  })
}

/** What of the order's row the document tells. */
function rewrite(
  vault: Vault,
  merchant: Organization,
  { id, created_at }: Order,
  document: OrderDocument,
): Partial<Order> {
  return {
    total: document.total,
    currency: document.currency,
    btn_ref: document.btn_ref === null ? null : btnRefKey(vault, merchant, document.btn_ref),
    is_test: isTest(document),
    blob: encryptOrder(vault, id, document),
    ...datesOf(document, merchant, created_at),
  }
}

async function writeChange(parts: OrderParts, tx: Tx, change: Change): Promise<Order> {
  const { before, document, cause } = change
  const at = change.after.modified_at
  const drafts = await draftCustomers(parts, tx, change)
  const result = await writeDrafts(tx, drafts, at)
  const attribution = await attributeAgain(parts, tx, before, change.after)
  const segment = await segmentAfter(tx, before, change.after, attribution)
  const after = { ...change.after, segment }
  const { transaction, publications } = await adjust(parts, tx, {
    before,
    after,
    document,
    attribution,
  })
  const order = { ...after, transaction }
  const updated = await updateOrder(tx, order)
  if (!updated) throw new StaleRead('an order')
  // An order that was judged by this one while it was being changed held its row.
  await withdrawEvidence(tx, lostEvidence(change, drafts), { cause, at })
  const restored = await restoreNew(parts, tx, { before, after: order }, at)
  await updateMemberships(parts, tx, { ...result, cause, at })
  await publishInLists(parts, tx, { publications: [...publications, ...restored], conflicts: [] })
  return order
}

/** What the order tells no more of the customer that it counted for. */
function lostEvidence({ before, after }: Change, drafts: CustomerDraft[]): LostEvidence[] {
  const lost = lostBy(drafts)
  const isLost = after.deleted_at !== null || after.customer !== before.customer
  if (!isLost || before.customer === null || before.is_test) return lost
  const its = lost.find(({ buyer }) => buyer === before.customer)
  const { customer: buyer, id } = before
  return [
    ...lost.filter((each) => each !== its),
    {
      buyer,
      imports: [],
      identities: new Set<string>(),
      isAll: false,
      ...its,
      orders: [...(its?.orders ?? []), id],
    },
  ]
}

/** Writes what the order owes now: the key of its transaction, and what is still to be published. */
async function adjust(
  parts: OrderParts,
  tx: Tx,
  change: OrderChange,
): Promise<{ transaction: string | null; publications: Publication[] }> {
  const { before, after, attribution } = change
  if (before.transaction === null && !attribution) return { transaction: null, publications: [] }
  const owed = await adjustTransaction(parts, tx, change, after.modified_at)
  const transaction = owed.transactions.get(after.id) ?? before.transaction
  return { transaction, publications: owed.publications }
}

/** The customer that the order counts for after the change, and the one it counted for before. */
async function draftCustomers(parts: OrderParts, tx: Tx, change: Change): Promise<CustomerDraft[]> {
  const { before, after, customer, document } = change
  const drafts = new Map<string, CustomerDraft>()
  const isCounting = after.deleted_at === null && !after.is_test
  if (isCounting && customer) {
    const plans = await planCustomers(parts.vault, tx, [{ key: before.id, document, customer }])
    const purchase = { order: before.id, import: null, at: after.counted_at ?? before.created_at }
    for (const [key, { draft }] of plans) {
      const isFirst = !draft.purchase || isBefore(purchase.at, before.created_at, draft.purchase.at)
      drafts.set(key, isFirst ? { ...draft, purchase } : draft)
    }
  }
  const counted = before.is_test ? null : before.customer
  if (counted !== null && !drafts.has(counted)) {
    const [row] = await listCustomers(tx, [counted])
    if (row && row.erased_at === null) {
      drafts.set(counted, await withoutOrder(parts.vault, tx, draftOf(counted, row), before.id))
    }
  }
  return [...drafts.values()]
}

/** Whether an order that counts since then was known before; of two known at once the earlier accepted one was. */
function isBefore(countedAt: Date, acceptedAt: Date, otherAt: Date): boolean {
  return countedAt < otherAt || (acceptedAt < otherAt && countedAt.getTime() === otherAt.getTime())
}

/**
 * The draft with what purchase remains. Other orders of the customer can't come or go unseen: each
 * raises the customer's version, and then the draft is stale.
 */
async function withoutOrder(
  vault: Vault,
  tx: Tx,
  draft: CustomerDraft,
  order: string,
): Promise<CustomerDraft> {
  const [first] = await listFirstCountingOrders(tx, [draft.key], order)
  const ordered = first ? { order: first.id, import: null, at: first.known_at } : null
  return { ...draft, purchase: earlierPurchase(ordered, importedPurchaseOf(vault, draft)) }
}

/** What imports say of the purchases of a customer that is there. */
function importedPurchaseOf(
  vault: Vault,
  { key, before, imports }: CustomerDraft,
): Purchase | null {
  if (!before || imports.length === 0) return null
  return importedPurchase(ownerOf(key), decryptCustomer(vault, before))
}
