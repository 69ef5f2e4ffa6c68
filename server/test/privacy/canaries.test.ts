import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { openPGlite, openPostgres } from '../../src/kernel/database/database.ts'
import type { Database } from '../../src/kernel/database/database.ts'
import { startChild } from '../crash/child-server.ts'
import { dumpRows } from '../support/dump.ts'
import { createCall, must } from '../support/network.ts'
import { startPostgres } from '../support/postgres.ts'
import { startReceiver } from '../support/receiver.ts'
import type { Receiver } from '../support/receiver.ts'
import { findIn, findInFolder, formsOf, formsOfHex, HEX_MARK, MARK } from './canaries.ts'
import type { Needle } from './canaries.ts'
import { callWithCanaries, deviceMark } from './hostile-calls.ts'
import { importWithCanaries } from './import-canaries.ts'
import { shopWithCanaries } from './shopping-calls.ts'

/** Nobody's secret, and in every database: shows that the search finds what is there. */
const CONTROL = 'Control-Shop-Of-The-Canaries'

/** Plants the canaries through the API; returns what else must not be found. */
async function plant(url: string, operatorKey: string, receiver: Receiver): Promise<Needle[]> {
  const operator = createCall(url, operatorKey)
  const join = async (name: string, role: string): Promise<{ id: string; key: string }> => {
    const { id } = await must(operator('POST', '/operator/v1/organizations', { name, role }))
    const path = `/operator/v1/organizations/${id}`
    if (role === 'merchant') await must(operator('PATCH', path, { customer_segments: true }))
    return { id, key: (await must(operator('POST', `${path}/keys`, { name: 'test' }))).key }
  }
  const [shop, publisher] = [await join(CONTROL, 'merchant'), await join('P', 'publisher')]
  const path = `/operator/v1/partnerships/${publisher.id}/${shop.id}`
  await must(operator('PUT', path, { status: 'approved' }))
  const call = createCall(url, publisher.key)
  const fields = {
    event_types: ['segment-change', 'tx-pending', 'tx-declined'],
    description: `${MARK} was here`,
  }
  const hook = await must(
    call('POST', '/v1/webhooks', { ...fields, url: `${receiver.url}&${MARK}` }),
  )
  const dead = { ...fields, url: `http://127.0.0.1:9/${MARK}` }
  await must(call('POST', '/v1/webhooks', dead))
  const before = receiver.received.length
  const statuses = await callWithCanaries(url, { publisher: publisher.key, shop: shop.key })
  const odd = statuses.filter((status) => ![200, 400, 401, 403, 404, 409].includes(status))
  expect(odd).toEqual([])
  await importWithCanaries(url, { publisher: publisher.key, shop: shop.key })
  const made = await shopWithCanaries(url, { publisher, shop })
  await receiver.arrived(before + 2)
  const rotated = await must(call('POST', `/v1/webhooks/${hook.id}/rotate-secret`, {}))
  const secrets = {
    shop: shop.key,
    publisher: publisher.key,
    hook: hook.secret,
    new: rotated.secret,
  }
  return [
    ...Object.entries(secrets).flatMap(([name, secret]) =>
      formsOf(`the secret of ${name}`, secret),
    ),
    ...made.flatMap((each) => formsOf('a token or a quote', each)),
  ]
}

const planted: Needle[] = [
  ...formsOf('a text', MARK),
  ...formsOfHex('a hash', HEX_MARK),
  ...formsOf('a device', deviceMark),
]

/** All rows of all tables as text. */
async function dump({ db }: Database): Promise<Buffer> {
  const rows = await dumpRows(db)
  return Buffer.from([...rows.values()].flat().join('\n'))
}

test(
  'nothing private is in the embedded database, its files or the logs',
  { timeout: 120_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'newcomer-canaries-'))
    const temporary = await mkdtemp(join(tmpdir(), 'newcomer-canaries-tmp-'))
    const env = { NEWCOMER_DATA: folder, TMPDIR: temporary, LOG_LEVEL: 'trace' }
    const receiver = await startReceiver({
      status: 500,
      headers: { location: `http://${MARK}.example` },
    })
    try {
      let server = await startChild(env)
      const operatorKey = (await readFile(join(folder, 'operator-key'), 'utf8')).trim()
      const needles = [...planted, ...formsOf('the operator key', operatorKey)]
      needles.push(...formsOf('the key', (await readFile(join(folder, 'key'), 'utf8')).trim()))
      const files = { key: join(folder, 'key'), operator: join(folder, 'operator-key') }
      for (const path of Object.values(files)) expect((await stat(path)).mode & 0o777).toBe(0o600)
      needles.push(...(await plant(server.url, operatorKey, receiver)))
      await server.kill9()
      const logs = [server.output()]
      const search = async () => [
        ...(await findInFolder(folder, needles, ['key', 'operator-key'])),
        ...(await findInFolder(temporary, needles)),
      ]
      expect(await search()).toEqual([])
      const control = await findInFolder(folder, formsOf('control', CONTROL))
      expect(control.join()).toContain('control as it is')

      server = await startChild(env)
      needles.push(...(await plant(server.url, operatorKey, receiver)))
      expect(await server.stop()).toBe(0)
      logs.push(server.output())
      expect(await search()).toEqual([])
      for (const log of logs) {
        expect(log).toContain('"route":"/v1/order"')
        expect(log).toContain('"route":"/v1/imports/:id/file"')
        expect(findIn('the log', Buffer.from(log), needles)).toEqual([])
      }
      const database = await openPGlite({ folder })
      const rows = await dump(database)
      await database.close()
      expect(rows.includes(CONTROL)).toBe(true)
      expect(findIn('the dump', rows, needles)).toEqual([])
    } finally {
      await receiver.close()
      await rm(folder, { recursive: true, force: true })
      await rm(temporary, { recursive: true, force: true })
    }
  },
)

test(
  'nothing private is in PostgreSQL, its files, its log or ours',
  { timeout: 120_000 },
  async () => {
    const postgres = await startPostgres()
    const receiver = await startReceiver(500)
    try {
      const url = postgres.url('postgres')
      const operatorKey = `op-${MARK}-of-operator`
      const key = '5ca1ab1e'.repeat(8)
      const env = { DATABASE_URL: url, NEWCOMER_KEY: key, NEWCOMER_OPERATOR_KEY: operatorKey }
      const server = await startChild({ ...env, LOG_LEVEL: 'trace' })
      const needles = [...planted, ...formsOfHex('the key', key)]
      needles.push(...(await plant(server.url, operatorKey, receiver)))
      expect(await server.stop()).toBe(0)
      const database = await openPostgres(url, { poolSize: 3 })
      await sql`checkpoint`.execute(database.db)
      const rows = await dump(database)
      await database.close()
      expect(rows.includes(CONTROL)).toBe(true)
      expect(findIn('the dump', rows, needles)).toEqual([])
      expect(findIn('the log', Buffer.from(server.output()), needles)).toEqual([])
      expect(await findInFolder(postgres.folder, needles)).toEqual([])
      const control = await findInFolder(postgres.folder, formsOf('control', CONTROL))
      expect(control.join()).toMatch(/control as it is: in \S*pg_wal/)
    } finally {
      await receiver.close()
      await postgres.stop()
    }
  },
)
