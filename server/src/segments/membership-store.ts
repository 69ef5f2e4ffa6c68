import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'
import { numberArray, uuidArray } from '../kernel/database/sql-array.ts'

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

export type OpenMembership = Pick<Membership, 'customer' | 'id' | 'merchant'>

export async function listOpenMemberships(db: Db, customers: string[]): Promise<OpenMembership[]> {
  if (customers.length === 0) return []
  const { rows } = await sql<OpenMembership>`
    select customer, id, merchant from memberships
    where customer = any(${customers}::uuid[]) and left_at is null`.execute(db)
  return rows
}

/** The customer's latest stay at each merchant, of whichever it has left too. */
export async function listLatestMemberships(db: Db, customer: string): Promise<Membership[]> {
  const { rows } = await sql<Membership>`
    select distinct on (merchant) customer, id, merchant, entered_at, entered_by, left_at, left_by
    from memberships where customer = ${customer}
    order by merchant, left_at is not null, entered_at desc, id`.execute(db)
  return rows
}

export async function openMemberships(
  tx: Tx,
  stays: OpenMembership[],
  { by, at }: { by: string; at: Date },
): Promise<void> {
  if (stays.length === 0) return
  await sql`
    insert into memberships (customer, id, merchant, entered_at, entered_by)
    select customer, id, merchant, ${at}::timestamptz, ${by}
    from unnest(${uuidArray(stays.map((stay) => stay.customer))}::uuid[],
      ${uuidArray(stays.map((stay) => stay.id))}::uuid[],
      ${numberArray(stays.map((stay) => stay.merchant))}::int[])
      as s (customer, id, merchant)`.execute(tx)
}

export async function closeMemberships(
  tx: Tx,
  stays: OpenMembership[],
  { by, at }: { by: string; at: Date },
): Promise<void> {
  if (stays.length === 0) return
  await sql`
    update memberships m set left_at = ${at}::timestamptz, left_by = ${by}
    from unnest(${uuidArray(stays.map((stay) => stay.customer))}::uuid[],
      ${uuidArray(stays.map((stay) => stay.id))}::uuid[]) as s (customer, id)
    where m.customer = s.customer and m.id = s.id`.execute(tx)
}

/** Deletes customers' history, when they are erased. */
export async function deleteMemberships(tx: Tx, customers: string[]): Promise<void> {
  await sql`delete from memberships where customer = any(${customers}::uuid[])`.execute(tx)
}
