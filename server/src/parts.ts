import { createMetrics } from './http/metrics.ts'
import type { Metrics } from './http/metrics.ts'
import type { Clock } from './kernel/clock.ts'
import type { Database } from './kernel/database.ts'
import type { Logger } from './kernel/log.ts'
import { unavailable } from './kernel/problem.ts'
import type { Vault } from './kernel/vault.ts'
import { createDirectory } from './organizations/directory.ts'
import type { Directory } from './organizations/directory.ts'
import type { Verification } from './organizations/operator-schema.ts'

export interface Resources {
  database: Database
  vault: Vault
  clock: Clock
  log: Logger
}

/** What the program is made of, built once and passed on. */
export interface Parts extends Resources {
  directory: Directory
  metrics: Metrics
  verify(): Promise<Verification>
}

/** Builds the parts on what was opened. Nothing runs yet. */
export function createParts(resources: Resources): Parts {
  const directory = createDirectory(resources)
  const metrics = createMetrics()
  return {
    ...resources,
    directory,
    metrics,
    verify: () => Promise.reject(unavailable('This server has no checks yet.')),
  }
}
