import { inject } from 'vitest'
import { openPGlite, openPostgres } from '../../src/kernel/database/database.ts'
import type { Database } from '../../src/kernel/database/database.ts'
import { lendPGlite } from './spare-pglites.ts'
import { copyPGliteTemplate, copyPostgresTemplate, dropPostgres } from './templates.ts'

export interface FreshDatabase {
  database: Database
  /** For more connections to the same database; PGlite has only the one. */
  url: string | null
  /** Closes the database and removes it. */
  drop(): Promise<void>
}

export interface TestDatabase {
  name: 'PGlite' | 'PostgreSQL'
  /** An empty, migrated database of the test's own. */
  create(options?: { poolSize?: number }): Promise<FreshDatabase>
}

export const pglite: TestDatabase = {
  name: 'PGlite',
  async create() {
    const instance = await lendPGlite(() => copyPGliteTemplate(inject('pgliteTemplate')))
    const database = await openPGlite({ instance })
    return { database, url: null, drop: () => database.close() }
  },
}

export const postgresql: TestDatabase = {
  name: 'PostgreSQL',
  async create({ poolSize = 10 } = {}) {
    const server = inject('postgresUrl')
    const url = await copyPostgresTemplate(server)
    const database = await openPostgres(url, { poolSize })
    async function drop(): Promise<void> {
      await database.close()
      await dropPostgres(server, url)
    }
    return { database, url, drop }
  },
}

/** For `describe.each(databases)('… on $name', ({ create }) => …)`: what holds on one holds on both. */
export const databases: TestDatabase[] = [pglite, postgresql]
