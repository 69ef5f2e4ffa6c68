import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { openPGlite, openPostgres } from '../../src/kernel/database/database.ts'
import { migrate } from '../../src/kernel/database/migrate.ts'

const templateName = 'newcomer_template'
let databaseCount = 0

export async function writePostgresTemplate(url: (database: string) => string): Promise<void> {
  await execute(url('postgres'), `create database ${templateName}`)
  const database = await openPostgres(url(templateName), { poolSize: 1 })
  try {
    await migrate(database)
  } finally {
    await database.close()
  }
  // A template that somebody is connected to cannot be copied.
  await execute(url('postgres'), `alter database ${templateName} allow_connections false`)
}

/** A new database on this server, migrated; answers its URL. */
export async function copyPostgresTemplate(serverUrl: string): Promise<string> {
  // Test files run in processes of their own, so the process makes the name unique.
  const name = `test_${process.pid}_${++databaseCount}`
  await execute(serverUrl, `create database ${name} template ${templateName}`)
  const url = new URL(serverUrl)
  url.pathname = name
  return url.href
}

export async function dropPostgres(serverUrl: string, url: string): Promise<void> {
  await execute(serverUrl, `drop database if exists ${new URL(url).pathname.slice(1)} with (force)`)
}

export async function writePGliteTemplate(file: string): Promise<void> {
  const instance = await PGlite.create()
  const database = await openPGlite({ instance })
  await migrate(database)
  const dump = await instance.dumpDataDir('none')
  await writeFile(file, Buffer.from(await dump.arrayBuffer()))
  await database.close()
}

/** The same as a folder, as a server of a test keeps its database in. */
export async function unpackPGliteTemplate(file: string, folder: string): Promise<void> {
  const loadDataDir = new Blob([await readFile(file)])
  const instance = await PGlite.create(folder, { loadDataDir })
  await instance.close()
}

/**
 * A temporary data folder with a migrated embedded database in it: making one takes a server ten times as
 * long as starting on it.
 */
export async function makeDataFolder(template: string, name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `newcomer-${name}-`))
  await cp(template, join(folder, 'pg'), { recursive: true })
  return folder
}

export async function copyPGliteTemplate(file: string): Promise<PGlite> {
  return PGlite.create({ loadDataDir: new Blob([await readFile(file)]) })
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
