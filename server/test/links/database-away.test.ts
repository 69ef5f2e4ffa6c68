import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openPostgres } from '../../src/kernel/database/database.ts'
import type { Database } from '../../src/kernel/database/database.ts'
import { startNetwork } from '../support/network.ts'
import type { Network } from '../support/network.ts'
import { startPostgres } from '../support/postgres.ts'
import type { Postgres } from '../support/postgres.ts'
import { attribute, follow, linkTo, register } from './shoppers.ts'

let postgres: Postgres
let database: Database
let network: Network

beforeAll(async () => {
  postgres = await startPostgres()
  database = await openPostgres(postgres.url('postgres'))
  network = await startNetwork({ database, publishers: 1, merchants: 1 })
})
afterAll(async () => {
  await network.stop()
  await database.close()
  await postgres.stop()
})

test('clicks while PostgreSQL is down are there once it is up', { timeout: 120_000 }, async () => {
  const [shop] = network.merchants
  await register(shop!, 'shop.example')
  const link = await linkTo(network.publishers[0]!, 'https://shop.example/tea')
  await postgres.kill9()
  const shoppers = await Promise.all(Array.from({ length: 300 }, () => follow(link)))
  expect(new Set(shoppers.map(({ status }) => status))).toEqual(new Set([302]))
  const tokens = shoppers.map(({ token }) => token)
  expect(new Set(tokens.filter((token) => token !== null)).size).toBe(300)
  await postgres.restart()
  // Whoever stops the program doesn't lose what it has still to write.
  const close = vi.spyOn(network.server.parts.clicks, 'close')
  await network.server.stop()
  expect(close).toHaveBeenCalledOnce()
  expect((await attribute(network, shop!, tokens)).size).toBe(300)
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from clicks`.execute(database.db)
  expect(rows[0]?.count, 'each once').toBe(300)
})
