import { sql } from 'kysely'
import type { Tx } from '../kernel/database/database.ts'
import { planWithout } from '../kernel/database/plan-without.ts'
import { dateArray, numberArray, uuidArray } from '../kernel/database/sql-array.ts'

/** How far a worker has come with a lane that it claimed: the lane's new cursor. */
export interface LaneProgress {
  endpoint: number
  subject: string
  /** The replay whose events it sends; null: its subject's own. */
  replay: string | null
  /** The claim's fencing token: nothing is written when another worker holds the lane by now. */
  token: string
  acked: number
  /** When the last acknowledged event happened; null when none was since the claim. */
  ackedAt: Date | null
  /** Failed attempts of the event behind `acked`, and when the first of them was. */
  attempt: number
  failingSince: Date | null
  /** When the last of them was. */
  failedAt: Date | null
  /** When the lane is due again, if anything is left; null: the worker goes on with it. */
  dueAt: Date | null
}

export interface RecordedLane {
  endpoint: number
  subject: string
  token: string
  /** When it may be claimed again; null when it is drained and deleted, or still claimed. */
  due_at: Date | null
}

/** Lanes are looked up one by one. Measured: reading all of them instead took seconds for 2,000. */
export const TABLE_JOINS = ['hashjoin', 'mergejoin', 'bitmapscan'] as const

// Not `=`: with it, a plan made while the table is small, or not analyzed yet, would look the endpoint up in
// the index of due lanes, and read all of that.
const isHeld = sql`
  (l.subject = v.subject and l.endpoint is not distinct from v.endpoint and l.token = v.token)`

/** Locks the lanes that are still held under these tokens, in the order that every tx keeps. */
export async function lockLanes(tx: Tx, lanes: LaneProgress[]): Promise<void> {
  await planWithout(tx, ...TABLE_JOINS)
  await sql`
    select 1 from lanes l
    join unnest(
        ${numberArray(lanes.map((lane) => lane.endpoint))}::integer[],
        ${uuidArray(lanes.map((lane) => lane.subject))}::uuid[],
        ${uuidArray(lanes.map((lane) => lane.token))}::uuid[]
      ) as v (endpoint, subject, token)
      on ${isHeld}
    order by l.endpoint, l.subject for no key update of l`.execute(tx)
}

/**
 * Moves the cursors of lanes that are still held under these tokens, and returns these. Releases those that
 * the worker is done with: deletes the drained ones, and makes the others due again. `lockLanes` has
 * locked them, so that none gets another event between the two statements.
 */
export async function recordLanes(
  tx: Tx,
  lanes: LaneProgress[],
  now: Date,
): Promise<RecordedLane[]> {
  const drained = await deleteDrained(tx, lanes)
  if (drained.length === lanes.length) return drained
  return [...drained, ...(await moveCursors(tx, lanes, now))]
}

async function deleteDrained(tx: Tx, lanes: LaneProgress[]): Promise<RecordedLane[]> {
  const { rows } = await sql<RecordedLane>`
    delete from lanes l
    using unnest(
        ${numberArray(lanes.map((lane) => lane.endpoint))}::integer[],
        ${uuidArray(lanes.map((lane) => lane.subject))}::uuid[],
        ${uuidArray(lanes.map((lane) => lane.token))}::uuid[],
        ${numberArray(lanes.map((lane) => lane.acked))}::integer[]
      ) as v (endpoint, subject, token, acked)
    where ${isHeld} and l.tail <= v.acked
    returning l.endpoint, l.subject, l.token, null::timestamptz as due_at`.execute(tx)
  return rows
}

async function moveCursors(tx: Tx, lanes: LaneProgress[], now: Date): Promise<RecordedLane[]> {
  // A lane that is due at once is due from now on, however late this is recorded: watermarks have moved since.
  const dueAt = lanes.map((lane) => (lane.dueAt && lane.dueAt < now ? now : lane.dueAt))
  const { rows } = await sql<RecordedLane>`
    update lanes l set
      acked = v.acked,
      attempt = v.attempt,
      failing_since = v.failing_since,
      failed_at = v.failed_at,
      waiting_since = greatest(l.waiting_since, v.acked_at),
      due_at = coalesce(v.due_at, l.due_at),
      token = case when v.due_at is null then l.token end,
      leased_until = case when v.due_at is null then l.leased_until end
    from unnest(
        ${numberArray(lanes.map((lane) => lane.endpoint))}::integer[],
        ${uuidArray(lanes.map((lane) => lane.subject))}::uuid[],
        ${uuidArray(lanes.map((lane) => lane.token))}::uuid[],
        ${numberArray(lanes.map((lane) => lane.acked))}::integer[],
        ${dateArray(lanes.map((lane) => lane.ackedAt))}::timestamptz[],
        ${numberArray(lanes.map((lane) => lane.attempt))}::integer[],
        ${dateArray(lanes.map((lane) => lane.failingSince))}::timestamptz[],
        ${dateArray(lanes.map((lane) => lane.failedAt))}::timestamptz[],
        ${dateArray(dueAt)}::timestamptz[]
      ) as v (endpoint, subject, token, acked, acked_at, attempt, failing_since, failed_at, due_at)
    where ${isHeld} and l.tail > v.acked
    returning l.endpoint, l.subject, v.token, v.due_at`.execute(tx)
  return rows
}

/** Which of an endpoint's lanes count as failing. */
export interface FailingQuery {
  endpoint: number
  /** When their event first failed, or later. */
  since: Date
  /** How often it failed at least. */
  attempt: number
  /** They are counted up to so many. */
  most: number
}

export async function countFailing(
  tx: Tx,
  { endpoint, since, attempt, most }: FailingQuery,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from (
      select 1 from lanes
      where endpoint = ${endpoint} and attempt > 0 and attempt >= ${attempt}
        and failing_since >= ${since}
      limit ${most}
    ) failing`.execute(tx)
  return rows[0]?.count ?? 0
}
