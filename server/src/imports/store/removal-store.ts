import { sql } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'
import { bytesArray, dateArray, uuidArray } from '../../kernel/database/sql-array.ts'

/** A customer as it was before a replacement took something from it. */
export interface Removal {
  customer: string
  /** Of its row; encrypted, and bound to the customer's key. */
  blob: Uint8Array
  created_at: Date
}

/** A removal that is to be given back. */
export interface KeptRemoval extends Removal {
  /** A call has replaced the customer's identifiers since: those that were taken do not come back. */
  is_overruled: boolean
}

/** Keeps what this replacement takes away, for its undo. */
export async function insertRemovals(tx: Tx, key: string, removals: Removal[]): Promise<void> {
  if (removals.length === 0) return
  await sql`
    insert into import_removals (import, taken_by, customer, blob, created_at)
    select ${key}::uuid, ${key}::uuid, customer, blob, created_at
    from unnest(${uuidArray(removals.map(({ customer }) => customer))}::uuid[],
      ${bytesArray(removals.map(({ blob }) => blob))}::bytea[],
      ${dateArray(removals.map(({ created_at: at }) => at))}::timestamptz[])
      as r (customer, blob, created_at)
    on conflict do nothing`.execute(tx)
}

/** Takes up to `limit` removals out, which are to be given back in the same tx. */
export async function takeRemovals(tx: Tx, key: string, limit: number): Promise<KeptRemoval[]> {
  const { rows } = await sql<KeptRemoval>`
    delete from import_removals r using (
      select customer, taken_by from import_removals where import = ${key}
      order by customer, taken_by limit ${limit}) next
    where r.import = ${key} and r.customer = next.customer and r.taken_by = next.taken_by
    returning r.customer, r.blob, r.created_at, r.is_overruled`.execute(tx)
  return rows
}

/** The later replacement keeps up to `limit` of them in place of this one. Answers how many. */
export async function passRemovals(
  tx: Tx,
  key: string,
  to: string,
  limit: number,
): Promise<number> {
  const { rows } = await sql`
    update import_removals r set import = ${to} from (
      select customer, taken_by from import_removals where import = ${key} limit ${limit}) next
    where r.import = ${key} and r.customer = next.customer and r.taken_by = next.taken_by
    returning r.customer`.execute(tx)
  return rows.length
}

/** For an erasure: what was taken from the customers does not come back. */
export async function eraseFromRemovals(tx: Tx, customers: string[]): Promise<void> {
  await sql`
    delete from import_removals where customer = any(${uuidArray(customers)}::uuid[])`.execute(tx)
}

/** For calls that replace the customers' identifiers: the later word holds. */
export async function overruleRemovals(tx: Tx, customers: string[]): Promise<void> {
  if (customers.length === 0) return
  await sql`
    update import_removals set is_overruled = true
    where customer = any(${uuidArray(customers)}::uuid[]) and not is_overruled`.execute(tx)
}

/** Deletes up to `limit` removals of imports that ended before then and are not being undone. */
export async function deleteOldRemovals(db: Db, before: Date, limit: number): Promise<number> {
  const { rows } = await sql`
    delete from import_removals r using (
      select r.import, r.customer, r.taken_by
      from imports i join import_removals r on r.import = i.key
      where i.ended_at < ${before} and i.state <> 'undoing' limit ${limit}) old
    where r.import = old.import and r.customer = old.customer and r.taken_by = old.taken_by
    returning r.customer`.execute(db)
  return rows.length
}
