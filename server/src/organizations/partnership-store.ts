import { sql } from 'kysely'
import type { Tx } from '../kernel/database/database.ts'
import type { PartnershipStatus } from './organization.ts'

export interface PartnershipRow {
  status: PartnershipStatus
  period: number
  attribution_days: number
  modified_at: Date
}

/** Nothing happens when it has that status; becoming approved begins a new period. */
export async function upsertPartnership(
  tx: Tx,
  {
    publisher,
    merchant,
    status,
    attributionDays,
    now,
  }: {
    publisher: number
    merchant: number
    status: PartnershipStatus
    /** Absent: as it was, 30 at first. */
    attributionDays: number | undefined
    now: Date
  },
): Promise<void> {
  await sql`
    insert into partnerships as p (publisher, merchant, status, period, attribution_days, modified_at)
    values (${publisher}, ${merchant}, ${status}, ${status === 'approved' ? 1 : 0},
      coalesce(${attributionDays ?? null}::integer, 30), ${now.toISOString()})
    on conflict (publisher, merchant) do update set
      status = excluded.status,
      period = p.period + case when p.status = excluded.status then 0 else excluded.period end,
      attribution_days = coalesce(${attributionDays ?? null}::integer, p.attribution_days),
      modified_at = excluded.modified_at
    where p.status <> excluded.status
      or p.attribution_days <> ${attributionDays ?? null}::integer`.execute(tx)
}

/** Undefined when nobody ever set it. */
export async function findPartnership(
  tx: Tx,
  publisher: number,
  merchant: number,
): Promise<PartnershipRow | undefined> {
  const { rows } = await sql<PartnershipRow>`
    select status, period, attribution_days, modified_at from partnerships
    where publisher = ${publisher} and merchant = ${merchant}`.execute(tx)
  return rows[0]
}
