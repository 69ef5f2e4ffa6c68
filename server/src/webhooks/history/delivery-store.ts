import { sql } from 'kysely'
import type { Db } from '../../kernel/database/database.ts'
import type { KeysetPosition } from '../../kernel/database/page.ts'
import { CLOCK_SKEW_MS } from '../../events/event.ts'
import type { EventType } from '../../events/event.ts'
import { isAskedFor } from '../../events/event-store.ts'
import { isOwed } from '../../events/subscription-store.ts'

export type DeliveryState = 'waiting' | 'acknowledged' | 'refused' | 'expired'

/** Delivery: an event and one endpoint, whether it still waits or was attempted to the end. */
export interface DeliveryRow {
  id: string
  at: Date
  type: EventType
  subject: string
  sequence: number
  state: DeliveryState
  /** When the event is tried next; null while it waits for another, or for a resume. */
  next_attempt_at: Date | null
}

export interface DeliveryQuery {
  endpoint: number
  organization: number
  state: DeliveryState | undefined
  type: string | undefined
  /** Only of these subjects. */
  subjects: string[] | undefined
  /** Only the event with this id. */
  event: string | undefined
  /** When the events happened: `start` or later, and before `end`; RFC 3339. */
  start: string | null
  end: string | null
  /** Keyset: the page begins behind this event. */
  from: KeysetPosition | undefined
  isBackward: boolean
  limit: number
}

/** How many events are scanned for one page: a rare state must not make a call take minutes. */
export const MAX_SCANNED_EVENTS = 10_000

function scanOf({ organization, isBackward, from, ...query }: DeliveryQuery) {
  const { type, start, end } = query
  const direction = isBackward ? sql`at asc, id asc` : sql`at desc, id desc`
  const side = isBackward ? sql`>` : sql`<`
  return sql`
    from ${sourceOf(query)}
    where organization = ${organization}
      ${type === undefined ? sql`` : sql`and type in (${type}, ${`test-${type}`})`}
      ${start === null ? sql`` : sql`and at >= ${start}`}
      ${end === null ? sql`` : sql`and at < ${end}`}
      ${from === undefined ? sql`` : sql`and (at, id) ${side} (${from.at}, ${from.id})`}
    order by ${direction}`
}

/**
 * Where an id or subjects are given, looks events up by these first: the planner would rather read all of
 * the organization's events until it comes across them.
 */
function sourceOf({ event, subjects }: Pick<DeliveryQuery, 'event' | 'subjects'>) {
  if (event === undefined && subjects === undefined) return sql`events`
  return sql`
    (select * from events
      where ${event === undefined ? sql`true` : sql`id = ${event}`}
        and ${subjects === undefined ? sql`true` : sql`subject = any(${subjects}::uuid[])`}
      offset 0) e`
}

/** With more subjects the state is not rare, and a scan soon comes across it. */
const MAX_SUBJECTS = 1_000

/**
 * The subjects of all deliveries of a state to an endpoint, where the state is rare: it saves a scan of
 * millions. Undefined where it is not rare.
 */
export async function findRareSubjects(
  db: Db,
  { endpoint, state }: Pick<DeliveryQuery, 'endpoint' | 'state'>,
): Promise<string[] | undefined> {
  if (state === undefined || state === 'acknowledged') return undefined
  const source =
    state === 'waiting'
      ? sql`lanes where endpoint = ${endpoint}`
      : sql`attempts where endpoint = ${endpoint} and outcome = ${sql.lit(state)}`
  const { rows } = await sql<{ subject: string }>`
    select subject from ${source} limit ${MAX_SUBJECTS + 1}`.execute(db)
  return rows.length > MAX_SUBJECTS ? undefined : [...new Set(rows.map((row) => row.subject))]
}

/**
 * Deliveries to an endpoint in the order of their events, newest first, backward oldest first. An event
 * is listed when it waits in its lane or its delivery has ended. Lanes are looked up one by one until the
 * page is full: the planner would join a million of them.
 */
export async function listDeliveries(db: Db, query: DeliveryQuery): Promise<DeliveryRow[]> {
  const { endpoint, state, isBackward, limit } = query
  const direction = isBackward ? sql`e.at asc, e.id asc` : sql`e.at desc, e.id desc`
  // `is not distinct from` keeps the planner off the index of due lanes, as in record-lanes.ts.
  const { rows } = await sql<DeliveryRow>`
    select e.id, e.at, e.type, e.subject, e.sequence, s.state,
      case when s.state = 'waiting' and l.token is null and e.sequence = l.acked + 1
          and p.paused_at is null
        then l.due_at end as next_attempt_at
    from (
      select id, at, type, subject, sequence, merchant, cause ${scanOf(query)} limit ${MAX_SCANNED_EVENTS}
    ) e
    join endpoints p on p.number = ${endpoint}
    left join lateral (
      select * from lanes
      where subject = e.subject and endpoint is not distinct from p.number offset 0
    ) l on true
    ${outcomeOf(query)}
    cross join lateral (
      select case
        when e.sequence > l.acked and e.sequence <= l.tail and (${isAskedFor} or ${isOwed})
        then 'waiting'
        else a.outcome
      end as state
    ) s
    where s.state is not null ${state === undefined ? sql`` : sql`and s.state = ${state}`}
    order by ${direction} limit ${limit}`.execute(db)
  return rows
}

/**
 * How the event's delivery ended, the last time that it did: a replay begins it anew. The lane alone tells
 * what waits, so for that state no attempts are read.
 */
function outcomeOf({ state }: DeliveryQuery) {
  if (state === 'waiting') return sql`cross join (select null::text as outcome) a`
  return sql`
    left join lateral (
      select a.outcome from attempts a
      where a.endpoint = p.number and a.subject = e.subject and a.sequence = e.sequence
        and a.outcome <> 'failed' and a.at >= e.at - ${CLOCK_SKEW_MS} * interval '1 millisecond'
      order by a.at desc, a.number desc limit 1
    ) a on true`
}

/** The last event that a page scanned; undefined when it reached the end. */
export async function findDeliveryScanEnd(
  db: Db,
  query: DeliveryQuery,
): Promise<KeysetPosition | undefined> {
  const { rows } = await sql<KeysetPosition>`
    select at, id ${scanOf(query)} offset ${MAX_SCANNED_EVENTS - 1} limit 1`.execute(db)
  return rows[0]
}
