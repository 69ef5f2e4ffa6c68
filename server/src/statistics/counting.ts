import type { Db } from '../kernel/database/database.ts'
import type { Vault } from '../kernel/vault.ts'
import type { Snapshot } from '../organizations/directory.ts'
import type { Organization } from '../organizations/organization.ts'

/** One count of one report, begun at `now`. */
export interface Counting {
  db: Db
  vault: Vault
  /** What the organization may see is read from here. */
  snapshot: Snapshot
  organization: Organization
  now: Date
  /** Whether the program is being stopped: what was not counted is left to the next count. */
  isStopping(): boolean
}

/** The counts of one day. */
export interface CountedDay<T> {
  day: string
  counts: T
  /** When they change by time alone; null where they don't. */
  dueAt: Date | null
}
