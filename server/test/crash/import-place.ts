import { rm } from 'node:fs/promises'
import { sql } from 'kysely'
import { inject } from 'vitest'
import { openPGlite, openPostgres } from '../../src/kernel/database/database.ts'
import type { Database } from '../../src/kernel/database/database.ts'
import { postgresql } from '../support/databases.ts'
import { makeDataFolder } from '../support/templates.ts'
import { endLeases } from './final-checks.ts'

/** Where a server that is killed and started again has its data. */
export interface Place {
  env: Record<string, string>
  /** Opens the database of a server that is down. */
  open(): Promise<Database>
  remove(): Promise<void>
}

export const OPERATOR_KEY = 'op-a-key-for-tests-only'
export const VAULT_KEY = 'cd'.repeat(32)

export const KEYS = { NEWCOMER_KEY: VAULT_KEY, NEWCOMER_OPERATOR_KEY: OPERATOR_KEY }

export const places: { name: 'PGlite' | 'PostgreSQL'; prepare(): Promise<Place> }[] = [
  {
    name: 'PGlite',
    async prepare() {
      const folder = await makeDataFolder(inject('pgliteFolder'), 'imports')
      return {
        env: { NEWCOMER_DATA: folder, ...KEYS },
        open: () => openPGlite({ folder }),
        remove: () => rm(folder, { recursive: true, force: true }),
      }
    },
  },
  { name: 'PostgreSQL', prepare: preparePostgres },
]

export async function preparePostgres(): Promise<Place & { url: string }> {
  const fresh = await postgresql.create({ poolSize: 3 })
  const { url } = fresh
  if (url === null) throw new Error('this PostgreSQL has no URL')
  return {
    url,
    env: { DATABASE_URL: url, ...KEYS },
    open: () => openPostgres(url, { poolSize: 3 }),
    remove: () => fresh.drop(),
  }
}

/** Whoever held imports and lanes is dead; tests don't wait until their leases end. */
export async function passLeases(place: Pick<Place, 'open'>): Promise<void> {
  const database = await place.open()
  await sql`update imports set lease_until = now() where token is not null`.execute(database.db)
  await endLeases(database.db)
  await database.close()
}
