import { sql } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'

/** How many lanes of an endpoint are counted: an endpoint with more is hours behind either way. */
export const MAX_COUNTED = 100_000

/** Backlog of one endpoint, counted over at most `MAX_COUNTED` lanes. */
export interface Backlog {
  lanes: number
  events: number
  /** Since when the oldest event waits; null where none does. */
  oldest_at: Date | null
  /** Lanes whose next event has failed so far. */
  failing: number
}

export async function getBacklog(db: Db, endpoint: number): Promise<Backlog> {
  const { rows } = await sql<Backlog>`
    select count(*)::integer as lanes, coalesce(sum(l.events), 0)::integer as events,
      min(l.waiting_since) as oldest_at,
      (select count(*)::integer from (
        select 1 from lanes where endpoint = ${endpoint} and attempt > 0 limit ${MAX_COUNTED}
      ) f) as failing
    from (
      select waiting_since, tail - acked as events
      from lanes where endpoint = ${endpoint} limit ${MAX_COUNTED}
    ) l`.execute(db)
  const [backlog] = rows
  if (!backlog) throw new Error('a count gave no row')
  return backlog
}

/** Backlog of an endpoint that has one. */
export interface EndpointBacklog {
  id: string
  is_paused: boolean
  /** Counted up to `MAX_COUNTED`. */
  lanes: number
  oldest_at: Date
}

export async function listBacklogs(db: Db): Promise<EndpointBacklog[]> {
  const { rows } = await sql<EndpointBacklog>`
    select p.id, p.paused_at is not null as is_paused, w.lanes, w.oldest_at
    from endpoints p
    cross join lateral (
      select count(*)::integer as lanes, min(l.waiting_since) as oldest_at
      from (select waiting_since from lanes where endpoint = p.number limit ${MAX_COUNTED}) l
    ) w
    where w.lanes > 0`.execute(db)
  return rows
}

export async function countEndpointStates(db: Db): Promise<{ enabled: number; paused: number }> {
  const { rows } = await sql<{ enabled: number; paused: number }>`
    select count(*) filter (where paused_at is null)::integer as enabled,
      count(paused_at)::integer as paused
    from endpoints`.execute(db)
  return rows[0] ?? { enabled: 0, paused: 0 }
}

// A busy database is better off without a count that takes longer.
const STATEMENT_MS = 5_000

/**
 * Bounds the reads of this tx: they stop at their limits, where the planner would rather make a bitmap of
 * a million lanes first, and those that take too long all the same are cancelled.
 */
export async function boundReads(tx: Tx): Promise<void> {
  await sql`
    select set_config('enable_bitmapscan', 'off', true),
      set_config('statement_timeout', ${String(STATEMENT_MS)}, true)`.execute(tx)
}

/** Whose endpoints these are, and their settings as they are kept. */
export async function listEndpointOwners(
  db: Db,
  ids: readonly string[],
): Promise<{ id: string; organization: number; blob: Uint8Array }[]> {
  const { rows } = await sql<{ id: string; organization: number; blob: Uint8Array }>`
    select id, organization, blob from endpoints where id = any(${[...ids]}::text[])`.execute(db)
  return rows
}
