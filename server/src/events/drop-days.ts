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
 * Retention by partition: drops the events of days that ended before then, except those that still wait
 * in a lane or in a replay. The first run copies the events that are still needed into a replacement of
 * the day, and locks the table only to swap the two. Later runs delete from it what is done with,
 * and drop it once it is empty. Oldest day first, so that the rest of a subject's log has no gap, whatever
 * is acknowledged meanwhile.
 */
export async function dropEventDays(
  db: Db,
  { before, isStopping }: { before: Date; isStopping(): boolean },
): Promise<void> {
  for (const { name, to } of await listPartitions(db, 'events')) {
    if (to > before || isStopping()) return
    const isDone = await changePartitions(db, async (tx) => {
      const day = (await listPartitions(tx, 'events')).find((each) => each.name === name)
      // Another process has dropped it.
      if (!day) return true
      if (await isBeingGathered(tx, day)) return false
      await clearDay(tx, day)
      return true
    })
    if (!isDone) return
  }
}

async function clearDay(tx: Tx, day: Partition): Promise<void> {
  // This reads whole tables, which the connection's settings forbid to other statements.
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

/** A replay that is still being gathered may want any event ahead of it. */
async function isBeingGathered(tx: Tx, { from, to }: Partition): Promise<boolean> {
  const { rows } = await sql`
    select 1 from replays
    where gathered_to < ${to} and end_at > ${from} and cancelled_at is null limit 1`.execute(tx)
  return rows.length > 0
}

/**
 * The event from which on each subject's log is needed: the first that waits in a lane or in a replay, or
 * the first of an older day that is still there. Or one of the day after that comes before an event of
 * this day, where two processes whose clocks differ wrote around midnight.
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
