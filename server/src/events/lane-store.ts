import { sql } from 'kysely'
import type { Tx } from '../kernel/database/database.ts'
import { BULK_CAUSE } from './event.ts'
import type { NewEvent } from './event.ts'
import type { Replay } from './replay.ts'
import type { ReplayLane } from './replay-store.ts'
import { covers } from './subscription-store.ts'

/**
 * One endpoint and one subject: how far the endpoint has heard of the subject's events. Or of those of
 * its events that a replay sends once more; the key is then made from both.
 */
export interface LaneRow {
  endpoint: number
  subject: string
  acked: number
  tail: number
  waiting_since: Date
  due_at: Date
  /** The claim of the worker that has it, and until when; null while nobody has. */
  token: string | null
  leased_until: Date | null
  attempt: number
  failing_since: Date | null
  failed_at: Date | null
  is_bulk: boolean
  /** Whose events it sends; null: its subject's. */
  replay: string | null
}

declare module '../kernel/database/database.ts' {
  interface Tables {
    lanes: LaneRow
  }
}

/**
 * Puts events in line at every endpoint that is subscribed to them, but for the endpoint that they are
 * about. Where nothing waits there is no lane; it begins just before the first of them, since those that
 * happened while nobody listened are not owed. One event that is not of a bulk cause makes haste for all
 * that wait before it.
 */
export async function raiseLanes(tx: Tx, events: NewEvent[]): Promise<number> {
  const { rows } = await sql`
    insert into lanes as l (endpoint, subject, acked, tail, waiting_since, due_at, is_bulk)
    select p.number, e.subject, min(e.sequence) - 1, max(e.sequence), min(e.at), max(e.at),
      bool_and(e.is_bulk)
    from unnest(
        ${events.map((event) => event.organization)}::integer[],
        ${events.map((event) => event.type)}::text[],
        ${events.map((event) => event.merchant)}::integer[],
        ${events.map((event) => event.cause)}::text[],
        ${events.map((event) => event.subject)}::uuid[],
        ${events.map((event) => event.sequence)}::integer[],
        ${events.map((event) => event.at.toISOString())}::timestamptz[],
        ${events.map((event) => event.cause === BULK_CAUSE)}::boolean[]
      ) as e (organization, type, merchant, cause, subject, sequence, at, is_bulk)
      join endpoints p on p.organization = e.organization and p.subject <> e.subject
      join subscriptions s on s.endpoint = p.number and ${covers}
    group by p.number, e.subject
    order by p.number, e.subject
    on conflict (endpoint, subject) do update set
      tail = greatest(l.tail, excluded.tail),
      is_bulk = l.is_bulk and excluded.is_bulk
    returning 1`.execute(tx)
  return rows.length
}

/** Puts an event in line at this endpoint only. Its subject has no other. */
export async function insertLane(tx: Tx, endpoint: number, event: NewEvent): Promise<void> {
  const { subject, sequence, at } = event
  await sql`
    insert into lanes (endpoint, subject, acked, tail, waiting_since, due_at)
    values (${endpoint}, ${subject}, ${sequence - 1}, ${sequence}, ${at}, ${at})`.execute(tx)
}

/** Puts what was added to a replay's log in line. It waits from now on, whenever it happened. */
export async function raiseReplayLanes(
  tx: Tx,
  { id, endpoint }: Pick<Replay, 'id' | 'endpoint'>,
  lanes: ReplayLane[],
  { now, isBulk }: { now: Date; isBulk: boolean },
): Promise<void> {
  await sql`
    insert into lanes as l
      (endpoint, subject, acked, tail, waiting_since, due_at, is_bulk, replay)
    select ${endpoint}, r.lane, r.first - 1, r.last, ${now}, ${now}, ${isBulk}, ${id}
    from unnest(
        ${lanes.map((each) => each.lane)}::uuid[],
        ${lanes.map((each) => each.first)}::integer[],
        ${lanes.map((each) => each.last)}::integer[]
      ) as r (lane, first, last)
    order by r.lane
    on conflict (endpoint, subject) do update set tail = greatest(l.tail, excluded.tail)`.execute(
    tx,
  )
}

export async function deleteLanes(tx: Tx, endpoint: number): Promise<void> {
  await sql`delete from lanes where endpoint = ${endpoint}`.execute(tx)
}

/**
 * Removes lanes that an append, begun before its endpoint was deleted, has made after it. Nobody
 * would ever claim them.
 */
export async function deleteOrphanedLanes(tx: Tx): Promise<void> {
  await sql`
    delete from lanes l where not exists (select 1 from endpoints p where p.number = l.endpoint)`.execute(
    tx,
  )
}

/**
 * Ends every lease. For the embedded database at its start: the folder's lock proves that the worker
 * who had them is no more, so nobody has to wait them out.
 */
export async function endLeases(tx: Tx): Promise<void> {
  await sql`
    update lanes set token = null, leased_until = null where token is not null`.execute(tx)
}
