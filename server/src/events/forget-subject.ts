import { sql } from 'kysely'
import type { Tx } from '../kernel/database.ts'

/**
 * Deletes a subject's log and its place in every line, under the lock of the subject's row. What is
 * on its way just then is recorded nowhere: its lane is gone. A log that begins again later goes on
 * with the subject's own count.
 */
export async function forgetSubject(tx: Tx, organization: number, subject: string): Promise<void> {
  await sql`
    delete from lanes where subject = ${subject}
      and endpoint in (select number from endpoints where organization = ${organization})`.execute(
    tx,
  )
  await sql`delete from events where subject = ${subject}`.execute(tx)
}
