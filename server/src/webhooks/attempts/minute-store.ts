import { sql } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'
import { numberArray } from '../../kernel/database/sql-array.ts'
import type { Pulse } from './minute-count.ts'

export interface PulseRow extends Pulse {
  minute: Date
}

// The rule needs an hour of them; an operator in the morning may want to read how the night was.
export const PULSES_KEPT_MS = 172_800_000

declare module '../../kernel/database/database.ts' {
  interface Tables {
    pulses: PulseRow
  }
}

/** Adds to what is counted of each endpoint in the minute. */
export async function addPulses(tx: Tx, pulses: Pulse[], minute: Date): Promise<void> {
  // Sorted, so that two workers lock the rows in the same order.
  const sorted = pulses.toSorted((left, right) => left.endpoint - right.endpoint)
  await sql`
    insert into pulses as p
      (endpoint, minute, first_attempts, attempts, acknowledged, refused, failed, expired, durations)
    select v.endpoint, ${minute}, v.first_attempts, v.attempts, v.acknowledged, v.refused, v.failed,
      v.expired, v.durations::integer[]
    from unnest(
        ${sorted.map((pulse) => pulse.endpoint)}::integer[],
        ${sorted.map((pulse) => pulse.first_attempts)}::integer[],
        ${sorted.map((pulse) => pulse.attempts)}::integer[],
        ${sorted.map((pulse) => pulse.acknowledged)}::integer[],
        ${sorted.map((pulse) => pulse.refused)}::integer[],
        ${sorted.map((pulse) => pulse.failed)}::integer[],
        ${sorted.map((pulse) => pulse.expired)}::integer[],
        ${sorted.map((pulse) => numberArray(pulse.durations))}::text[]
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

/** An endpoint's minutes since then, in no order. */
export async function listPulses(db: Db, endpoint: number, since: Date): Promise<Pulse[]> {
  const { rows } = await sql<Pulse>`
    select endpoint, first_attempts, attempts, acknowledged, refused, failed, expired, durations
    from pulses where endpoint = ${endpoint} and minute >= ${since}`.execute(db)
  return rows
}

export interface Health {
  endpoint: number
  batch_size: number
  resumed_at: Date | null
  /** Events first attempted since then. */
  total: number
}

/** How busy endpoints were since a time, or since their last resume where that was later. */
export async function listHealth(tx: Tx, endpoints: number[], since: Date): Promise<Health[]> {
  const { rows } = await sql<Health>`
    select p.number as endpoint, p.batch_size, p.resumed_at, coalesce((
      select sum(first_attempts) from pulses
      where endpoint = p.number
        and minute >= greatest(${since}::timestamptz, date_trunc('minute', p.resumed_at))
    ), 0)::integer as total
    from endpoints p
    where p.number = any(${endpoints}::integer[]) and p.paused_at is null
    order by p.number`.execute(tx)
  return rows
}

export async function deletePulses(tx: Tx, before: Date): Promise<void> {
  await sql`delete from pulses where minute < ${before}`.execute(tx)
}
