import { sql } from 'kysely'
import type { Tx } from '../kernel/database.ts'

/** How far a worker has come with a lane that it claimed. */
export interface LaneProgress {
  endpoint: number
  subject: string
  /** The claim's; the lane is left alone when another worker has it by now. */
  token: string
  acked: number
  /** When the last acknowledged event happened; null when none was since the claim. */
  ackedAt: Date | null
  /** Failed attempts of the event behind `acked`, and when the first of them was. */
  attempt: number
  failingSince: Date | null
  /** When the lane is due again, should anything be left; null: the worker is not done with it. */
  dueAt: Date | null
}

export interface RecordedLane {
  endpoint: number
  subject: string
  token: string
  /** Null when the lane is drained. */
  due_at: Date | null
}

/** Locks the lanes that are still held under these tokens, in the order in which all do. */
export async function lockLanes(tx: Tx, lanes: LaneProgress[]): Promise<void> {
  await sql`
    select 1 from lanes l
    join unnest(
        ${lanes.map((lane) => lane.endpoint)}::integer[],
        ${lanes.map((lane) => lane.subject)}::uuid[],
        ${lanes.map((lane) => lane.token)}::uuid[]
      ) as v (endpoint, subject, token)
      on l.endpoint = v.endpoint and l.subject = v.subject and l.token = v.token
    order by l.endpoint, l.subject for no key update of l`.execute(tx)
}

/**
 * Moves the cursors of lanes that are still held under these tokens, and lets go of those that the
 * worker is done with: drained, or due again. Returns which they were.
 */
export async function recordLanes(tx: Tx, lanes: LaneProgress[]): Promise<RecordedLane[]> {
  const { rows } = await sql<RecordedLane>`
    update lanes l set
      acked = v.acked,
      attempt = v.attempt,
      failing_since = v.failing_since,
      waiting_since = case when v.acked < l.tail then greatest(l.waiting_since, v.acked_at) end,
      due_at = case when v.acked < l.tail then coalesce(v.due_at, l.due_at) end,
      token = case when v.acked < l.tail and v.due_at is null then l.token end
    from unnest(
        ${lanes.map((lane) => lane.endpoint)}::integer[],
        ${lanes.map((lane) => lane.subject)}::uuid[],
        ${lanes.map((lane) => lane.token)}::uuid[],
        ${lanes.map((lane) => lane.acked)}::integer[],
        ${lanes.map((lane) => lane.ackedAt?.toISOString() ?? null)}::timestamptz[],
        ${lanes.map((lane) => lane.attempt)}::integer[],
        ${lanes.map((lane) => lane.failingSince?.toISOString() ?? null)}::timestamptz[],
        ${lanes.map((lane) => lane.dueAt?.toISOString() ?? null)}::timestamptz[]
      ) as v (endpoint, subject, token, acked, acked_at, attempt, failing_since, due_at)
    where l.endpoint = v.endpoint and l.subject = v.subject and l.token = v.token
    returning l.endpoint, l.subject, v.token, l.due_at`.execute(tx)
  return rows
}

/** How many lanes of an endpoint hold an event that first failed since then, counted up to `most`. */
export async function countFailing(
  tx: Tx,
  endpoint: number,
  since: Date,
  most: number,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from (
      select 1 from lanes
      where endpoint = ${endpoint} and attempt > 0 and failing_since >= ${since} limit ${most}
    ) failing`.execute(tx)
  return rows[0]?.count ?? 0
}
