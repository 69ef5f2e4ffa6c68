import { sql } from 'kysely'
import type { Tx } from '../../kernel/database/database.ts'
import type { StoredEndpoint } from '../endpoints/endpoint-store.ts'

/** A pause mail that a worker has claimed: about an endpoint that paused itself. */
export interface ClaimedPauseMail extends Pick<
  StoredEndpoint,
  | 'number'
  | 'id'
  | 'organization'
  | 'blob'
  | 'pauses'
  | 'paused_reason'
  | 'paused_failing'
  | 'paused_attempted'
  | 'paused_status'
  | 'paused_error'
> {
  paused_at: Date
  /** The end of the lease, which also fences the claim. */
  alert_due_at: Date
}

/** Claims mails that are due, the longest due first, by making them due again at the end of the lease. */
export async function claimPauseMails(
  tx: Tx,
  { now, leaseEnd, limit }: { now: Date; leaseEnd: Date; limit: number },
): Promise<ClaimedPauseMail[]> {
  const { rows } = await sql<ClaimedPauseMail>`
    update endpoints p set alert_due_at = ${leaseEnd}
    from (
      select number from endpoints where alert_due_at <= ${now}
      order by alert_due_at limit ${limit} for no key update skip locked
    ) due
    where p.number = due.number
    returning p.number, p.id, p.organization, p.blob, p.pauses, p.paused_at, p.paused_reason,
      p.paused_failing, p.paused_attempted, p.paused_status, p.paused_error, p.alert_due_at`.execute(
    tx,
  )
  return rows
}

/** Stores when the mail is tried again, or null: never. Does nothing when the endpoint has paused anew since. */
export async function movePauseMail(
  tx: Tx,
  { number, alert_due_at }: Pick<ClaimedPauseMail, 'number' | 'alert_due_at'>,
  dueAt: Date | null,
): Promise<void> {
  await sql`
    update endpoints set alert_due_at = ${dueAt}
    where number = ${number} and alert_due_at = ${alert_due_at}`.execute(tx)
}
