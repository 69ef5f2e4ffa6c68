import type { Vault } from '../kernel/vault.ts'
import type { ClickContent } from '../orders/attribution.ts'

/** The row of a click. */
export interface Click {
  /** The key of its token. */
  id: string
  publisher: number
  merchant: number
  /** The key of the publisher's customer; null where the link named no customer or it was erased. */
  customer: string | null
  blob: Uint8Array
  at: Date
}

/** Somebody follows a link to a host. */
export interface Visit {
  publisher: number
  merchant: number
  host: string
  /** What is to be recorded; null for one who only looks. */
  click: VisitClick | null
}

export interface VisitClick extends Pick<Click, 'id' | 'customer' | 'at'> {
  content: ClickContent
}

/** Whether a visit may go on: whether the publisher is approved, and the host still the merchant's. */
export type VisitVerdict = 'good' | 'not-approved' | 'no-host'

export function encryptClick(vault: Vault, id: string, content: ClickContent): Buffer {
  return vault.encrypt(`clicks/${id}`, content)
}

export function decryptClick(vault: Vault, { id, blob }: Pick<Click, 'id' | 'blob'>): ClickContent {
  return vault.decrypt<ClickContent>(`clicks/${id}`, blob)
}
