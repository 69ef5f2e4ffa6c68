import { sql } from 'kysely'
import type { Db } from '../kernel/database/database.ts'
import { HOUR_MS } from '../kernel/durations.ts'
import { UNENDED } from '../imports/store/import.ts'
import type { ImportState } from '../imports/store/import.ts'

/** What is counted exactly; beyond it the planner's estimate does, since a count would read for seconds. */
const MOST_COUNTED = 100_000
const MAX_IMPORTS = 100

/** States of imports that have not ended, nor been taken back. */
export const UNDER_WAY: readonly ImportState[] = [...UNENDED, 'undoing']

const LARGE = ['customers', 'orders', 'transactions'] as const

export interface RowCount {
  count: number
  is_exact: boolean
}

export type LargeCounts = Record<(typeof LARGE)[number], RowCount>

/** How many rows the large tables have, exactly up to a limit. */
export async function countLargeTables(db: Db): Promise<LargeCounts> {
  const counts = LARGE.map(async (table) => [table, await countTable(db, table)] as const)
  return Object.fromEntries(await Promise.all(counts)) as LargeCounts
}

async function countTable(db: Db, table: (typeof LARGE)[number]): Promise<RowCount> {
  const { rows } = await sql<{ counted: number; estimate: number }>`
    select (select count(*)::int from (select 1 from ${sql.table(table)} limit ${MOST_COUNTED + 1}) c)
        as counted,
      (select greatest(reltuples, 0)::bigint from pg_class where oid = ${table}::regclass)
        as estimate`.execute(db)
  const { counted, estimate } = rows[0] ?? { counted: 0, estimate: 0 }
  if (counted <= MOST_COUNTED) return { count: counted, is_exact: true }
  return { count: Math.max(counted, Number(estimate)), is_exact: false }
}

export async function countPeople(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from people`.execute(db)
  return rows[0]?.count ?? 0
}

export interface AppliedMigrations {
  applied: number
  last: string | null
}

export async function findMigrations(db: Db): Promise<AppliedMigrations> {
  const { rows } = await sql<AppliedMigrations>`
    select count(*)::int as applied, max(name) as last from kysely_migration`.execute(db)
  return rows[0] ?? { applied: 0, last: null }
}

/** In bytes. */
export async function findDatabaseSize(db: Db): Promise<number> {
  const { rows } = await sql<{ size: number }>`
    select pg_database_size(current_database()) as size`.execute(db)
  return Number(rows[0]?.size ?? 0)
}

export interface UnendedImport {
  key: string
  organization: number
  state: ImportState
  total_rows: number
  rows: number
  created_at: Date
}

/** The imports of all organizations that have not ended, oldest first, a hundred at the most. */
export async function listUnendedImports(db: Db): Promise<UnendedImport[]> {
  const { rows } = await sql<UnendedImport>`
    select key, organization, state, total_rows, rows, created_at from imports
    where state = any(${[...UNDER_WAY]}::text[]) order by created_at, key limit ${MAX_IMPORTS}`.execute(
    db,
  )
  return rows
}

export interface HourOfAttempts {
  attempts: number
  acknowledged: number
  refused: number
  failed: number
  expired: number
}

/** What came of the last hour's attempts at all endpoints. */
export async function sumLastHour(db: Db, now: Date): Promise<HourOfAttempts> {
  const since = new Date(now.getTime() - HOUR_MS).toISOString()
  const { rows } = await sql<HourOfAttempts>`
    select coalesce(sum(c.attempts), 0)::int as attempts,
      coalesce(sum(c.acknowledged), 0)::int as acknowledged,
      coalesce(sum(c.refused), 0)::int as refused, coalesce(sum(c.failed), 0)::int as failed,
      coalesce(sum(c.expired), 0)::int as expired
    from endpoints p join minute_counts c on c.endpoint = p.number
    where c.minute >= ${since}`.execute(db)
  return rows[0] ?? { attempts: 0, acknowledged: 0, refused: 0, failed: 0, expired: 0 }
}
