import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database/database.ts'
import type { Vault } from '../../kernel/vault.ts'
import type { Directory } from '../../organizations/directory.ts'

/** What the rows of imports are written with. */
export interface WriteParts {
  database: Database
  vault: Vault
  clock: Clock
  directory: Directory
}

/** What a revert needs besides a report. */
export interface RevertParts extends WriteParts {
  leaseUntil(): Date
  isStopping(): boolean
}
