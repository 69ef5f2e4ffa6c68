import type { Db } from '../kernel/database/database.ts'
import { inTx } from '../kernel/database/transaction.ts'
import { DAY_MS } from '../kernel/durations.ts'
import { deleteDroppedEntries, listOldJournals, lockJournal, moveAnchor } from './journal-store.ts'

/** A year, and time to look back at it. */
export const JOURNAL_DAYS = 400

// In one tx, which holds up those that append to the same journal.
const BATCH = 2_000

/** Drops the entries that are older than 400 days. The chain hangs on the hash of the last of them. */
export async function dropOldEntries(
  db: Db,
  { now, isStopping }: { now: Date; isStopping(): boolean },
): Promise<void> {
  const before = new Date(now.getTime() - JOURNAL_DAYS * DAY_MS)
  for (;;) {
    const journals = await listOldJournals(db, before)
    if (journals.length === 0) return
    for (const organization of journals) {
      if (isStopping()) return
      await inTx(db, async (tx) => {
        await lockJournal(tx, organization)
        await moveAnchor(tx, organization, { before, limit: BATCH })
        await deleteDroppedEntries(tx, organization)
      })
    }
  }
}
