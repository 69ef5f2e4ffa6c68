import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'
import type { PartnershipStatus } from './organization.ts'

export interface PartnershipRow {
  status: PartnershipStatus
  period: number
  attribution_days: number
  modified_at: Date
  declined_at: Date | null
}

/**
 * Nothing happens when it has that status; becoming approved begins a new period, and becoming available again is
 * kept as a no.
 */
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
      declined_at = case
        when excluded.status <> 'available' then null
        when p.status <> 'available' then excluded.modified_at
        else p.declined_at end,
      modified_at = excluded.modified_at
    where p.status <> excluded.status
      or p.attribution_days <> ${attributionDays ?? null}::integer`.execute(tx)
}

/** Undefined when nobody ever set it. */
export async function findPartnership(
  db: Db,
  publisher: number,
  merchant: number,
): Promise<PartnershipRow | undefined> {
  const { rows } = await sql<PartnershipRow>`
    select status, period, attribution_days, modified_at, declined_at from partnerships
    where publisher = ${publisher} and merchant = ${merchant}`.execute(db)
  return rows[0]
}

/** How many merchants a publisher asks that have not answered. */
export async function countRequests(db: Db, publisher: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from partnerships
    where publisher = ${publisher} and status = 'pending'`.execute(db)
  return rows[0]?.count ?? 0
}
