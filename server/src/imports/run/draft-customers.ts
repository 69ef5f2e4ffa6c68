import { earlierPurchase } from '../../customers/customer.ts'
import type { Customer, Purchase } from '../../customers/customer.ts'
import { draftOf } from '../../customers/write-drafts.ts'
import type { CustomerDraft } from '../../customers/write-drafts.ts'
import type { Db } from '../../kernel/database/database.ts'
import { listFirstCountingOrders } from '../../orders/order-store.ts'
import type { Organization } from '../../organizations/organization.ts'
import { importKey } from '../store/import.ts'
import type { BatchPlan, PlannedCustomer, PlannedCustomers } from '../worker/worker-protocol.ts'

export function presentOf(rows: Customer[]): Pick<Customer, 'id' | 'blob'>[] {
  return rows.filter((row) => row.erased_at === null).map(({ id, blob }) => ({ id, blob }))
}

/** The drafts of a batch; none where all customers are new, since those are inserted as they are planned. */
export function draftsOfPlan(
  organization: Organization,
  plan: BatchPlan,
  rows: Map<string, Customer>,
): CustomerDraft[] {
  return plan.kind === 'mixed' ? draftsOf(organization, plan.merged, rows) : []
}

/** Drafts of the planned customers, each with the evidence of its purchase. */
export function draftsOf(
  organization: Organization,
  { customers, blobs }: PlannedCustomers,
  rows: Map<string, Customer>,
): CustomerDraft[] {
  let begin = 0
  return customers.map((planned): CustomerDraft => {
    const before = draftOf(planned.key, rows.get(planned.key))
    const blob = blobs.subarray(begin, planned.blobEnd)
    begin = planned.blobEnd
    return {
      ...before,
      identities: planned.identities,
      blob,
      imports: planned.imports,
      purchase: planned.isGone ? null : purchaseAfter(organization, before, planned),
      erased: planned.isGone,
      isInvisible: !planned.isVisible,
      isUntold: isUntold(before, planned),
    }
  })
}

/** Only this import has reported the customer, and no event was written yet: its first evaluation is not over. */
function isUntold({ before, imports }: CustomerDraft, planned: PlannedCustomer): boolean {
  const isAlone = planned.isImported && imports.length === 1 && planned.imports.length === 1
  return isAlone && imports[0] === planned.imports[0] && before?.event_sequence === 0
}

/** The earliest purchase among what still rests on an import or an order, and what the plan adds. */
function purchaseAfter(
  organization: Organization,
  { purchase }: CustomerDraft,
  planned: PlannedCustomer,
): Purchase | null {
  const stays = purchase && (purchase.import === null || planned.imports.includes(purchase.import))
  const imported = planned.purchase && {
    order: null,
    import: importKey(organization, planned.purchase.import),
    at: new Date(planned.purchase.at),
  }
  return earlierPurchase(stays ? purchase : null, imported)
}

/** The drafts, where an import took a purchase along with the one that the customer's orders are evidence of. */
export async function restorePurchases(db: Db, drafts: CustomerDraft[]): Promise<CustomerDraft[]> {
  const hasLost = (draft: CustomerDraft): boolean => {
    const before = draft.before?.purchase_import ?? null
    return !draft.erased && before !== null && draft.purchase?.import !== before
  }
  const orders = await listFirstCountingOrders(
    db,
    drafts.filter(hasLost).map(({ key }) => key),
  )
  const byCustomer = new Map(orders.map((order) => [order.customer, order]))
  return drafts.map((draft) => {
    const order = hasLost(draft) ? byCustomer.get(draft.key) : undefined
    if (!order) return draft
    const ordered = { order: order.id, import: null, at: order.known_at }
    return { ...draft, purchase: earlierPurchase(draft.purchase, ordered) }
  })
}
