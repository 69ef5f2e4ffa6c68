import { sql } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'
import { numberArray } from '../../kernel/database/sql-array.ts'
import { HOUR_MS } from '../../kernel/durations.ts'
import type { MinuteCount } from './minute-count.ts'

/** Adds to each endpoint's counters of the minute. */
export async function addMinutes(tx: Tx, minutes: MinuteCount[], minute: Date): Promise<void> {
  // Sorted, so that two workers lock the rows in the same order.
  const sorted = minutes.toSorted((left, right) => left.endpoint - right.endpoint)
  await sql`
    insert into minute_counts as p
      (endpoint, minute, first_attempts, attempts, acknowledged, refused, failed, expired, durations)
    select v.endpoint, ${minute}, v.first_attempts, v.attempts, v.acknowledged, v.refused, v.failed,
      v.expired, v.durations::integer[]
    from unnest(
        ${sorted.map((minute) => minute.endpoint)}::integer[],
        ${sorted.map((minute) => minute.first_attempts)}::integer[],
        ${sorted.map((minute) => minute.attempts)}::integer[],
        ${sorted.map((minute) => minute.acknowledged)}::integer[],
        ${sorted.map((minute) => minute.refused)}::integer[],
        ${sorted.map((minute) => minute.failed)}::integer[],
        ${sorted.map((minute) => minute.expired)}::integer[],
        ${sorted.map((minute) => numberArray(minute.durations))}::text[]
      ) as v (endpoint, first_attempts, attempts, acknowledged, refused, failed, expired, durations)
    on conflict (endpoint, minute) do update set
      first_attempts = p.first_attempts + excluded.first_attempts,
      attempts = p.attempts + excluded.attempts,
      acknowledged = p.acknowledged + excluded.acknowledged,
      refused = p.refused + excluded.refused,
      failed = p.failed + excluded.failed,
      expired = p.expired + excluded.expired,
      durations = array(
        select coalesce(d.before, 0) + coalesce(d.more, 0)
        from unnest(p.durations, excluded.durations) with ordinality as d (before, more, bucket)
        order by d.bucket)`.execute(tx)
}

/** Counters of an endpoint, and of which minute they are. */
export interface StoredMinute extends MinuteCount {
  minute: Date
}

/** An endpoint's minute counters since then, in no order. */
export async function listMinutes(db: Db, endpoint: number, since: Date): Promise<StoredMinute[]> {
  const { rows } = await sql<StoredMinute>`
    select endpoint, minute, first_attempts, attempts, acknowledged, refused, failed, expired,
      durations
    from minute_counts where endpoint = ${endpoint} and minute >= ${since}`.execute(db)
  return rows
}

export interface Health {
  endpoint: number
  batch_size: number
  resumed_at: Date | null
  /** Events first attempted since then. */
  total: number
}

/** How many events endpoints were sent since a time, or since their last resume where that was later. */
export async function listHealth(tx: Tx, endpoints: number[], since: Date): Promise<Health[]> {
  const { rows } = await sql<Health>`
    select p.number as endpoint, p.batch_size, p.resumed_at, coalesce((
      select sum(first_attempts) from minute_counts
      where endpoint = p.number
        and minute >= greatest(${since}::timestamptz, date_trunc('minute', p.resumed_at))
    ), 0)::integer as total
    from endpoints p
    where p.number = any(${endpoints}::integer[]) and p.paused_at is null
    order by p.number`.execute(tx)
  return rows
}

/** For how long counters are kept: the auto-pause needs an hour; in the morning people read the night's. */
export const KEPT_HOURS = 48

/** Retention: deletes the minute counters that are older than 48 hours. */
export async function deleteOldMinutes(tx: Tx, now: Date): Promise<void> {
  const before = new Date(now.getTime() - KEPT_HOURS * HOUR_MS)
  await sql`delete from minute_counts where minute < ${before}`.execute(tx)
}
