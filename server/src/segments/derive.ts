import type { Standing } from '../customers/report-part.ts'
import { merchantsOf, sharedIn } from '../customers/identity.ts'
import type { Match } from '../customers/identity-store.ts'
import { ownerOf } from '../kernel/key.ts'

/** A customer of a merchant stands at that merchant only; one of a publisher, at all. */
export interface Subject {
  key: string
  ofMerchant: boolean
  /** A merchant's customer that has purchased is active there, whatever its identifiers. */
  purchased: boolean
}

/**
 * Derives a customer's standing from the identity rows it carries: active at each merchant that has
 * a buyer on one of them. One step only, and never by way of an identity that is over-shared in the
 * customer's organization or at the merchant.
 */
export function derive(subject: Subject, matches: Match[]): Standing {
  const owner = ownerOf(subject.key)
  const active = new Set<number>()
  let isShared = false
  if (subject.ofMerchant && subject.purchased) active.add(owner)
  for (const match of matches) {
    if (sharedIn(match).has(owner)) {
      isShared = true
      continue
    }
    for (const merchant of merchantsOf(match)) {
      if (!subject.ofMerchant || merchant === owner) active.add(merchant)
    }
  }
  return { active, isShared }
}
