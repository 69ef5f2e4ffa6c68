import { sql } from 'kysely'
import type { Db } from '../kernel/database/database.ts'
import type { LaneClaim, WaitingEvent } from './claim-lanes.ts'

/**
 * The next events of each of these lanes of replays, in order, at most `perLane`, without those that were
 * deleted since.
 */
export async function listReplayedEvents(
  db: Db,
  lanes: LaneClaim[],
  perLane: number,
): Promise<WaitingEvent[]> {
  const { rows } = await sql<WaitingEvent>`
    select p.number as endpoint, p.lane, e.*
    from unnest(
        ${lanes.map((lane) => lane.endpoint)}::integer[],
        ${lanes.map((lane) => lane.subject)}::uuid[],
        ${lanes.map((lane) => lane.acked)}::integer[],
        ${lanes.map((lane) => lane.tail)}::integer[]
      ) as p (number, lane, acked, tail)
      cross join lateral (
        select e.subject, e.sequence, e.id, e.at, e.type, e.merchant, e.previous, e.current, e.cause,
          e.blob
        from replayed_events r
          join events e on e.subject = r.subject and e.sequence = r.sequence and e.at = r.at
        where r.lane = p.lane and r.sequence > p.acked and r.sequence <= p.tail
        order by r.sequence limit ${perLane}
      ) e
    order by p.number, p.lane, e.sequence`.execute(db)
  return rows
}
