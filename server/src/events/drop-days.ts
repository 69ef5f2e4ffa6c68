import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'
import {
  attachPartition,
  buildReplacement,
  changePartitions,
  dropPartition,
  listPartitions,
} from '../kernel/database/partition.ts'
import type { Partition } from '../kernel/database/partition.ts'
import { CLOCK_SKEW_MS } from './event.ts'

/**
 * Drops the events of days that ended before then, except those that still wait in a lane or in a
 * replay. A day is first replaced by what is needed of it, which is copied before the table has to
 * be held for a moment; from then on it loses what is done with, and goes once it is empty. Oldest
 * first, so that what is left of a subject's log has no gap, whatever is acknowledged meanwhile.
 */
export async function dropEventDays(
  db: Db,
  { before, isStopping }: { before: Date; isStopping(): boolean },
): Promise<void> {
  for (const { name, to } of await listPartitions(db, 'events')) {
    if (to > before || isStopping()) return
    const isDone = await changePartitions(db, async (tx) => {
      const day = (await listPartitions(tx, 'events')).find((each) => each.name === name)
      // Where it is not there another process was here.
      if (!day) return true
      if (await isBeingGathered(tx, day)) return false
      await clearDay(tx, day)
      return true
    })
    if (!isDone) return
  }
}

async function clearDay(tx: Tx, day: Partition): Promise<void> {
  // Whole tables are read here, which other statements are kept from.
  await sql`set local enable_seqscan = on`.execute(tx)
  if (day.isKept) {
    await deleteDone(tx, day)
    if (await isEmpty(tx, day)) await dropPartition(tx, 'events', day)
    return
  }
  const kept = await buildReplacement(tx, 'events', day)
  await copyNeeded(tx, day)
  const isNeeded = !(await isEmpty(tx, kept))
  await dropPartition(tx, 'events', day)
  if (isNeeded) await attachPartition(tx, 'events', kept)
  else await sql`drop table ${sql.table(kept.name)}`.execute(tx)
}

/** A replay that is not all in line may want any event that is ahead of it. */
async function isBeingGathered(tx: Tx, { from, to }: Partition): Promise<boolean> {
  const { rows } = await sql`
    select 1 from replays
    where gathered_to < ${to} and end_at > ${from} and cancelled_at is null limit 1`.execute(tx)
  return rows.length > 0
}

/**
 * From which of its events on each subject's log is needed: the first that waits in a lane or in a
 * replay, and the first that is still there. The latter may be of the day after, where two
 * processes that do not agree on the time wrote around midnight.
 */
function neededFrom({ name, from, to }: Partition) {
  const skew = sql`${CLOCK_SKEW_MS} * interval '1 millisecond'`
  return sql`
    select subject, min(sequence) as sequence from (
      select subject, acked + 1 as sequence from lanes where acked < tail
      union all select subject, sequence from replayed_events
      union all select subject, sequence from events where at < ${from}
      union all select o.subject, o.sequence
        from ${sql.table(name)} e
          join events o on o.subject = e.subject and o.sequence < e.sequence
        where e.at >= ${to}::timestamptz - ${skew}
          and o.at >= ${to} and o.at < ${to}::timestamptz + ${skew}
    ) needed group by subject`
}

async function copyNeeded(tx: Tx, day: Partition): Promise<void> {
  await sql`
    insert into events_${sql.raw(day.day)}_kept
    select e.* from ${sql.table(day.name)} e
      join (${neededFrom(day)}) n on n.subject = e.subject and n.sequence <= e.sequence`.execute(tx)
}

async function deleteDone(tx: Tx, day: Partition): Promise<void> {
  await sql`
    delete from events e
    where at >= ${day.from} and at < ${day.to} and not exists (
      select 1 from (${neededFrom(day)}) n
      where n.subject = e.subject and n.sequence <= e.sequence)`.execute(tx)
}

async function isEmpty(tx: Tx, { name }: Partition): Promise<boolean> {
  const { rows } = await sql`select 1 from ${sql.table(name)} limit 1`.execute(tx)
  return rows.length === 0
}
