import { sql } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'
import type { PackedBatch, RejectStep } from './batch.ts'

/** Inserts batches of a file, and the rejects of each. */
export async function insertBatches(tx: Tx, key: string, batches: PackedBatch[]): Promise<void> {
  for (const batch of batches) {
    await sql`
      insert into import_batches (import, number, rows, rejected, blob)
      values (${key}, ${batch.number}, ${batch.rows}, ${batch.rejected}, ${batch.blob})`.execute(tx)
    if (batch.rejects)
      await insertRejects(tx, key, { number: batch.number, step: 0 }, batch.rejects)
  }
}

export async function insertRejects(
  tx: Tx,
  key: string,
  { number, step }: { number: number; step: RejectStep },
  blob: Uint8Array,
): Promise<void> {
  await sql`
    insert into import_rejects (import, number, step, blob)
    values (${key}, ${number}, ${step}, ${blob})`.execute(tx)
}

export interface StoredBatch {
  rows: number
  rejected: number
  blob: Uint8Array
}

export async function findBatch(
  db: Db,
  key: string,
  number: number,
): Promise<StoredBatch | undefined> {
  const { rows } = await sql<StoredBatch>`
    select rows, rejected, blob from import_batches
    where import = ${key} and number = ${number}`.execute(db)
  return rows[0]
}

/** Deletes up to `limit` batches: a file of gigabytes is not one statement's work. Answers how many. */
export async function deleteBatches(db: Db, key: string, limit: number): Promise<number> {
  const { rows } = await sql`
    delete from import_batches where import = ${key} and number = any(array(
      select number from import_batches where import = ${key} order by number limit ${limit}))
    returning number`.execute(db)
  return rows.length
}

export interface StoredRejects {
  number: number
  step: RejectStep
  blob: Uint8Array
}

/** The rejects after this position (keyset paging), in the file's order. */
export async function listRejects(
  db: Db,
  key: string,
  after: Pick<StoredRejects, 'number' | 'step'> | undefined,
  limit: number,
): Promise<StoredRejects[]> {
  const { rows } = await sql<StoredRejects>`
    select number, step, blob from import_rejects
    where import = ${key}
      and (number, step) > (${after?.number ?? -1}::int, ${after?.step ?? 0}::int)
    order by number, step limit ${limit}`.execute(db)
  return rows
}

/** Deletes up to `limit` rejects of imports that ended before then. Answers how many. */
export async function deleteOldRejects(db: Db, before: Date, limit: number): Promise<number> {
  const { rows } = await sql`
    delete from import_rejects r using (
      select r.import, r.number, r.step from import_rejects r join imports i on i.key = r.import
      where i.ended_at < ${before} limit ${limit}) old
    where r.import = old.import and r.number = old.number and r.step = old.step
    returning r.number`.execute(db)
  return rows.length
}
