import { sql } from 'kysely'
import type { Db, Tx } from '../database/database.ts'
import { bytesArray, dateArray, numberArray } from '../database/sql-array.ts'

/** A bucket under its sealed name, with what is added to it. */
export interface WindowRow {
  key: Uint8Array
  window: number
  windowMs: number
  quota: number
  count: number
}

export interface GuessRow {
  key: Uint8Array
  /** Below zero where guesses are taken back. */
  count: number
  lastAt: Date
  keptMs: number
}

/** What is in the table afterwards, of a bucket or of a key that was guessed for. */
export interface CountRow {
  key: Uint8Array
  count: number
  /** Of a bucket. */
  window: number | null
  /** Of guesses. */
  last_at: Date | null
}

/**
 * Adds what one process counted, and answers what all have: one statement. Rows are written in the order of their
 * keys, so that processes wait for each other in turn. A bucket is carried over: what of it goes beyond a window's
 * quota is owed in the next. What is told a window late counts in that, and may add to what is owed.
 */
export async function addCounts(
  db: Db,
  windows: readonly WindowRow[],
  guesses: readonly GuessRow[],
): Promise<CountRow[]> {
  const { rows } = await sql<CountRow>`
    with drawn as (
      insert into window_counts as kept (key, window_number, window_ms, quota, count)
      select * from unnest(${bytesArray(windows.map(({ key }) => key))}::bytea[],
        ${numberArray(windows.map(({ window }) => window))}::bigint[],
        ${numberArray(windows.map(({ windowMs }) => windowMs))}::bigint[],
        ${numberArray(windows.map(({ quota }) => quota))}::bigint[],
        ${numberArray(windows.map(({ count }) => count))}::bigint[]) as added (key)
      order by added.key
      on conflict (key) do update set
        window_number = greatest(kept.window_number, excluded.window_number),
        window_ms = excluded.window_ms,
        quota = excluded.quota,
        count = case
          when excluded.window_number > kept.window_number then excluded.count + greatest(0,
            kept.count - excluded.quota * (excluded.window_number - kept.window_number))
          when excluded.window_number = kept.window_number then kept.count + excluded.count
          when excluded.window_number = kept.window_number - 1 then kept.count
            + greatest(0, kept.count_before + excluded.count - excluded.quota)
            - greatest(0, kept.count_before - excluded.quota)
          else kept.count end,
        count_before = case
          when excluded.window_number > kept.window_number then greatest(0,
            kept.count - excluded.quota * (excluded.window_number - kept.window_number - 1))
          when excluded.window_number = kept.window_number - 1
            then kept.count_before + excluded.count
          else kept.count_before end
      returning key, count, window_number
    ), guessed as (
      insert into guess_counts as kept (key, count, last_at, kept_ms)
      select * from unnest(${bytesArray(guesses.map(({ key }) => key))}::bytea[],
        ${numberArray(guesses.map(({ count }) => count))}::bigint[],
        ${dateArray(guesses.map(({ lastAt }) => lastAt))}::timestamptz[],
        ${numberArray(guesses.map(({ keptMs }) => keptMs))}::bigint[]) as added (key)
      order by added.key
      on conflict (key) do update set
        count = greatest(0, excluded.count + case
          when excluded.last_at - kept.last_at >= excluded.kept_ms * interval '1 millisecond' then 0
          else greatest(0, kept.count) end),
        last_at = greatest(kept.last_at, excluded.last_at),
        kept_ms = excluded.kept_ms
      returning key, count, last_at
    )
    select key, count, window_number as window, null::timestamptz as last_at from drawn
    union all
    select key, count, null, last_at from guessed`.execute(db)
  return rows
}

/** Deletes what says nothing any more: buckets that nothing is owed of, and guesses of long ago. */
export async function deleteOldCounts(tx: Tx, now: Date): Promise<void> {
  await sql`
    delete from window_counts
    where (window_number + 2 + count / quota) * window_ms < ${now.getTime()}::bigint`.execute(tx)
  await sql`
    delete from guess_counts
    where last_at < ${now}::timestamptz - kept_ms * interval '1 millisecond'`.execute(tx)
}
