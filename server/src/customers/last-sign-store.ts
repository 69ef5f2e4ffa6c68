import { sql } from 'kysely'
import type { Tx } from '../kernel/database/database.ts'
import { uuidArray } from '../kernel/database/sql-array.ts'

/**
 * Notes that these customers gave a sign of life on this day, in order of key. Those that are not there, or are
 * erased, leave no trace: whoever asks for offers may name anybody.
 */
export async function noteLastSigns(tx: Tx, customers: string[], day: Date): Promise<void> {
  await sql`
    insert into last_signs as l (customer, day)
    select id, (${day}::timestamptz at time zone 'UTC')::date from customers
    where id = any(${uuidArray(customers)}::uuid[]) and erased_at is null
    order by id
    on conflict (customer) do update set day = excluded.day where l.day < excluded.day`.execute(tx)
}

/** Erasure. */
export async function deleteLastSigns(tx: Tx, customers: string[]): Promise<void> {
  await sql`delete from last_signs where customer = any(${uuidArray(customers)}::uuid[])`.execute(
    tx,
  )
}
