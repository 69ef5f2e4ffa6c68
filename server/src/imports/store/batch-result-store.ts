import { sql } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'
import { uuidArray } from '../../kernel/database/sql-array.ts'
import type { Counts } from './import.ts'

/** A batch result: what came of the rows that were written in one tx. */
export interface BatchResult extends Counts {
  import: string
  number: number
  /** Keys of the customers that got something from the batch and still rest on its import for it. */
  customers: string[]
  at: Date
}

export async function insertBatchResult(tx: Tx, result: BatchResult): Promise<void> {
  await sql`
    insert into import_batch_results (import, number, rows, created, updated, unchanged, rejected,
      customers, at)
    values (${result.import}, ${result.number}, ${result.rows}, ${result.created}, ${result.updated},
      ${result.unchanged}, ${result.rejected}, ${uuidArray(result.customers)}::uuid[], ${result.at})`.execute(
    tx,
  )
}

/** Whether the batch is written: asked after a commit whose answer was lost. */
export async function hasBatchResult(db: Db, key: string, number: number): Promise<boolean> {
  const { rows } = await sql`
    select 1 from import_batch_results where import = ${key} and number = ${number}`.execute(db)
  return rows.length > 0
}

export interface BatchCustomers {
  number: number
  customers: string[]
}

/** The import's next batch result from this number on that names customers. */
export async function findNextBatchResult(
  db: Db,
  key: string,
  from: number,
): Promise<BatchCustomers | undefined> {
  const { rows } = await sql<BatchCustomers>`
    select number, customers from import_batch_results
    where import = ${key} and number >= ${from} and customers <> '{}'
    order by number limit 1`.execute(db)
  return rows[0]
}

/** After an undo: none of the batch's customers has anything of the import. */
export async function clearBatchCustomers(tx: Tx, key: string, number: number): Promise<void> {
  await sql`
    update import_batch_results set customers = '{}', swept = '{}'
    where import = ${key} and number = ${number}`.execute(tx)
}

/**
 * After a sweep: leaves in the batch result only the customers that still have something of the import. The
 * others are kept beside them, for the undo of the sweep.
 */
export async function sweepBatchCustomers(
  tx: Tx,
  key: string,
  { number, customers }: BatchCustomers,
): Promise<void> {
  const left = sql`${uuidArray(customers)}::uuid[]`
  await sql`
    update import_batch_results set customers = ${left},
      swept = swept || array(select unnest(customers) except select unnest(${left}))
    where import = ${key} and number = ${number}`.execute(tx)
}

/**
 * Puts the customers that sweeps took out of up to `limit` batch results back, so that they are named before
 * they get anything back. Answers how many batch results that were.
 */
export async function restoreSweptCustomers(
  tx: Tx,
  organization: number,
  limit: number,
): Promise<number> {
  const { rows } = await sql`
    update import_batch_results r set customers = r.customers || r.swept, swept = '{}' from (
      select r.import, r.number from imports i join import_batch_results r on r.import = i.key
      where i.organization = ${organization} and i.state <> 'undone' and r.swept <> '{}'
      limit ${limit}) next
    where r.import = next.import and r.number = next.number
    returning r.number`.execute(tx)
  return rows.length
}

/** Forgets, in up to `limit` batch results, the customers that sweeps took out and that no undo gives back any more. */
export async function forgetSweptCustomers(db: Db, limit: number): Promise<number> {
  const { rows } = await sql`
    update import_batch_results r set swept = '{}' from (
      select r.import, r.number from import_batch_results r join imports i on i.key = r.import
      where r.swept <> '{}' and not exists (
        select 1 from imports o where o.organization = i.organization
          and (o.state in ('running', 'undoing')
            or exists (select 1 from import_removals k where k.import = o.key)))
      limit ${limit}) next
    where r.import = next.import and r.number = next.number
    returning r.number`.execute(db)
  return rows.length
}
