import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'
import { planWithout } from '../kernel/database/plan-without.ts'
import { dateArray, numberArray, uuidArray } from '../kernel/database/sql-array.ts'
import { CLOCK_SKEW_MS } from './event.ts'
import type { EventType } from './event.ts'
import { TABLE_JOINS } from './record-lanes.ts'
import { isAskedFor } from './event-store.ts'
import { isOwed } from './subscription-store.ts'

/** A lane that a worker holds until its lease ends. */
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
  /** The replay whose events it sends; null: its subject's own. */
  replay: string | null
  /** Since when it was due; null where a resume made it due. */
  due_at: Date | null
  /** The endpoint's last resume. */
  resumed_at: Date | null
}

/** How many more lanes of each kind a worker wants of an endpoint, and the watermarks of its last claim. */
export interface Demand {
  live: number
  /** Lanes that failed before the endpoint was resumed and wait for their next attempt. */
  resumed: number
  bulk: number
  /** Low watermarks: no lane that was due (for `resumed`: that failed) before is left to claim… */
  liveWatermark: Date | null
  resumedWatermark: Date | null
  bulkWatermark: Date | null
  /** …unless the endpoint was resumed again after this time. */
  resumedAt: Date | null
}

export interface ClaimQuery {
  now: Date
  /** When other workers may take what is claimed here. */
  leaseEnd: Date
  /** Fencing token: results that are recorded under another one are ignored. */
  token: string
  /** How many lanes of each kind to claim of an endpoint… */
  prefetch: number
  /** …and its low watermark, unless it was resumed since. Null: unknown. */
  watermark: Date | null
  /** Takes the place of both for some endpoints, by their numbers. */
  demands: Map<number, Demand>
  /** At most this many lanes by one claim. */
  limit: number
  /** Round robin: endpoints after this one come first, so that a limited claim starves nobody. */
  after: number
}

/**
 * Claims lanes that are due, up to the prefetch of each endpoint: live ones, then those that failed before
 * the endpoint was resumed, then bulk ones, the longest due first. It skips lanes that other workers
 * have locked. It also misses, until the next full scan, a lane that gets another event between being found
 * and being locked, since its row moves. A later statement reads the events: this one may return rows
 * that are newer than its own snapshot of the events.
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

// Nobody holds it, or the lease has ended.
const isFree = sql`(l.leased_until is null or l.leased_until <= p.now)`

/**
 * A scan begins at the low watermark: while somebody holds a tx open, the index keeps dead entries of all
 * lanes that were due before, and passing over them would take longer with each.
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
 * The endpoint's own watermark where it has one, else the common one. Neither holds after a resume:
 * while an endpoint was paused, no claim looked at it, however far the others came.
 */
function watermarkOf(stated: ReturnType<typeof sql>, from: Date | null, all = sql`${from}`) {
  return sql`
    coalesce(case
      when w.endpoint is not null then
        case when p.resumed_at is not distinct from w.resumed_at then ${stated} end
      when p.resumed_at is null or p.resumed_at < ${from}::timestamptz then ${all}::timestamptz
    end, '-infinity')`
}

function dueLanes(query: ClaimQuery) {
  const { now, prefetch: share, watermark: from, demands: wanted, limit, after } = query
  const wants = [...wanted.values()]
  return sql`
    select due.place, due.due_at, p.resumed_at
    from (
      select p.number, p.resumed_at, ${now}::timestamptz as now,
        coalesce(w.live, ${share}::integer) as live, coalesce(w.bulk, ${share}::integer) as bulk,
        coalesce(w.resumed, ${share}::integer) as resumed,
        ${watermarkOf(sql`w.live_from`, from)} as live_from,
        ${watermarkOf(sql`w.bulk_from`, from)} as bulk_from,
        ${watermarkOf(sql`w.resumed_from`, from, sql`'infinity'`)} as resumed_from
      from endpoints p
      left join unnest(
          ${numberArray([...wanted.keys()])}::integer[],
          ${numberArray(wants.map((want) => want.live))}::integer[],
          ${numberArray(wants.map((want) => want.resumed))}::integer[],
          ${numberArray(wants.map((want) => want.bulk))}::integer[],
          ${dateArray(wants.map((want) => want.liveWatermark))}::timestamptz[],
          ${dateArray(wants.map((want) => want.resumedWatermark))}::timestamptz[],
          ${dateArray(wants.map((want) => want.bulkWatermark))}::timestamptz[],
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

/** An event that waits to be sent to an endpoint. */
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
 * The next events of each lane, in order, at most `perLane`. Leaves out events to which the endpoint does
 * not subscribe, or did not yet when they happened.
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
