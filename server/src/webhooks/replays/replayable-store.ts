import { sql } from 'kysely'
import type { Db } from '../../kernel/database/database.ts'
import { CLOCK_SKEW_MS } from '../../events/event.ts'
import type { NewEvent } from '../../events/event.ts'
import { covers, isOwed } from '../../events/subscription-store.ts'
import type { GatheringReplay, ReplayedEvent } from '../../events/replay-store.ts'

/** A run of an organization's events, in the order of their times. */
export interface Stretch {
  /** When the last of them happened. */
  last: Date | null
  looked: number
}

const skew = sql`${CLOCK_SKEW_MS} * interval '1 millisecond'`

/** The events that the replay has still to look at. */
function aheadOf({ organization, gathered_to, end_at, subject }: GatheringReplay) {
  return sql`
    e.organization = ${organization} and e.at >= ${gathered_to} and e.at < ${end_at}
    ${subject === null ? sql`` : sql`and e.subject = ${subject}`}`
}

/** The next `most` events, and all others that happened at the moment of the last of them. */
export async function findStretch(db: Db, replay: GatheringReplay, most: number): Promise<Stretch> {
  const { rows } = await sql<Stretch>`
    select max(at) as last, count(*)::integer as looked from (
      select e.at from events e where ${aheadOf(replay)}
      order by e.at limit ${most}
    ) looked`.execute(db)
  return rows[0] ?? { last: null, looked: 0 }
}

/**
 * The events up to `last` that are to be sent once more: of types that the endpoint subscribes to now, of
 * the state that the replay names, and without those that its own lanes are still to send.
 *
 * This reads the log by time, but a subject's events are sent by their sequence. Where two clocks differed,
 * an event with a lower sequence may have a later time: it is taken together with the event that it
 * precedes, and skipped when its own time is reached.
 */
export async function listReplayable(
  db: Db,
  replay: GatheringReplay,
  last: Date,
): Promise<ReplayedEvent[]> {
  const { start_at, gathered_to, end_at } = replay
  const { rows } = await sql<ReplayedEvent>`
    with stretch as (
      select e.subject, e.sequence, e.at, e.type, e.merchant, e.cause from events e
      where ${aheadOf(replay)} and e.at <= ${last}
    ), looked as (
      select * from stretch
      union
      select o.subject, o.sequence, o.at, o.type, o.merchant, o.cause from stretch s
        join events o on o.subject = s.subject and o.sequence < s.sequence
          and o.at <= s.at + ${skew}
      where o.at > ${last} and o.at <= ${last}::timestamptz + ${skew} and o.at < ${end_at}
    )
    select e.subject, e.sequence, e.at from looked e
    where ${isAsked(replay)} and not ${isWaiting(replay)}
      and not exists (
        select 1 from events f
        where f.subject = e.subject and f.sequence > e.sequence and f.at >= e.at - ${skew}
          and f.at >= ${gathered_to}::timestamptz - ${skew}
          and f.at >= ${start_at} and f.at < ${gathered_to})
    order by e.subject, e.sequence`.execute(db)
  return rows
}

/** Whether the endpoint is subscribed to the event `e`, and its delivery ended as the replay names it. */
function isAsked({ endpoint, endpoint_subject, event_types, state, created_at }: GatheringReplay) {
  return sql`
    e.subject <> ${endpoint_subject}
    and (${event_types}::text[] is null or e.type = any(${event_types}::text[]))
    and exists (
      select 1 from subscriptions s where s.endpoint = ${endpoint} and ${covers})
    and (${state}::text is null or ${state} = (
      select a.outcome from attempts a
      where a.endpoint = ${endpoint} and a.subject = e.subject and a.sequence = e.sequence
        and a.at >= e.at - ${skew} and a.at <= ${created_at} and a.outcome <> 'failed'
      order by a.at desc, a.number desc limit 1))`
}

/** Whether the endpoint's own lane is still to send the event. */
export async function isWaitingAt(
  db: Db,
  endpoint: number,
  { subject, sequence, at, type, merchant, cause }: NewEvent,
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from (
      select ${subject}::uuid as subject, ${sequence}::integer as sequence,
        ${at}::timestamptz as at, ${type}::text as type, ${merchant}::integer as merchant,
        ${cause}::text as cause
    ) e where ${isWaiting({ endpoint })}`.execute(db)
  return rows.length > 0
}

/** Whether the endpoint's own lane is still to send the event `e`. */
function isWaiting({ endpoint }: { endpoint: number }) {
  return sql`exists (
    select 1 from lanes l join endpoints p on p.number = l.endpoint
    where l.endpoint = ${endpoint} and l.subject = e.subject
      and l.acked < e.sequence and l.tail >= e.sequence and ${isOwed})`
}
