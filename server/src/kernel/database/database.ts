import type { Config } from '../config.ts'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { PGlite } from '@electric-sql/pglite'
import { Kysely, PostgresDialect, sql } from 'kysely'
import type { PostgresPool, PostgresPoolClient, Transaction } from 'kysely'
import pg from 'pg'
import { CannotStart } from '../cannot-start.ts'
import { databaseFilesBelow, readOpenFilesLimit } from '../open-files.ts'
import { createListener } from './listener.ts'
import { PreparingClient } from './preparing-client.ts'
import { SILENT_MS, endIfSilent, endWhenSilent } from './silent-wire.ts'

/** Reads outside of a tx, or inside one: a function that only reads takes this. */
export type Db = Kysely<unknown>
/** A function that writes takes this, so that the compiler asks for an open one. */
export type Tx = Transaction<unknown>

export interface Database {
  kind: 'pglite' | 'postgres'
  db: Db
  /**
   * For short reads that a busy pool must not hold up: on a connection of its own, which fails where the
   * server is silent for two seconds. The same as `db` where no wire is between.
   */
  watch: Db
  /** How many sets may usefully be written at once. */
  concurrency: number
  /** Calls back on every notification on the channel, and after any in which some may be lost. */
  listen(channel: string, heard: () => void): Promise<void>
  close(): Promise<void>
}

// Totals are kept below 2^53 by a check constraint; a count never gets there.
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
  const number = Number(text)
  if (!Number.isSafeInteger(number)) throw new RangeError('an integer beyond 2^53 was read')
  return number
})

// The driver's own parser takes a twentieth of the time of a delivery. It has what is not in UTC, or not
// of four digits' years.
const UTC_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00$/
const parseTime = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ) as (text: string) => unknown
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) =>
  UTC_TIME.test(text) ? new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`) : parseTime(text),
)

// Plans are kept, and may be made while a table is small; the embedded database never counts what is in
// its tables. Every statement that is run often looks rows up by key: it must not read whole tables.
const NO_SCANS = 'set enable_seqscan = off'

/** PostgreSQL, 15 or later. `poolSize` connections, one more that listens, and one that watches. */
export async function openPostgres(
  url: string,
  { poolSize = 10 }: { poolSize?: number } = {},
): Promise<Database> {
  const pool = new pg.Pool({
    Client: PreparingClient,
    connectionString: url,
    max: poolSize,
    application_name: 'newcomer',
    connectionTimeoutMillis: 10_000,
    // A client that the server lost sight of must not hold row locks for ever.
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
  })
  pool.on('connect', (client) => void client.query(NO_SCANS).catch(() => undefined))
  // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
  pool.on('error', () => undefined)
  // One that breaks while it is in use tells the query under way; the pool doesn't listen meanwhile.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  const watch = openWatch(url, pool)
  const listener = createListener(url)
  try {
    await assertServer(db)
  } catch (error) {
    await db.destroy()
    await watch.destroy()
    throw error
  }
  return {
    kind: 'postgres',
    db,
    watch,
    concurrency: Math.max(1, Math.min(4, Math.floor(poolSize / 3))),
    listen: listener.listen,
    close: async () => {
      await listener.close()
      await watch.destroy()
      await db.destroy()
    },
  }
}

/**
 * One connection that is ended once the server is silent on it. The connections beside it are suspect
 * then: one that waits in vain would hold its caller until TCP gives up, a quarter of an hour later.
 */
function openWatch(url: string, beside: pg.Pool): Db {
  const working = new Set<pg.PoolClient>()
  beside.on('acquire', (client) => working.add(client))
  beside.on('release', (_error, client) => working.delete(client))
  beside.on('remove', (client) => working.delete(client))
  const pool = new pg.Pool({
    connectionString: url,
    max: 1,
    application_name: 'newcomer watch',
    connectionTimeoutMillis: SILENT_MS,
    keepAlive: true,
  })
  pool.on('error', () => undefined)
  pool.on('connect', (client) => {
    client.on('error', () => undefined)
    endWhenSilent(client, () => {
      for (const each of working) endIfSilent(each)
    })
  })
  return new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
}

/** The embedded database, in a folder, or in memory without one. One process at a time. */
export async function openPGlite({
  folder,
  instance,
}: { folder?: string | undefined; instance?: PGlite } = {}): Promise<Database> {
  const unlock = folder === undefined ? () => undefined : lockFolder(folder)
  const pglite =
    instance ?? (await (folder === undefined ? PGlite.create() : openFolder(join(folder, 'pg'))))
  await pglite.exec(NO_SCANS)
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: poolOf(pglite) }) })
  return {
    kind: 'pglite',
    db,
    watch: db,
    concurrency: 1,
    // No other process can have written what this one would have to hear of.
    listen: () => Promise.resolve(),
    close: async () => {
      await db.destroy()
      await pglite.close()
      unlock()
    },
  }
}

/**
 * By itself it takes a thousand files for its own, whatever the process may open: nothing would be left for
 * callers, and then nothing for it.
 */
function openFolder(dataDir: string): Promise<PGlite> {
  const most = databaseFilesBelow(readOpenFilesLimit())
  const startParams = [...PGlite.defaultStartParams, '-c', `max_files_per_process=${most}`]
  return PGlite.create({ dataDir, startParams })
}

/** Holds the folder until the process ends, however it ends: the operating system keeps the lock. */
function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = new DatabaseSync(join(folder, 'lock'), { timeout: 0 })
  try {
    lock.exec('pragma locking_mode = exclusive; begin exclusive')
  } catch (error) {
    lock.close()
    if (error instanceof Error && error.message.includes('locked')) throw folderInUse(folder)
    throw error
  }
  return () => lock.close()
}

function folderInUse(folder: string): CannotStart {
  return new CannotStart(
    `The data folder ${folder} is in use by another Newcomer process. ` +
      'Stop that one first, or set NEWCOMER_DATA to another folder.',
  )
}

/** PGlite has one session; this hands it out to one caller at a time, in order of asking. */
function poolOf(pglite: PGlite): PostgresPool {
  let last: Promise<void> = Promise.resolve()
  async function connect(): Promise<PostgresPoolClient> {
    const before = last
    let release = (): void => undefined
    last = new Promise((resolve) => (release = resolve))
    await before
    // A statement without parameters may be a script of several.
    const query = async (text: string, parameters: readonly unknown[]): Promise<unknown> => {
      const result =
        parameters.length > 0
          ? await pglite.query(text, [...parameters])
          : ((await pglite.exec(text)).at(-1) ?? { rows: [], affectedRows: 0 })
      const command = text.trimStart().slice(0, 6).toUpperCase().trimEnd()
      return { command, rowCount: result.affectedRows ?? 0, rows: result.rows }
    }
    return { query, release } as unknown as PostgresPoolClient
  }
  return { connect, end: () => Promise.resolve(), options: {} }
}

async function assertServer(db: Db): Promise<void> {
  const { rows } = await sql<{ version: number; isolation: string }>`
    select current_setting('server_version_num')::int as version,
      current_setting('transaction_isolation') as isolation`.execute(db)
  const server = rows[0]
  if (!server || server.version < 150_000) {
    throw new CannotStart('Newcomer needs PostgreSQL 15 or later.')
  }
  if (server.isolation !== 'read committed') {
    throw new CannotStart(
      `Newcomer needs default_transaction_isolation = 'read committed'; this database has ` +
        `'${server.isolation}', under which matches would be lost.`,
    )
  }
}

/** Opens the database that the configuration names. */
export async function openDatabase(
  config: Pick<Config, 'databaseUrl' | 'dataFolder' | 'poolSize'>,
): Promise<Database> {
  if (config.databaseUrl) return openPostgres(config.databaseUrl, { poolSize: config.poolSize })
  return openPGlite({ folder: config.dataFolder })
}
