import { ownedKey } from '../kernel/key.ts'
import type { Vault } from '../kernel/vault.ts'
import type { Organization } from '../organizations/organization.ts'
import type { Identifier } from './identifier.ts'

/** The row of a customer. Times are null only in a row that is being made. */
export interface Customer {
  id: string
  identities: string[]
  is_guest: boolean
  blob: Uint8Array
  version: number
  purchase_order: string | null
  purchased_at: Date | null
  event_sequence: number
  created_at: Date
  modified_at: Date
  erased_at: Date | null
}

/** What is encrypted in a customer's row. */
export interface CustomerContent {
  /** The organization's own id; null for a guest, whom only identifiers tell. */
  id: string | null
  /** In the order in which they were first reported. */
  emails: string[]
  advertising_ids: string[]
}

/** A customer as its organization sees it; `active` are merchants' numbers. */
export interface CustomerView {
  content: CustomerContent
  createdAt: Date
  modifiedAt: Date
  active: Set<number>
  isShared: boolean
}

/** The order that first made a merchant's customer a buyer, of those that still count. */
export interface Purchase {
  order: string
  at: Date
}

export function customerKey(vault: Vault, organization: Organization, id: string): string {
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
  return vault.encrypt(`customers/${key}`, content)
}

export function decryptCustomer(
  vault: Vault,
  { id, blob }: Pick<Customer, 'id' | 'blob'>,
): CustomerContent {
  return vault.decrypt<CustomerContent>(`customers/${id}`, blob)
}

export function identifiersOf({ emails, advertising_ids }: CustomerContent): Identifier[] {
  return [
    ...emails.map((value): Identifier => ({ kind: 'email_sha256', value })),
    ...advertising_ids.map((value): Identifier => ({ kind: 'advertising_id', value })),
  ]
}

/** The content with these identifiers joined to it; the same object if it has them all. */
export function joinIdentifiers(
  content: CustomerContent,
  identifiers: Identifier[],
): CustomerContent {
  const emails = new Set(content.emails)
  const advertisingIds = new Set(content.advertising_ids)
  for (const { kind, value } of identifiers) {
    if (kind === 'email_sha256') emails.add(value)
    else advertisingIds.add(value)
  }
  const isSame =
    emails.size === content.emails.length && advertisingIds.size === content.advertising_ids.length
  if (isSame) return content
  return { id: content.id, emails: [...emails], advertising_ids: [...advertisingIds] }
}
