import { sql } from 'kysely'
import type { Tx } from '../../kernel/database/database.ts'
import type { StoredEndpoint } from '../endpoints/endpoint-store.ts'

/** An endpoint that paused itself, about which a mail is to be sent by whoever has claimed it. */
export interface ClaimedAlert extends Pick<
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
  /** When others may take it: fences the claim. */
  alert_due_at: Date
}

/** Takes mails that are due, the longest due first, by moving them to the end of the lease. */
export async function claimAlerts(
  tx: Tx,
  { now, leaseEnd, limit }: { now: Date; leaseEnd: Date; limit: number },
): Promise<ClaimedAlert[]> {
  const { rows } = await sql<ClaimedAlert>`
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

/** When the mail is tried again, or null: it is done with. Nothing where it is about a later pause by now. */
export async function moveAlert(
  tx: Tx,
  { number, alert_due_at }: Pick<ClaimedAlert, 'number' | 'alert_due_at'>,
  dueAt: Date | null,
): Promise<void> {
  await sql`
    update endpoints set alert_due_at = ${dueAt}
    where number = ${number} and alert_due_at = ${alert_due_at}`.execute(tx)
}
