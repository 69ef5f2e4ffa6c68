import { sql } from 'kysely'
import type { Tx } from '../kernel/database.ts'
import type { NewEvent } from './event.ts'

/** One endpoint and one subject: how far the endpoint has heard of the subject's events. */
export interface LaneRow {
  endpoint: number
  subject: string
  acked: number
  tail: number
  waiting_since: Date | null
  due_at: Date | null
  token: string | null
  attempt: number
  failing_since: Date | null
}

declare module '../kernel/database.ts' {
  interface Tables {
    lanes: LaneRow
  }
}

/**
 * Puts events in line at every endpoint that is subscribed to them. A drained lane starts again
 * just before the first of them, since those that happened while nobody listened are not owed.
 */
export async function raiseLanes(tx: Tx, events: NewEvent[]): Promise<number> {
  const { rows } = await sql`
    insert into lanes as l (endpoint, subject, acked, tail, waiting_since, due_at)
    select p.number, e.subject, min(e.sequence) - 1, max(e.sequence), min(e.at), max(e.at)
    from unnest(
        ${events.map((event) => event.organization)}::integer[],
        ${events.map((event) => event.type)}::text[],
        ${events.map((event) => event.subject)}::uuid[],
        ${events.map((event) => event.sequence)}::integer[],
        ${events.map((event) => event.at.toISOString())}::timestamptz[]
      ) as e (organization, type, subject, sequence, at)
      join endpoints p on p.organization = e.organization
      join subscriptions s on s.endpoint = p.number and s.event_type = e.type
    group by p.number, e.subject
    order by p.number, e.subject
    on conflict (endpoint, subject) do update set
      acked = case when l.due_at is null then excluded.acked else l.acked end,
      tail = greatest(l.tail, excluded.tail),
      waiting_since = coalesce(l.waiting_since, excluded.waiting_since),
      due_at = coalesce(l.due_at, excluded.due_at)
    returning 1`.execute(tx)
  return rows.length
}

/** The lane of a subject that only this endpoint hears of; false if it was there already. */
export async function insertLane(tx: Tx, endpoint: number, event: NewEvent): Promise<boolean> {
  const { subject, sequence, at } = event
  const { rows } = await sql`
    insert into lanes (endpoint, subject, acked, tail, waiting_since, due_at)
    values (${endpoint}, ${subject}, ${sequence - 1}, ${sequence}, ${at}, ${at})
    on conflict (endpoint, subject) do nothing
    returning 1`.execute(tx)
  return rows.length > 0
}

/** Tries again at once what would have been tried later. Lanes that a worker has stay with it. */
export async function makeFailingDue(tx: Tx, endpoint: number, now: Date): Promise<void> {
  await sql`
    update lanes set due_at = ${now}
    where endpoint = ${endpoint} and attempt > 0 and due_at > ${now} and token is null`.execute(tx)
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
export async function endLeases(tx: Tx, now: Date): Promise<void> {
  await sql`update lanes set token = null, due_at = ${now} where token is not null`.execute(tx)
}
