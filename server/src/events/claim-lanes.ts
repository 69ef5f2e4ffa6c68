import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'
import { planWithout } from '../kernel/database/plan-without.ts'
import { dateArray, numberArray, uuidArray } from '../kernel/database/sql-array.ts'
import { CLOCK_SKEW_MS } from './event.ts'
import type { EventType } from './event.ts'
import { TABLE_JOINS } from './record-lanes.ts'
import { isAskedFor } from './event-store.ts'
import { isOwed } from './subscription-store.ts'

/** A lane that a worker has until its lease ends. */
export interface LaneClaim {
  endpoint: number
  subject: string
  acked: number
  tail: number
  waiting_since: Date
  attempt: number
  failing_since: Date | null
  failed_at: Date | null
  is_bulk: boolean
  /** Whose events it sends; null: its subject's. */
  replay: string | null
  /** Since when it was due; null where a resume made it so. */
  due_at: Date | null
  /** The endpoint's last resume. */
  resumed_at: Date | null
}

/** How many more lanes of each kind a worker wants of an endpoint, and where it last came to. */
export interface Want {
  live: number
  /** Of those that failed before the endpoint was resumed and wait for their next attempt. */
  resumed: number
  bulk: number
  /** Nothing that was due before is left to claim, and nothing of a resume that failed before… */
  liveFrom: Date | null
  resumedFrom: Date | null
  bulkFrom: Date | null
  /** …unless the endpoint was resumed again since this time. */
  resumedAt: Date | null
}

export interface ClaimQuery {
  now: Date
  /** When other workers may take what is claimed here. */
  leaseEnd: Date
  /** Fences the claim: what is recorded under another token is ignored. */
  token: string
  /** How many lanes of each kind of an endpoint at once… */
  share: number
  /** …of which nothing is left that was due before, unless it was resumed since. Null: unknown. */
  from: Date | null
  /** What holds instead for some endpoints, by their numbers. */
  wanted: Map<number, Want>
  /** At most this many lanes by one claim. */
  limit: number
  /** Endpoints after this one come first, so that a limited claim is nobody's loss for long. */
  after: number
}

/**
 * Takes lanes that are due, of each endpoint its share: live ones, then those that failed before the
 * endpoint was resumed, then bulk ones, the longest due first. What other workers are about to take is
 * skipped, and so is, until the next look at everything, a lane that got another event between being
 * found and being locked: it lies elsewhere then. The events are read by a later statement: this one may
 * return rows that are newer than its own view of the events.
 */
export async function claimLanes(tx: Tx, query: ClaimQuery): Promise<LaneClaim[]> {
  // The planner takes a limit that it does not know for a tenth of the table, and would rather read and sort
  // all of it: measured, 17 ms instead of 2 at 100,000 lanes, and growing with them.
  await planWithout(tx, 'sort', ...TABLE_JOINS)
  const { rows } = await sql<LaneClaim>`
    update lanes l set token = ${query.token}, leased_until = ${query.leaseEnd}
    from (${dueLanes(query)}) due
    where l.ctid = due.place
    returning l.endpoint, l.subject, l.acked, l.tail, l.waiting_since, l.attempt, l.failing_since,
      l.failed_at, l.is_bulk, l.replay, due.due_at, due.resumed_at`.execute(tx)
  return rows.sort((one, other) => timeOf(one) - timeOf(other))
}

function timeOf({ due_at: dueAt, failed_at: failedAt }: LaneClaim): number {
  return (dueAt ?? failedAt)?.getTime() ?? 0
}

// Nobody has it, or not any more.
const isFree = sql`(l.leased_until is null or l.leased_until <= p.now)`

/**
 * A scan begins where the last one came to: while somebody holds a tx open, the index keeps an entry
 * for each lane that was ever due before, and passing over them would take longer with each.
 */
function dueOf(isBulk: boolean) {
  const [flag, from, lanes] = isBulk
    ? [sql`l.is_bulk`, sql`p.bulk_from`, sql`p.bulk`]
    : [sql`not l.is_bulk`, sql`p.live_from`, sql`p.live`]
  return sql`
    select l.ctid as place, l.due_at from lanes l
    where l.endpoint = p.number and ${flag} and l.due_at >= ${from} and l.due_at <= p.now
      and ${isFree}
    order by l.due_at limit ${lanes} for no key update skip locked`
}

/**
 * From where to look: what is stated for the endpoint, or what holds for those of which nothing is. While
 * an endpoint was paused nothing of it was looked at, however far the others came.
 */
function fromOf(stated: ReturnType<typeof sql>, from: Date | null, all = sql`${from}`) {
  return sql`
    coalesce(case
      when w.endpoint is not null then
        case when p.resumed_at is not distinct from w.resumed_at then ${stated} end
      when p.resumed_at is null or p.resumed_at < ${from}::timestamptz then ${all}::timestamptz
    end, '-infinity')`
}

function dueLanes(query: ClaimQuery) {
  const { now, share, from, wanted, limit, after } = query
  const wants = [...wanted.values()]
  return sql`
    select due.place, due.due_at, p.resumed_at
    from (
      select p.number, p.resumed_at, ${now}::timestamptz as now,
        coalesce(w.live, ${share}::integer) as live, coalesce(w.bulk, ${share}::integer) as bulk,
        coalesce(w.resumed, ${share}::integer) as resumed,
        ${fromOf(sql`w.live_from`, from)} as live_from,
        ${fromOf(sql`w.bulk_from`, from)} as bulk_from,
        ${fromOf(sql`w.resumed_from`, from, sql`'infinity'`)} as resumed_from
      from endpoints p
      left join unnest(
          ${numberArray([...wanted.keys()])}::integer[],
          ${numberArray(wants.map((want) => want.live))}::integer[],
          ${numberArray(wants.map((want) => want.resumed))}::integer[],
          ${numberArray(wants.map((want) => want.bulk))}::integer[],
          ${dateArray(wants.map((want) => want.liveFrom))}::timestamptz[],
          ${dateArray(wants.map((want) => want.resumedFrom))}::timestamptz[],
          ${dateArray(wants.map((want) => want.bulkFrom))}::timestamptz[],
          ${dateArray(wants.map((want) => want.resumedAt))}::timestamptz[]
        ) as w (endpoint, live, resumed, bulk, live_from, resumed_from, bulk_from, resumed_at)
        on w.endpoint = p.number
      where p.paused_at is null and coalesce(greatest(w.live, w.resumed, w.bulk), 1) > 0
      order by p.number <= ${after}::integer, p.number
    ) p
    cross join lateral (
      select * from (${dueOf(false)}) live
      union all
      select * from (
        select l.ctid, null::timestamptz from lanes l
        where l.endpoint = p.number and l.attempt > 0
          and l.failed_at >= p.resumed_from and l.failed_at < p.resumed_at
          and l.due_at > p.now and ${isFree}
        order by l.failed_at limit p.resumed for no key update skip locked
      ) resumed
      union all
      select * from (${dueOf(true)}) bulk
    ) due
    limit ${limit}`
}

/** An event on its way to an endpoint. */
export interface WaitingEvent {
  endpoint: number
  /** The key of the lane that it waits in: its subject, or that of a replay. */
  lane: string
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
  const until = new Date(now.getTime() + CLOCK_SKEW_MS)
  const { rows } = await sql<WaitingEvent>`
    select p.number as endpoint, p.lane, e.*
    from unnest(
        ${numberArray(lanes.map((lane) => lane.endpoint))}::integer[],
        ${uuidArray(lanes.map((lane) => lane.subject))}::uuid[],
        ${numberArray(lanes.map((lane) => lane.acked))}::integer[],
        ${numberArray(lanes.map((lane) => lane.tail))}::integer[],
        ${dateArray(since.map((at) => new Date(at)))}::timestamptz[]
      ) as p (number, lane, acked, tail, since)
      cross join lateral (
        select e.subject, e.sequence, e.id, e.at, e.type, e.merchant, e.previous, e.current, e.cause,
          e.blob
        from events e
        where e.subject = p.lane and e.sequence > p.acked and e.sequence <= p.tail
          and e.at >= p.since and e.at >= ${from} and e.at < ${until}
          and (${isAskedFor} or ${isOwed})
        order by e.sequence limit ${perLane}
      ) e
    order by p.number, p.lane, e.sequence`.execute(db)
  return rows
}
