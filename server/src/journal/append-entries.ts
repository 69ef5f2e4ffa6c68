import type { Tx } from '../kernel/database/database.ts'
import { beforeCommit } from '../kernel/database/transaction.ts'
import { OPERATOR_JOURNAL } from './entry.ts'
import type { NewEntry } from './entry.ts'
import { advanceJournal, insertEntry, lockJournal } from './journal-store.ts'

const pending = new WeakMap<Tx, NewEntry[]>()

const journalOf = ({ organization }: NewEntry): number => organization ?? OPERATOR_JOURNAL

/**
 * Has entries written into their journals, in the tx of what they tell of. That locks the journals until the
 * tx ends, so it is the last that the tx does, and in the order of the journals, whoever gave the entries; those
 * of different organizations do not wait for each other.
 */
export function appendEntries(tx: Tx, entries: readonly NewEntry[]): void {
  const earlier = pending.get(tx)
  pending.set(tx, [...(earlier ?? []), ...entries])
  if (earlier === undefined) beforeCommit(tx, 'journal', () => writeEntries(tx))
}

/** The same for one entry. */
export function appendEntry(tx: Tx, entry: NewEntry): void {
  appendEntries(tx, [entry])
}

async function writeEntries(tx: Tx): Promise<void> {
  const entries = pending.get(tx) ?? []
  for (const entry of entries.toSorted((a, b) => journalOf(a) - journalOf(b))) {
    const journal = journalOf(entry)
    await lockJournal(tx, journal)
    const added = await insertEntry(tx, journal, entry)
    if (added) await advanceJournal(tx, added)
  }
}
