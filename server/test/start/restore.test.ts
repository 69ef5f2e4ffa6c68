import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pgDump } from '@electric-sql/pglite-tools/pg_dump'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { openPGlite, openPostgres } from '../../src/kernel/database/database.ts'
import type { Database } from '../../src/kernel/database/database.ts'
import { createLog } from '../../src/kernel/log.ts'
import { startServer } from '../../src/start.ts'
import { dumpRows } from '../support/dump.ts'
import { emailHash } from '../support/hash.ts'
import { createCall, must, networkConfig, startNetwork } from '../support/network.ts'
import type { Network } from '../support/network.ts'
import { copyPGliteTemplate, dropPostgres, makeDataFolder } from '../support/templates.ts'

/** As docs/operating.md says: the database is put in place under the same key, and the program is started. */
describe('a backup', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'newcomer-restore-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  test('of the data folder, taken while nothing runs, is the service again', async () => {
    const data = await makeDataFolder(inject('pgliteFolder'), 'backup')
    try {
      const database = await openPGlite({ folder: join(data, 'pg') })
      const before = await live(database)
      await database.close()
      await cp(join(data, 'pg'), join(folder, 'pg'), { recursive: true })
      await rm(data, { recursive: true })
      const restored = await openPGlite({ folder: join(folder, 'pg') })
      try {
        await expectRestored(restored, before)
      } finally {
        await restored.close()
      }
    } finally {
      await rm(data, { recursive: true, force: true })
    }
  })

  test('by pg_dump, restored into an empty PostgreSQL, is the service again', async () => {
    const instance = await copyPGliteTemplate(inject('pgliteTemplate'))
    const database = await openPGlite({ instance })
    const before = await live(database)
    const dump = await pgDump({ pg: instance, args: ['--inserts', '--no-owner'] })
    await database.close()
    const server = inject('postgresUrl')
    const url = new URL(server)
    url.pathname = `restored_${process.pid}`
    await execute(server, `create database ${url.pathname.slice(1)}`)
    try {
      await execute(url.href, await dump.text())
      const restored = await openPostgres(url.href, { poolSize: 4 })
      try {
        await expectRestored(restored, before)
      } finally {
        await restored.close()
      }
    } finally {
      await dropPostgres(server, url.href)
    }
  })
})

interface Before {
  rows: Map<string, string[]>
  publisher: string
  merchant: string
}

/** A network in which something has happened, stopped again; answers what is in its database. */
async function live(database: Database): Promise<Before> {
  const network: Network = await startNetwork({ database, publishers: 1 })
  const [publisher] = network.publishers
  const [merchant] = network.merchants
  try {
    for (const name of ['anna', 'ben']) {
      const customer = { id: name, email_sha256: emailHash(name) }
      await must(publisher!.call('POST', '/v1/customers', customer))
    }
    await buy(merchant!.call, 'anna')
  } finally {
    await network.stop()
  }
  return {
    rows: await dumpRows(database.db),
    publisher: publisher!.key,
    merchant: merchant!.key,
  }
}

const buy = (call: Network['operator']['call'], name: string) => {
  const customer = { email_sha256: emailHash(name) }
  const order = { order_id: `order-${name}`, total: 100, currency: 'USD', customer }
  return must(call('POST', '/v1/order', order))
}

async function expectRestored(database: Database, { rows, publisher, merchant }: Before) {
  expect(await sorted(database)).toEqual(sortEach(rows))
  const server = await startServer({
    ...{ database, log: createLog('silent'), config: networkConfig() },
  })
  try {
    expect((await server.parts.verify()).drift).toBe(0)
    const call = createCall(server.url, publisher)
    const segmentOf = async (id: string): Promise<string> =>
      (await must(call('GET', `/v1/customers/${id}`))).segments[0].name
    expect([await segmentOf('anna'), await segmentOf('ben')]).toEqual(['active', 'new'])
    // It goes on: whom it knew before, it matches.
    await buy(createCall(server.url, merchant), 'ben')
    expect(await segmentOf('ben')).toBe('active')
    const made = { name: 'made after', role: 'publisher' }
    const operator = createCall(server.url, networkConfig().operatorKey!)
    await must(operator('POST', '/operator/v1/organizations', made))
    expect((await server.parts.verify()).drift).toBe(0)
  } finally {
    await server.stop()
  }
}

const sorted = async ({ db }: Database) => sortEach(await dumpRows(db))
const sortEach = (rows: Map<string, string[]>): Map<string, string[]> =>
  new Map([...rows].map(([table, each]) => [table, each.toSorted()]))

async function execute(url: string, statements: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statements)
  } finally {
    await client.end()
  }
}
