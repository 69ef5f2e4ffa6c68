import { sql } from 'kysely'
import type { Tx } from '../kernel/database.ts'

/** How many events an endpoint was sent for the first time in a minute. */
export interface PulseRow {
  endpoint: number
  minute: Date
  first_attempts: number
}

declare module '../kernel/database.ts' {
  interface Tables {
    pulses: PulseRow
  }
}

/** Adds to each endpoint's count of the minute; `counts` is by the endpoint's number. */
export async function addPulses(tx: Tx, counts: Map<number, number>, minute: Date): Promise<void> {
  // Sorted, so that two workers lock the rows in the same order.
  const sorted = [...counts].sort(([left], [right]) => left - right)
  await sql`
    insert into pulses as p (endpoint, minute, first_attempts)
    select v.endpoint, ${minute}, v.count
    from unnest(
        ${sorted.map(([endpoint]) => endpoint)}::integer[],
        ${sorted.map(([, count]) => count)}::integer[]
      ) as v (endpoint, count)
    on conflict (endpoint, minute) do update
      set first_attempts = p.first_attempts + excluded.first_attempts`.execute(tx)
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
