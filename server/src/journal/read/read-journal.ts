import type { Db } from '../../kernel/database/database.ts'
import { DEFAULT_PAGE_SIZE, parsePosition, toPage } from '../../kernel/database/page.ts'
import type { Page } from '../../kernel/database/page.ts'
import { retry } from '../../kernel/database/transaction.ts'
import { listJournalEntries, PLACE, entryPlace } from './entry-list-store.ts'
import type { Entry, EntryFilters } from './entry-list-store.ts'

/** One page of a journal, or of all of them, the newest entry first. */
export async function pageEntries(
  db: Db,
  filters: EntryFilters,
  {
    cursor,
    pageSize = DEFAULT_PAGE_SIZE,
  }: { cursor: string | undefined; pageSize: number | undefined },
): Promise<Page<Entry>> {
  const bound = { ...filters }
  const { isBackward, from } = parsePosition(cursor, bound, PLACE)
  const query = { ...filters, from, isDescending: !isBackward, limit: pageSize + 1 }
  const found = await retry(() => listJournalEntries(db, query))
  const positionOf = (entry: Entry) => ({ at: entry.at, id: entryPlace(entry) })
  return toPage(found, { pageSize, isBackward, from, positionOf, filters: bound })
}

const BATCH = 500

/** The entries in the order in which their hashes hang together, some at a time. */
export async function* readEntries(db: Db, filters: EntryFilters): AsyncGenerator<Entry[]> {
  let last: Entry | undefined
  for (;;) {
    const from = last && { at: last.at, id: entryPlace(last) }
    const query = { ...filters, from, isDescending: false, limit: BATCH }
    const found: Entry[] = await retry(() => listJournalEntries(db, query))
    yield found
    last = found.at(-1)
    if (found.length < BATCH) return
  }
}
