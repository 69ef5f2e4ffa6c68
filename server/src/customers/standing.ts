import type { Identity } from './identity.ts'

/** A customer, and what of its row decides where it stands. */
export interface Subject {
  key: string
  /** A merchant's customer that has purchased is active there, whatever its identifiers. */
  purchased: boolean
}

/** A customer whose memberships are to be updated. */
export interface SubjectToUpdate extends Subject {
  /** The first evaluation of a customer moves nobody: what it finds is where the customer begins. */
  isFirst: boolean
  /** Its organization was never told where it stands: it is moved in silence, as if it were the first. */
  isUntold?: boolean
  /** The rows of all its identities, where the tx has locked every one; else they are read. */
  identities?: Identity[]
}

/** Where a customer is active now. */
export interface Standing {
  /** Merchants' numbers. */
  active: Set<number>
  /** Whether the customer's organization put one of its identifiers on too many customers. */
  isShared: boolean
}
