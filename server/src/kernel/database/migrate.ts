import { readdirSync, readFileSync } from 'node:fs'
import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import type { Migration } from 'kysely/migration'
import { CannotStart } from '../cannot-start.ts'
import type { Database, Db } from './database.ts'

const FOLDER = new URL('../../../migrations/', import.meta.url)

/**
 * Brings the schema to this program's version, each migration once and in order, under a lock that
 * other processes wait for. Returns the names of those applied now. A schema that has migrations
 * this program does not know is refused: an older program must not write to it.
 */
export async function migrate({ db }: Database): Promise<string[]> {
  const known = readMigrations()
  const applied = await listApplied(db)
  refuseNewerSchema(applied, Object.keys(known))
  // Measured: to find that there is nothing to do, Kysely lists all tables and columns, of every day's partitions too,
  // which takes the embedded database more than a second of each start.
  if (Object.keys(known).every((name) => applied.includes(name))) return []
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(known) } })
  const { error, results } = await migrator.migrateToLatest()
  if (error instanceof Error) throw error
  if (error !== undefined) throw new Error('a migration failed', { cause: error })
  return (results ?? []).map((result) => result.migrationName)
}

function readMigrations(): Record<string, Migration> {
  const names = readdirSync(FOLDER).filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name))
  return Object.fromEntries(
    names.sort().map((name) => {
      const script = readFileSync(new URL(name, FOLDER), 'utf8')
      const up = async (db: Parameters<Migration['up']>[0]): Promise<void> => {
        await sql.raw(script).execute(db)
      }
      return [name.replace(/\.sql$/, ''), { up }]
    }),
  )
}

async function listApplied(db: Db): Promise<string[]> {
  const { rows: tables } = await sql<{ name: string | null }>`
    select to_regclass('kysely_migration')::text as name`.execute(db)
  if (!tables[0]?.name) return []
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
  return rows.map((row) => row.name)
}

function refuseNewerSchema(applied: string[], known: string[]): void {
  const unknown = applied.filter((name) => !known.includes(name))
  if (unknown.length === 0) return
  throw new CannotStart(
    `The database's schema is newer than this program: it has ${unknown.sort().join(', ')}. ` +
      'Run the newer version of Newcomer.',
  )
}
