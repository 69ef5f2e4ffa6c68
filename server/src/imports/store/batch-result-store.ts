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

/** Leaves in the batch result only the customers that still have something of the import. */
export async function updateBatchCustomers(
  tx: Tx,
  key: string,
  { number, customers }: BatchCustomers,
): Promise<void> {
  await sql`
    update import_batch_results set customers = ${uuidArray(customers)}::uuid[]
    where import = ${key} and number = ${number}`.execute(tx)
}
