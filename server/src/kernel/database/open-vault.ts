import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { sql } from 'kysely'
import { isKeyText, parseKeyText } from '../config.ts'
import { CannotStart } from '../cannot-start.ts'
import type { Config } from '../config.ts'
import type { Database, Db } from './database.ts'
import type { Logger } from '../log.ts'
import { createSecretFile, readSecretFile } from '../secret-file.ts'
import { retry } from './transaction.ts'
import { KEY_BYTES, createVault, sameBytes } from '../vault.ts'
import type { Vault } from '../vault.ts'

interface OpenVaultOptions {
  config: Config
  database: Database
  log: Logger
}

/**
 * The vault on the configured key. Only a new embedded database makes a key by itself; any other
 * refuses to go on without the key that it was written under.
 */
export async function openVault({ config, database, log }: OpenVaultOptions): Promise<Vault> {
  const before = await findCheckValue(database.db)
  const vault = createVault(parseKeyText(readKeyText(config, before === undefined, log)))
  const kept = before ?? (await insertCheckValue(database.db, vault.checkValue))
  if (!sameBytes(kept, vault.checkValue)) {
    throw new CannotStart(
      'The key is not the one that this database was written under. Start with that key: ' +
        'under another, nothing reported so far would match or could be read.',
    )
  }
  return vault
}

function readKeyText(config: Config, isNew: boolean, log: Logger): string {
  if (config.key) return config.key
  const path = config.keyFile ?? join(config.dataFolder, 'key')
  let text = readSecretFile(path, log)
  if (text === undefined) {
    const mayMake = isNew && config.keyFile === undefined && config.databaseUrl === undefined
    if (!mayMake) throw new CannotStart(`The key file ${path} is missing. ${sayWhy(isNew)}`)
    createSecretFile(path, randomBytes(KEY_BYTES).toString('base64'))
    log.info({ path }, 'A key was made. Keep a copy of this file: without it the database is lost.')
    text = readSecretFile(path, log)
  }
  if (text !== undefined && isKeyText(text)) return text
  throw new CannotStart(
    `The key file ${path} must hold 32 bytes in base64 or hex, as \`openssl rand -base64 32\` makes them.`,
  )
}

function sayWhy(isNew: boolean): string {
  return isNew
    ? 'Make one with `openssl rand -base64 32`, readable by its owner only.'
    : 'This database was written under it: restore the file, or set NEWCOMER_KEY to its content.'
}

async function findCheckValue(db: Db): Promise<Uint8Array | undefined> {
  const { rows } = await retry(() =>
    sql<{ check_value: Uint8Array }>`select check_value from vault_checks`.execute(db),
  )
  return rows[0]?.check_value
}

/** Of several first starts at once, one writes; all get back what it wrote. */
async function insertCheckValue(db: Db, value: Buffer): Promise<Uint8Array> {
  await retry(() =>
    sql`insert into vault_checks (check_value) values (${value}) on conflict (id) do nothing`.execute(
      db,
    ),
  )
  const kept = await findCheckValue(db)
  if (!kept) throw new Error('the check value of the key is gone; it is never deleted')
  return kept
}
