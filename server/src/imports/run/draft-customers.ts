import { earlierPurchase } from '../../customers/customer.ts'
import type { Customer, Purchase } from '../../customers/customer.ts'
import { draftOf } from '../../customers/write-drafts.ts'
import type { CustomerDraft } from '../../customers/write-drafts.ts'
import type { Db } from '../../kernel/database/database.ts'
import { listFirstCountingOrders } from '../../orders/order-store.ts'
import type { Organization } from '../../organizations/organization.ts'
import { importKey } from '../store/import.ts'
import type { PlannedCustomer, PlannedCustomers } from '../worker/worker-protocol.ts'

export function presentOf(rows: Customer[]): Pick<Customer, 'id' | 'blob'>[] {
  return rows.filter((row) => row.erased_at === null).map(({ id, blob }) => ({ id, blob }))
}

/** The customers as they are to be, once it is known what their purchase rests on. */
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

/** One import alone has told of it, and nothing was told of it yet: it is still where it begins. */
function isUntold({ before, imports }: CustomerDraft, planned: PlannedCustomer): boolean {
  const isAlone = planned.isImported && imports.length === 1 && planned.imports.length === 1
  return isAlone && imports[0] === planned.imports[0] && before?.event_sequence === 0
}

/** Without the purchase that an import told of which does so no more: orders may tell of another. */
function purchaseAfter(
  organization: Organization,
  { purchase }: CustomerDraft,
  planned: PlannedCustomer,
): Purchase | null {
  const stays = purchase && (purchase.import === null || planned.imports.includes(purchase.import))
  const told = planned.purchase && {
    order: null,
    import: importKey(organization, planned.purchase.import),
    at: new Date(planned.purchase.at),
  }
  return earlierPurchase(stays ? purchase : null, told)
}

/** Gives back to each draft whose import took its purchase along the one that its orders tell of. */
export async function restorePurchases(db: Db, drafts: CustomerDraft[]): Promise<void> {
  const lost = drafts.filter((draft) => {
    const before = draft.before?.purchase_import ?? null
    return !draft.erased && before !== null && draft.purchase?.import !== before
  })
  const orders = await listFirstCountingOrders(
    db,
    lost.map(({ key }) => key),
  )
  const byCustomer = new Map(orders.map((order) => [order.customer, order]))
  for (const draft of lost) {
    const order = byCustomer.get(draft.key)
    if (!order) continue
    const ordered = { order: order.id, import: null, at: order.created_at }
    draft.purchase = earlierPurchase(draft.purchase, ordered)
  }
}
