import type { Tx } from '../kernel/database/database.ts'
import { OPERATOR_JOURNAL } from './entry.ts'
import type { NewEntry } from './entry.ts'
import { advanceJournal, insertEntry, lockJournal } from './journal-store.ts'

/**
 * Writes entries into their journals, in the tx of what they tell of. It locks the journals until the tx
 * ends, so it comes last in a tx; those of different organizations do not wait for each other.
 */
export async function appendEntries(tx: Tx, entries: readonly NewEntry[]): Promise<void> {
  const journalOf = ({ organization }: NewEntry): number => organization ?? OPERATOR_JOURNAL
  for (const entry of [...entries].sort((a, b) => journalOf(a) - journalOf(b))) {
    const journal = journalOf(entry)
    await lockJournal(tx, journal)
    const added = await insertEntry(tx, journal, entry)
    if (added) await advanceJournal(tx, added)
  }
}

/** The same for one entry. */
export async function appendEntry(tx: Tx, entry: NewEntry): Promise<void> {
  await appendEntries(tx, [entry])
}
