import type { Database, Tx } from '../kernel/database/database.ts'
import { inTx } from '../kernel/database/transaction.ts'
import { listAbandoned, listWithBatches, moveImport } from './store/import-store.ts'
import { forgetSweptCustomers } from './store/batch-result-store.ts'
import { deleteOldRemovals } from './store/removal-store.ts'
import { REMOVALS_DAYS } from './change-import.ts'
import { deleteOldRejects } from './store/batch-store.ts'
import { dropBatches } from './run/run-import.ts'
import { DAY_MS } from '../kernel/durations.ts'

/** A file that no call went on with for so long is dropped. */
export const FORGOTTEN_DAYS = 7
/** For so long after the end of an import its rejected rows can be had. */
export const REJECTS_DAYS = 30
const BATCH = 100

/** Retention: drops files that were never started, rejected rows of imports that ended long ago, and
 * what replacements took that can't be undone any more. */
export async function clearImports(
  database: Database,
  { now, isStopping }: { now: Date; isStopping: () => boolean },
): Promise<void> {
  const daysAgo = (days: number): Date => new Date(now.getTime() - days * DAY_MS)
  for (const key of await listAbandoned(database.db, daysAgo(FORGOTTEN_DAYS), BATCH)) {
    await inTx(database.db, (tx) =>
      moveImport(tx, key, { from: ['receiving', 'ready'], to: 'cancelled', at: now }),
    )
  }
  for (const key of await listWithBatches(database.db, BATCH)) {
    if (isStopping()) return
    await dropBatches({ database }, key)
  }
  const { db } = database
  const steps: ((tx: Tx) => Promise<number>)[] = [
    (tx) => deleteOldRejects(tx, daysAgo(REJECTS_DAYS), BATCH),
    (tx) => deleteOldRemovals(tx, daysAgo(REMOVALS_DAYS), BATCH),
    (tx) => forgetSweptCustomers(tx, BATCH),
  ]
  for (const step of steps) {
    let cleared = BATCH
    while (cleared === BATCH && !isStopping()) cleared = await inTx(db, step)
  }
}
