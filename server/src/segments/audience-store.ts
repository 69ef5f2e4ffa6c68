import { sql } from 'kysely'
import type { Db } from '../kernel/database/database.ts'
import type { Role } from '../organizations/organization.ts'

/** That an organization may see its customers' segments at a merchant. */
export interface Audience {
  organization: number
  merchant: number
  /** Which uninterrupted stretch of seeing this is: a new one begins a new chain of events. */
  period: number
}

/**
 * Of these pairs, those in which the organization may see: the merchant itself, and publishers while
 * approved, once segments are switched on. Read in the tx and not from memory, so that no event is
 * written, or left out, by an old copy.
 */
export async function listAudiences(
  db: Db,
  pairs: { organization: number; merchant: number }[],
): Promise<Audience[]> {
  const { rows } = await sql<Audience>`
    select distinct p.organization, p.merchant, m.period + coalesce(a.period, 0) as period
    from unnest(${pairs.map((pair) => pair.organization)}::int[],
        ${pairs.map((pair) => pair.merchant)}::int[]) as p (organization, merchant)
      join organizations m on m.number = p.merchant and m.segments_on_at is not null
      left join partnerships a on a.publisher = p.organization and a.merchant = p.merchant
    where p.organization = p.merchant or a.status = 'approved'`.execute(db)
  return rows
}

export async function listRoles(db: Db, organizations: number[]): Promise<Map<number, Role>> {
  const { rows } = await sql<{ number: number; role: Role }>`
    select number, role from organizations where number = any(${organizations}::int[])`.execute(db)
  return new Map(rows.map((row) => [row.number, row.role]))
}
