import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database/database.ts'
import type { Vault } from '../kernel/vault.ts'
import type { SignsOfLife } from '../customers/signs-of-life.ts'
import type { Directory } from '../organizations/directory.ts'

/** What reports of customers and orders are written with. */
export interface ReportParts {
  database: Database
  vault: Vault
  clock: Clock
  directory: Pick<Directory, 'current'>
  /** Told of reports that change nothing. */
  signs?: Pick<SignsOfLife, 'see'>
  /** Told the size of each set of calls that went into the database together. */
  observeSet?: (kind: string, size: number) => void
}
