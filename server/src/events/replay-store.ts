import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'
import type { KeysetPosition } from '../kernel/database/page.ts'
import type { LaneProgress } from './record-lanes.ts'
import type { Replay, ReplayProgress } from './replay.ts'

/** Idempotent: false when it was there already. A replay of one event is gathered as soon as that is enqueued. */
export async function insertReplay(tx: Tx, replay: Replay): Promise<boolean> {
  const { id, endpoint, event, start_at, end_at, state, event_types, subject, created_at } = replay
  const { rows } = await sql`
    insert into replays
      (id, endpoint, event, start_at, end_at, state, event_types, subject, gathered_to, created_at)
    values (${id}, ${endpoint}, ${event}, ${start_at}, ${end_at}, ${state},
      ${event_types}::text[], ${subject}, ${event === null ? start_at : null}, ${created_at})
    on conflict (id) do nothing
    returning 1`.execute(tx)
  return rows.length > 0
}

const progress = sql`r.*, (
  select count(*)::integer from replayed_events e where e.replay = r.id
) as waiting`

export async function findReplay(
  db: Db,
  endpoint: number,
  id: string,
): Promise<ReplayProgress | undefined> {
  const { rows } = await sql<ReplayProgress>`
    select ${progress} from replays r where r.endpoint = ${endpoint} and r.id = ${id}`.execute(db)
  return rows[0]
}

/** Newest first from behind `from`, or backward, oldest first. */
export async function listReplays(
  db: Db,
  endpoint: number,
  {
    from,
    isBackward,
    limit,
  }: { from: KeysetPosition | undefined; isBackward: boolean; limit: number },
): Promise<ReplayProgress[]> {
  const direction = isBackward ? sql`created_at asc, id asc` : sql`created_at desc, id desc`
  const side = isBackward ? sql`>` : sql`<`
  const { rows } = await sql<ReplayProgress>`
    select ${progress} from replays r
    where r.endpoint = ${endpoint}
      ${from === undefined ? sql`` : sql`and (r.created_at, r.id) ${side} (${from.at}, ${from.id})`}
    order by ${direction} limit ${limit}`.execute(db)
  return rows
}

/** How many replays to an endpoint are unfinished, counted up to `most`. */
export async function countUnfinished(db: Db, endpoint: number, most: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from (
      select 1 from replays r
      where r.endpoint = ${endpoint} and r.cancelled_at is null and (r.gathered_to is not null
        or exists (select 1 from replayed_events e where e.replay = r.id))
      limit ${most}
    ) unfinished`.execute(db)
  return rows[0]?.count ?? 0
}

/** The replays of which not all events are enqueued yet. */
export async function listGathering(db: Db): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from replays where gathered_to is not null order by created_at, id`.execute(db)
  return rows.map(({ id }) => id)
}

/** A replay that is being gathered, with the organization whose events it is made of. */
export interface GatheringReplay extends Replay {
  gathered_to: Date
  organization: number
  /** The subject of events about the endpoint itself. */
  endpoint_subject: string
}

/** Undefined when all of it is enqueued by now, it was cancelled, or another worker is gathering it. */
export async function lockGathering(tx: Tx, id: string): Promise<GatheringReplay | undefined> {
  const { rows } = await sql<GatheringReplay>`
    select r.*, p.organization, p.subject as endpoint_subject
    from replays r join endpoints p on p.number = r.endpoint
    where r.id = ${id} and r.gathered_to is not null
    for no key update of r skip locked`.execute(tx)
  return rows[0]
}

/** Counts events that were enqueued, and stores up to when all are; null: to the end. */
export async function moveReplay(
  tx: Tx,
  id: string,
  { events, gatheredTo }: { events: number; gatheredTo: Date | null },
): Promise<void> {
  await sql`
    update replays set gathered_to = ${gatheredTo}, events = events + ${events}
    where id = ${id}`.execute(tx)
}

export interface ReplayedEvent {
  subject: string
  sequence: number
  at: Date
}

export interface ReplayLane {
  lane: string
  first: number
  last: number
}

/**
 * Appends events to the replay's log and returns the lanes that send them, one for each subject. The events
 * are to come in the order of each subject's sequence.
 */
export async function insertReplayed(
  tx: Tx,
  { id, endpoint }: Pick<Replay, 'id' | 'endpoint'>,
  events: ReplayedEvent[],
): Promise<ReplayLane[]> {
  const { rows } = await sql<ReplayLane>`
    with replayed as (
      insert into replayed_events (lane, sequence, replay, endpoint, subject, at)
      select md5(${id} || e.subject::text)::uuid, e.sequence, ${id}, ${endpoint}, e.subject, e.at
      from unnest(
          ${events.map((event) => event.subject)}::uuid[],
          ${events.map((event) => event.sequence)}::integer[],
          ${events.map((event) => event.at.toISOString())}::timestamptz[]
        ) as e (subject, sequence, at)
      returning lane, sequence
    )
    select lane, min(sequence) as first, max(sequence) as last
    from replayed group by lane order by lane`.execute(tx)
  return rows
}

/** Deletes what lanes of replays have sent from the replays' logs. */
export async function deleteReplayed(
  tx: Tx,
  lanes: Pick<LaneProgress, 'subject' | 'acked'>[],
): Promise<void> {
  if (lanes.length === 0) return
  await sql`
    delete from replayed_events r
    using unnest(
        ${lanes.map((lane) => lane.subject)}::uuid[],
        ${lanes.map((lane) => lane.acked)}::integer[]
      ) as v (lane, acked)
    where r.lane = v.lane and r.sequence <= v.acked`.execute(tx)
}

/** Deletes the replay's lanes and its log: what is not sent by now never will be. */
export async function cancelReplay(tx: Tx, id: string, now: Date): Promise<void> {
  await sql`
    update replays set cancelled_at = ${now}, gathered_to = null
    where id = ${id} and cancelled_at is null`.execute(tx)
  await sql`
    delete from lanes l using (
      select distinct endpoint, lane from replayed_events where replay = ${id}
    ) r
    where l.endpoint = r.endpoint and l.subject = r.lane`.execute(tx)
  await sql`delete from replayed_events where replay = ${id}`.execute(tx)
}

/** Deletes all replays to an endpoint; the caller deletes their lanes. */
export async function deleteReplays(tx: Tx, endpoint: number): Promise<void> {
  await sql`
    with gone as (delete from replays where endpoint = ${endpoint} returning id)
    delete from replayed_events e using gone g where e.replay = g.id`.execute(tx)
}

/** Retention: deletes finished replays from before then, and log entries that no lane will send. */
export async function deleteOldReplays(tx: Tx, before: Date): Promise<void> {
  await sql`
    delete from replayed_events e where not exists (
      select 1 from lanes l where l.endpoint = e.endpoint and l.subject = e.lane)`.execute(tx)
  await sql`
    delete from replays r
    where r.created_at < ${before} and r.gathered_to is null
      and not exists (select 1 from replayed_events e where e.replay = r.id)`.execute(tx)
}
