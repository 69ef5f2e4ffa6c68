import type { Db } from '../kernel/database/database.ts'
import { inTx } from '../kernel/database/transaction.ts'
import { deleteClicksBefore } from './click-store.ts'
import { DAY_MS } from '../kernel/durations.ts'

// The longest window of attribution is 365 days; orders may be reported some weeks late.
const KEPT_MS = 400 * DAY_MS
// Some tens of milliseconds, for which the embedded database keeps everybody waiting.
const BATCH = 2_000
// A million an hour, which is more than a network gets.
const MAX_BATCHES = 500

/** Deletes clicks that no order can come from any more, in batches, until it is told to stop. */
export async function deleteOldClicks(
  db: Db,
  { now, isStopping }: { now: Date; isStopping(): boolean },
): Promise<void> {
  const before = new Date(now.getTime() - KEPT_MS)
  for (let batch = 0; batch < MAX_BATCHES && !isStopping(); batch++) {
    const deleted = await inTx(db, (tx) => deleteClicksBefore(tx, before, BATCH))
    if (deleted < BATCH) return
  }
}
