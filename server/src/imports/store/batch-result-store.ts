import { sql } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'
import { uuidArray } from '../../kernel/database/sql-array.ts'
import type { Counts } from './import.ts'

/** What was written in one tx. */
export interface Chunk extends Counts {
  import: string
  number: number
  /** The keys of those customers to whom the import gave something then and does still. */
  customers: string[]
  at: Date
}

declare module '../../kernel/database/database.ts' {
  interface Tables {
    import_chunks: Chunk
  }
}

export async function insertChunk(tx: Tx, chunk: Chunk): Promise<void> {
  await sql`
    insert into import_chunks (import, number, rows, created, updated, unchanged, rejected,
      customers, at)
    values (${chunk.import}, ${chunk.number}, ${chunk.rows}, ${chunk.created}, ${chunk.updated},
      ${chunk.unchanged}, ${chunk.rejected}, ${uuidArray(chunk.customers)}::uuid[], ${chunk.at})`.execute(
    tx,
  )
}

/** Whether a tx whose answer was lost has written it. */
export async function hasChunk(db: Db, key: string, number: number): Promise<boolean> {
  const { rows } = await sql`
    select 1 from import_chunks where import = ${key} and number = ${number}`.execute(db)
  return rows.length > 0
}

export interface ChunkCustomers {
  number: number
  customers: string[]
}

/** The import's next chunk from this number on that has customers. */
export async function findNextChunk(
  db: Db,
  key: string,
  from: number,
): Promise<ChunkCustomers | undefined> {
  const { rows } = await sql<ChunkCustomers>`
    select number, customers from import_chunks
    where import = ${key} and number >= ${from} and customers <> '{}'
    order by number limit 1`.execute(db)
  return rows[0]
}

/** Leaves in the chunk only the customers to whom the import still gives something. */
export async function keepInChunk(
  tx: Tx,
  key: string,
  { number, customers }: ChunkCustomers,
): Promise<void> {
  await sql`
    update import_chunks set customers = ${uuidArray(customers)}::uuid[]
    where import = ${key} and number = ${number}`.execute(tx)
}
