import { readdirSync } from 'node:fs'
import { sql } from 'kysely'
import { expect, describe, test } from 'vitest'
import { openPostgres } from '../../../src/kernel/database/database.ts'
import { migrate } from '../../../src/kernel/database/migrate.ts'
import { ensurePartitions } from '../../../src/kernel/database/partition.ts'
import { databases, postgresql } from '../../support/databases.ts'

describe.each(databases)('migrations on $name', ({ create }) => {
  test('a schema that is newer than the program is refused', async () => {
    const { database, drop } = await create()
    expect(await migrate(database)).toEqual([])
    await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '')`.execute(
      database.db,
    )
    await expect(migrate(database)).rejects.toThrow(/newer than this program: it has 9999-later/)
    await drop()
  })

  test('partitions are there for the week ahead, and made once', async () => {
    const { database, drop } = await create()
    const now = new Date('2026-03-01T23:59:59.999Z')
    await ensurePartitions(database.db, now)
    await ensurePartitions(database.db, now)
    const { rows } = await sql<{ name: string }>`
      select relname as name from pg_class where relname like 'events\\_2026%' and relkind = 'r'
      order by relname`.execute(database.db)
    expect(rows.map(({ name }) => name)).toEqual(
      ['0228', '0301', '0302', '0303', '0304', '0305', '0306', '0307', '0308'].map(
        (day) => `events_2026${day}`,
      ),
    )
    await drop()
  })
})

test('processes that start at once migrate once', async () => {
  const { database, url, drop } = await postgresql.create()
  await sql`drop schema public cascade`.execute(database.db)
  await sql`create schema public`.execute(database.db)
  const others = await Promise.all([1, 2, 3].map(() => openPostgres(url ?? '')))
  const applied = await Promise.all(others.map(migrate))
  const files = readdirSync(new URL('../../../migrations/', import.meta.url)).sort()
  expect(applied.flat()).toEqual(files.map((file) => file.replace('.sql', '')))
  await Promise.all(others.map((other) => other.close()))
  await drop()
})

test('a database whose transactions are isolated otherwise is refused', async () => {
  const { url, drop } = await postgresql.create()
  const serializable = new URL(url ?? '')
  serializable.searchParams.set('options', '-c default_transaction_isolation=serializable')
  await expect(openPostgres(serializable.href)).rejects.toThrow(/read committed/)
  await drop()
})
