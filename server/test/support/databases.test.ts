import { sql } from 'kysely'
import { afterEach, describe, expect, test } from 'vitest'
import { migrate } from '../../src/kernel/database/migrate.ts'
import { databases } from './databases.ts'
import type { FreshDatabase } from './databases.ts'

describe.each(databases)('a fresh database on $name', ({ name, create }) => {
  const opened: FreshDatabase[] = []
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((fresh) => fresh.drop()))
  })
  async function createFresh(): Promise<FreshDatabase> {
    const fresh = await create()
    opened.push(fresh)
    return fresh
  }

  test('is of its kind and has every migration', async () => {
    const { database, url } = await createFresh()
    expect(database.kind).toBe(name === 'PGlite' ? 'pglite' : 'postgres')
    expect(url === null).toBe(name === 'PGlite')
    expect(await migrate(database)).toEqual([])
  })

  test('shares nothing with another', async () => {
    const [one, other] = [await createFresh(), await createFresh()]
    await sql`create table only_here (id integer)`.execute(one.database.db)
    const seen = await sql<{ name: string | null }>`
      select to_regclass('only_here')::text as name`.execute(other.database.db)
    expect(seen.rows).toEqual([{ name: null }])
  })
})
