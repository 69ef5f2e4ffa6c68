import type { Standing, Subject } from '../customers/standing.ts'
import { merchantsOf, sharedIn } from '../customers/identity.ts'
import type { Identity } from '../customers/identity.ts'
import { ownerOf } from '../kernel/key.ts'
import type { Role } from '../organizations/organization.ts'

/**
 * Derives a customer's standing from the identity rows it carries: active at each merchant that has
 * a buyer on one of them. A merchant's customer stands at that merchant only. One step only, and
 * never by way of an identity that is over-shared in the customer's organization or at the merchant.
 */
export function derive(subject: Subject, role: Role, identities: Identity[]): Standing {
  const owner = ownerOf(subject.key)
  const active = new Set<number>()
  let isShared = false
  if (role === 'merchant' && subject.purchased) active.add(owner)
  for (const identity of identities) {
    if (sharedIn(identity).has(owner)) {
      isShared = true
      continue
    }
    for (const merchant of merchantsOf(identity)) {
      if (role === 'publisher' || merchant === owner) active.add(merchant)
    }
  }
  return { active, isShared }
}
