import { sql } from 'kysely'
import type { Tx } from '../kernel/database/database.ts'
import { BULK_CAUSE } from './event.ts'
import type { NewEvent } from './event.ts'
import type { Replay } from './replay.ts'
import type { ReplayLane } from './replay-store.ts'
import { covers } from './subscription-store.ts'

/**
 * Lane: the outbox's cursor of one endpoint in one subject's log. A replay has lanes of its own, in the log
 * of the events that it sends once more; their `subject` is a key made from the replay and the subject.
 */
export interface LaneRow {
  endpoint: number
  subject: string
  acked: number
  tail: number
  waiting_since: Date
  due_at: Date
  /** The claim of the worker that holds it, and the end of its lease; null while nobody does. */
  token: string | null
  leased_until: Date | null
  attempt: number
  failing_since: Date | null
  failed_at: Date | null
  is_bulk: boolean
  /** The replay whose events it sends; null: its subject's own. */
  replay: string | null
}

/**
 * Enqueues events at every endpoint that is subscribed to them, except for the endpoint that they are about.
 * A lane exists only while something waits. A new one begins right before the first of these events, since
 * the endpoint did not subscribe to earlier ones, or has them. One live event makes the whole lane live.
 */
export async function enqueueEvents(tx: Tx, events: NewEvent[]): Promise<number> {
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

/** Enqueues an event at this endpoint only. Its subject has no other event. */
export async function insertLane(tx: Tx, endpoint: number, event: NewEvent): Promise<void> {
  const { subject, sequence, at } = event
  await sql`
    insert into lanes (endpoint, subject, acked, tail, waiting_since, due_at)
    values (${endpoint}, ${subject}, ${sequence - 1}, ${sequence}, ${at}, ${at})`.execute(tx)
}

/** Enqueues events that were added to a replay's log. They wait from now on, whenever they happened. */
export async function enqueueReplayLanes(
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
 * Deletes lanes of deleted endpoints, which nobody would ever claim: an append that began before the endpoint
 * was deleted can make one afterwards.
 */
export async function deleteOrphanedLanes(tx: Tx): Promise<void> {
  await sql`
    delete from lanes l where not exists (select 1 from endpoints p where p.number = l.endpoint)`.execute(
    tx,
  )
}

/**
 * Ends every lease, when the embedded database starts: the folder's lock proves that the worker that held
 * them is gone, so nobody has to wait for their end.
 */
export async function endLeases(tx: Tx): Promise<void> {
  await sql`
    update lanes set token = null, leased_until = null where token is not null`.execute(tx)
}
