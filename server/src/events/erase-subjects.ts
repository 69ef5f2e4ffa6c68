import { sql } from 'kysely'
import type { Tx } from '../kernel/database/database.ts'
import { holdPartitions } from '../kernel/database/partition.ts'

/**
 * Erasure: deletes subjects' logs, their lanes and their part of every replay, under the locks of the
 * subjects' rows. The result of a request that is under way is recorded nowhere: its lane is gone. A log
 * that begins again later goes on with the subject's own sequence.
 */
export async function eraseSubjects(
  tx: Tx,
  organization: number,
  subjects: string[],
): Promise<void> {
  if (subjects.length === 0) return
  // Otherwise a day that is being copied meanwhile would keep what is deleted here.
  await holdPartitions(tx)
  await sql`
    with gone as (
      delete from replayed_events where subject = any(${subjects}::uuid[]) returning endpoint, lane
    )
    delete from lanes l using (select distinct endpoint, lane from gone) g
    where l.endpoint = g.endpoint and l.subject = g.lane`.execute(tx)
  await sql`
    delete from lanes where subject = any(${subjects}::uuid[])
      and endpoint in (select number from endpoints where organization = ${organization})`.execute(
    tx,
  )
  await sql`delete from events where subject = any(${subjects}::uuid[])`.execute(tx)
}
