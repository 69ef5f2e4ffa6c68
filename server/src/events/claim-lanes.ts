import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database.ts'
import { CLOCK_SKEW_MS } from './event.ts'
import type { EventType } from './event.ts'

/** A lane that a worker has until its lease ends. */
export interface LaneClaim {
  endpoint: number
  subject: string
  acked: number
  tail: number
  waiting_since: Date
  attempt: number
  failing_since: Date | null
}

export interface ClaimQuery {
  now: Date
  /** When other workers may take what is claimed here. */
  leaseEnd: Date
  /** Fences the claim: what is recorded under another token is ignored. */
  token: string
  /** At most this many lanes of an endpoint at once in the hands of this worker… */
  share: number
  /** …except where it is stated, by the endpoint's number: how many more it wants. */
  wanted: Map<number, number>
  /** At most this many lanes by one claim. */
  limit: number
  /** Endpoints after this one come first, so that a limited claim is nobody's loss for long. */
  after: number
}

interface LaneKey {
  endpoint: number
  subject: string
}

/**
 * Takes lanes that are due, of each endpoint its share, the longest due first. What other workers
 * are about to take is skipped. The events are read by a later statement: this one may return rows
 * that are newer than its own view of the events.
 */
export async function claimLanes(tx: Tx, query: ClaimQuery): Promise<LaneClaim[]> {
  await preferIndexes(tx)
  const lanes = await lockDueLanes(tx, query)
  return lanes.length > 0 ? leaseLanes(tx, lanes, query) : []
}

/**
 * The planner takes a limit that it does not know for a tenth of the table, and would rather read
 * and sort all of it: measured, 17 ms instead of 2 at 100,000 lanes, and growing with them.
 */
async function preferIndexes(tx: Tx): Promise<void> {
  await sql`
    select set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)`.execute(
    tx,
  )
}

async function lockDueLanes(tx: Tx, query: ClaimQuery): Promise<LaneKey[]> {
  const { now, share, wanted, limit, after } = query
  const { rows } = await sql<LaneKey>`
    select due.endpoint, due.subject
    from (
      select p.number, coalesce(w.lanes, ${share}::integer) as lanes
      from endpoints p
      left join unnest(${[...wanted.keys()]}::integer[], ${[...wanted.values()]}::integer[])
        as w (endpoint, lanes) on w.endpoint = p.number
      where p.paused_at is null and coalesce(w.lanes, 1) > 0
      order by p.number <= ${after}::integer, p.number
    ) p
    cross join lateral (
      select l.endpoint, l.subject from lanes l
      where l.endpoint = p.number and l.due_at <= ${now}
      order by l.due_at limit p.lanes
      for no key update skip locked
    ) due
    limit ${limit}`.execute(tx)
  return rows
}

async function leaseLanes(tx: Tx, lanes: LaneKey[], query: ClaimQuery): Promise<LaneClaim[]> {
  const { rows } = await sql<LaneClaim>`
    update lanes l set token = ${query.token}, due_at = ${query.leaseEnd}
    from unnest(
        ${lanes.map((lane) => lane.endpoint)}::integer[],
        ${lanes.map((lane) => lane.subject)}::uuid[]
      ) as v (endpoint, subject)
    where l.endpoint = v.endpoint and l.subject = v.subject
    returning l.endpoint, l.subject, l.acked, l.tail, l.waiting_since, l.attempt, l.failing_since`.execute(
    tx,
  )
  return rows
}

/** An event on its way to an endpoint. */
export interface WaitingEvent {
  endpoint: number
  subject: string
  sequence: number
  id: string
  at: Date
  type: EventType
  merchant: number | null
  previous: string | null
  current: string | null
  cause: string | null
  blob: Uint8Array | null
}

const DAY_MS = 86_400_000

/**
 * The next events of each lane, in order, at most `perLane`. What the endpoint does not subscribe
 * to, or did not yet when it happened, is left out.
 */
export async function listWaitingEvents(
  db: Db,
  lanes: LaneClaim[],
  { now, perLane }: { now: Date; perLane: number },
): Promise<WaitingEvent[]> {
  const since = lanes.map((lane) => lane.waiting_since.getTime() - CLOCK_SKEW_MS)
  // The outer bounds let the planner leave out most partitions; the lane's own let it open few.
  const from = new Date(since.reduce((least, at) => Math.min(least, at), now.getTime()))
  const until = new Date(now.getTime() + DAY_MS)
  const { rows } = await sql<WaitingEvent>`
    select l.endpoint, e.*
    from unnest(
        ${lanes.map((lane) => lane.endpoint)}::integer[],
        ${lanes.map((lane) => lane.subject)}::uuid[],
        ${lanes.map((lane) => lane.acked)}::integer[],
        ${lanes.map((lane) => lane.tail)}::integer[],
        ${since.map((at) => new Date(at).toISOString())}::timestamptz[]
      ) as l (endpoint, subject, acked, tail, since)
      cross join lateral (
        select e.subject, e.sequence, e.id, e.at, e.type, e.merchant, e.previous, e.current, e.cause,
          e.blob
        from events e
        where e.subject = l.subject and e.sequence > l.acked and e.sequence <= l.tail
          and e.at >= l.since and e.at >= ${from} and e.at < ${until}
          and (e.type = 'ping' or exists (
            select 1 from subscriptions s
            where s.endpoint = l.endpoint and s.event_type = e.type and s.since <= e.at))
        order by e.sequence limit ${perLane}
      ) e
    order by l.endpoint, l.subject, e.sequence`.execute(db)
  return rows
}
