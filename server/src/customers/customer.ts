import { keyOfId, ownedKey } from '../kernel/key.ts'
import type { Vault } from '../kernel/vault.ts'
import type { Organization } from '../organizations/organization.ts'
import { importedPurchaseOf } from './provenance.ts'
import type { CustomerContent } from './provenance.ts'
import { fromStored, toStored } from './stored-provenance.ts'

/** The row of a customer. Times are null only in a row that is being made. */
export interface Customer {
  id: string
  identities: string[]
  is_guest: boolean
  blob: Uint8Array
  version: number
  /** The imports whose word counts for the customer. */
  imports: string[]
  /** At most one of these two: the order or the import that is the evidence of the purchase. */
  purchase_order: string | null
  purchase_import: string | null
  purchased_at: Date | null
  late_identities: LateIdentities | null
  event_sequence: number
  created_at: Date
  modified_at: Date
  erased_at: Date | null
}

/**
 * Since when a customer carries identities that it did not have from its first report on, by identity; RFC
 * 3339. What is not among them it has had from the beginning.
 */
export type LateIdentities = Readonly<Record<string, string>>

/** A customer as its organization sees it; `active` are merchants' numbers. */
export interface CustomerView {
  content: CustomerContent
  createdAt: Date
  modifiedAt: Date
  active: Set<number>
  isShared: boolean
}

/**
 * What first made a merchant's customer a buyer, of all that still counts: an order, or an import of
 * people who have purchased. `at` is when it became known of this customer.
 */
export type Purchase =
  { order: string; import: null; at: Date } | { order: null; import: string; at: Date }

/** The purchase that a row has; null for none. */
export function purchaseOf(
  row: Pick<Customer, 'purchase_order' | 'purchase_import' | 'purchased_at'>,
): Purchase | null {
  const { purchase_order: order, purchase_import: imported, purchased_at: at } = row
  if (at === null) return null
  if (order !== null) return { order, import: null, at }
  return imported === null ? null : { order: null, import: imported, at }
}

/** Whichever was known first. */
export function earlierPurchase(left: Purchase | null, right: Purchase | null): Purchase | null {
  if (!left || !right) return left ?? right
  return right.at < left.at ? right : left
}

/** The purchase that imports tell of, which is in the row's content. */
export function importedPurchase(owner: number, content: CustomerContent): Purchase | null {
  const imported = importedPurchaseOf(content)
  return (
    imported && {
      order: null,
      import: keyOfId(owner, imported.import),
      at: new Date(imported.at),
    }
  )
}

export function customerKey(
  vault: Vault,
  organization: Pick<Organization, 'id' | 'number'>,
  id: string,
): string {
  return ownedKey(organization.number, vault.seal('customer', organization.id, id))
}

/**
 * A guest's key: made from one identity, so that the same person's guest orders are one customer
 * and not a crowd on its identity. An e-mail's, if there is one: devices change hands.
 */
export function guestKey(vault: Vault, organization: Organization, identity: string): string {
  return ownedKey(organization.number, vault.seal('guest', organization.id, identity))
}

export function encryptCustomer(vault: Vault, key: string, content: CustomerContent): Buffer {
  return vault.encrypt(`customers/${key}`, toStored(content))
}

export function decryptCustomer(
  vault: Vault,
  { id, blob }: Pick<Customer, 'id' | 'blob'>,
): CustomerContent {
  return fromStored(vault.decrypt(`customers/${id}`, blob))
}
