import type { Cause } from '../events/event.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database, Db, Tx } from '../kernel/database/database.ts'
import type { Identity } from './identity.ts'
import type { Vault } from '../kernel/vault.ts'

/** A customer, and what of its row decides where it stands. */
export interface Subject {
  key: string
  /** A merchant's customer that has purchased is active there, whatever its identifiers. */
  purchased: boolean
}

export interface ToSettle extends Subject {
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

export interface Settled {
  /** Where each of the customers stands now. */
  standings: Map<string, Standing>
  /** How many lanes have something to send by what was appended. */
  lanes: number
}

/**
 * What a change means for segments; the folder segments is the one that knows. It comes as a part,
 * because imports run the other way: segments know customers.
 */
export interface Segments {
  /** Finds and writes whom a change moves where, and appends the events. */
  settle(tx: Tx, work: SettleWork): Promise<Settled>
  /** Where these customers stand, derived from the identity rows as they are now. */
  readStandings(db: Db, subjects: Subject[]): Promise<Map<string, Standing>>
}

export interface SettleWork {
  /** Customers whose rows the tx has already locked. */
  locked: ToSettle[]
  /** Further customers whose segments may be others now. */
  affected: string[]
  /** Customers that did not change: their standing is wanted, nothing is written of them. */
  unchanged?: Subject[]
  cause: Cause
  at: Date
  /** The number of an organization that asked not to be told of this change. */
  quietFor?: number | undefined
}

/** What reports of customers and orders are written with. */
export interface ReportParts {
  database: Database
  vault: Vault
  clock: Clock
  segments: Segments
  /** Called after the commit of a tx that gave the workers something to send. */
  wake: () => void
  /** Told the size of each set of calls that went into the database together. */
  observeSet?: (kind: string, size: number) => void
}
