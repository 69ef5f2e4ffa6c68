import { sql } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'
import type { PackedPart, RejectStep } from './batch.ts'

declare module '../../kernel/database/database.ts' {
  interface Tables {
    import_parts: { import: string; number: number; rows: number; rejected: number; blob: Buffer }
    import_rejects: { import: string; number: number; step: RejectStep; blob: Buffer }
  }
}

/** Keeps parts of a file, one after another. */
export async function insertParts(tx: Tx, key: string, parts: PackedPart[]): Promise<void> {
  for (const part of parts) {
    await sql`
      insert into import_parts (import, number, rows, rejected, blob)
      values (${key}, ${part.number}, ${part.rows}, ${part.rejected}, ${part.blob})`.execute(tx)
    if (part.rejects) await insertRejects(tx, key, { number: part.number, step: 0 }, part.rejects)
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

export interface StoredPart {
  rows: number
  rejected: number
  blob: Uint8Array
}

export async function findPart(
  db: Db,
  key: string,
  number: number,
): Promise<StoredPart | undefined> {
  const { rows } = await sql<StoredPart>`
    select rows, rejected, blob from import_parts
    where import = ${key} and number = ${number}`.execute(db)
  return rows[0]
}

/** A batch of parts, as they are to be deleted: a file of gigabytes is not one statement's work. */
export async function deleteParts(db: Db, key: string, limit: number): Promise<number> {
  const { rows } = await sql`
    delete from import_parts where import = ${key} and number = any(array(
      select number from import_parts where import = ${key} order by number limit ${limit}))
    returning number`.execute(db)
  return rows.length
}

export interface StoredRejects {
  number: number
  step: RejectStep
  blob: Uint8Array
}

/** The rejects that come next after a place, in the file's order by part. */
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

/** Rejects of imports that ended before then. */
export async function deleteOldRejects(db: Db, before: Date, limit: number): Promise<number> {
  const { rows } = await sql`
    delete from import_rejects r using (
      select r.import, r.number, r.step from import_rejects r join imports i on i.key = r.import
      where i.ended_at < ${before} limit ${limit}) old
    where r.import = old.import and r.number = old.number and r.step = old.step
    returning r.number`.execute(db)
  return rows.length
}
