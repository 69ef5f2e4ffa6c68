import { sql } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'
import { uuidArray } from '../../kernel/database/sql-array.ts'

/** In place of those before. */
export async function replaceRecoveryCodes(
  tx: Tx,
  person: number,
  codes: readonly string[],
): Promise<void> {
  await deleteRecoveryCodes(tx, person)
  await sql`
    insert into recovery_codes (person, code)
    select ${person}::integer, unnest(${uuidArray(codes)}::uuid[])`.execute(tx)
}

export async function countRecoveryCodes(db: Db, person: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from recovery_codes where person = ${person}`.execute(db)
  return rows[0]?.count ?? 0
}

/** Uses the code, which is there no more: of those who bring it at once one is let in. */
export async function takeRecoveryCode(tx: Tx, person: number, code: string): Promise<boolean> {
  const { rows } = await sql`
    delete from recovery_codes where person = ${person} and code = ${code} returning 1`.execute(tx)
  return rows.length > 0
}

export async function deleteRecoveryCodes(tx: Tx, person: number): Promise<void> {
  await sql`delete from recovery_codes where person = ${person}`.execute(tx)
}
