import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Tx } from './database.ts'

/**
 * Lists that callers follow by a date: whoever goes on from the last date that it saw, or from the last
 * cursor, must miss nothing. A date that is read early in a tx is the date of a row that shows up late, behind
 * those who have read on. So such a date is given late, under a lock of the list's own that holds until the
 * commit, and is later than every date in the list: what is visible of a list is always its beginning.
 *
 * The numbers are any that no other lock of this program uses.
 */
const LIST_LOCKS = { transactions: 7_203_913, 'verdict-conflicts': 7_203_914 }

/** The list of one organization. */
export interface FollowedList {
  list: keyof typeof LIST_LOCKS
  organization: number
}

/** When a row was added to its list. */
export interface ListDate {
  /** As callers are shown it: to the millisecond. */
  at: Date
  /** To the microsecond, in which alone rows of one millisecond may differ; RFC 3339. */
  exact: string
}

/**
 * Locks lists until the tx ends. A tx that holds them must wait for nobody: so they come last, behind all row
 * locks, and all of a tx's at once. What follows only inserts rows that nobody else has the keys of, or
 * updates rows that the tx has written already.
 */
export async function lockLists(tx: Tx, lists: FollowedList[]): Promise<void> {
  const locks = new Map(
    lists.map(({ list, organization }) => {
      const pair: [number, number] = [LIST_LOCKS[list], organization]
      return [pair.join(), pair]
    }),
  )
  const sorted = [...locks.values()].sort(([a, x], [b, y]) => a - b || x - y)
  if (sorted.length === 0) return
  await sql`
    select pg_advisory_xact_lock(list, organization)
    from unnest(${sorted.map(([list]) => list)}::int[],
      ${sorted.map(([, organization]) => organization)}::int[]) as l (list, organization)`.execute(
    tx,
  )
}

/**
 * The date of what is added to a list now; `latest` is the latest date in it, if there is one. Not before
 * that, also where another process has a clock that is ahead; a microsecond is the least that tells dates apart.
 */
export function nextDate(now: Date, latest: RawBuilder<unknown>): RawBuilder<Date> {
  return sql<Date>`greatest(${now}::timestamptz, ${latest} + interval '1 microsecond')`
}

/** A time as RFC 3339 text, to the microsecond. */
export function exactTime(time: RawBuilder<unknown>): RawBuilder<string> {
  return sql<string>`to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
}
