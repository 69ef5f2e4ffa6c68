import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database.ts'

/** One stay of a customer in a segment other than the default, which today is `active`. */
export interface Membership {
  customer: string
  id: string
  merchant: number
  entered_at: Date
  entered_by: string
  left_at: Date | null
  left_by: string | null
}

declare module '../kernel/database.ts' {
  interface Tables {
    memberships: Membership
  }
}

export type OpenMembership = Pick<Membership, 'customer' | 'id' | 'merchant'>

export async function readOpenMemberships(db: Db, customers: string[]): Promise<OpenMembership[]> {
  if (customers.length === 0) return []
  const { rows } = await sql<OpenMembership>`
    select customer, id, merchant from memberships
    where customer = any(${customers}::uuid[]) and left_at is null`.execute(db)
  return rows
}

export async function openMemberships(
  tx: Tx,
  stays: Pick<Membership, 'customer' | 'id' | 'merchant' | 'entered_by'>[],
  at: Date,
): Promise<void> {
  if (stays.length === 0) return
  await sql`
    insert into memberships (customer, id, merchant, entered_at, entered_by)
    select customer, id, merchant, ${at}::timestamptz, entered_by
    from unnest(${stays.map((stay) => stay.customer)}::uuid[], ${stays.map((stay) => stay.id)}::uuid[],
      ${stays.map((stay) => stay.merchant)}::int[], ${stays.map((stay) => stay.entered_by)}::text[])
      as s (customer, id, merchant, entered_by)`.execute(tx)
}

export async function closeMemberships(
  tx: Tx,
  stays: (OpenMembership & { left_by: string })[],
  at: Date,
): Promise<void> {
  if (stays.length === 0) return
  await sql`
    update memberships m set left_at = ${at}::timestamptz, left_by = s.left_by
    from unnest(${stays.map((stay) => stay.customer)}::uuid[], ${stays.map((stay) => stay.id)}::uuid[],
      ${stays.map((stay) => stay.left_by)}::text[]) as s (customer, id, left_by)
    where m.customer = s.customer and m.id = s.id`.execute(tx)
}

/** Deletes customers' history, when they are erased. */
export async function deleteMemberships(tx: Tx, customers: string[]): Promise<void> {
  await sql`delete from memberships where customer = any(${customers}::uuid[])`.execute(tx)
}
