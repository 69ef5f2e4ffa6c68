import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPostgres } from '../../src/kernel/database/database.ts'
import { createCall } from '../support/network.ts'
import { startPostgres } from '../support/postgres.ts'
import type { Postgres } from '../support/postgres.ts'
import { complaintsOf, startChild } from './child-server.ts'
import type { ChildServer } from './child-server.ts'
import { createDice } from './dice.ts'
import { checkEnd, endLeases } from './final-checks.ts'
import { createAddress, createMilestones, startLoad } from './load.ts'
import { joinNetwork } from './members.ts'
import { makeReports } from './reports.ts'
import { startWitness } from './witness.ts'
import type { Witness } from './witness.ts'
import { EFFORT } from '../support/effort.ts'

const OPERATOR_KEY = 'op-a-key-for-tests-only'
const PEOPLE = 250 * EFFORT
const KILLS = 3 * EFFORT
const SEED = 20_260_303

let postgres: Postgres
let server: ChildServer
let witnesses: { A: Witness; B: Witness }

beforeAll(async () => {
  // What an operator's PostgreSQL does: what it says is committed is on the disk.
  postgres = await startPostgres({ settings: { fsync: 'on', synchronous_commit: 'on' } })
  witnesses = { A: await startWitness(), B: await startWitness() }
  server = await startChild({
    DATABASE_URL: postgres.url('postgres'),
    NEWCOMER_KEY: 'ef'.repeat(32),
    NEWCOMER_OPERATOR_KEY: OPERATOR_KEY,
  })
})
afterAll(async () => {
  await server.kill9()
  await Promise.all([witnesses.A.close(), witnesses.B.close()])
  await postgres.stop()
})

test(
  `PostgreSQL is killed under the server (seed ${SEED})`,
  { timeout: 240_000 * EFFORT },
  async () => {
    const { url } = server
    const dice = createDice(SEED)
    const reports = makeReports(SEED, PEOPLE)
    const receivers = { A: witnesses.A.url, B: witnesses.B.url }
    const members = await joinNetwork(url, OPERATOR_KEY, receivers)
    for (const name of ['A', 'B'] as const) witnesses[name].expectSecret(members.hooks[name].secret)
    const address = createAddress()
    address.set(url)
    const reached = createMilestones()
    const load = startLoad(reports, { address, keys: members.keys, acknowledged: reached.count })
    for (let kill = 1; kill <= KILLS; kill++) {
      const share = (kill - 0.8 + 0.6 * dice.next()) / KILLS
      await Promise.race([reached.at(Math.floor(share * reports.length)), load.done])
      await postgres.kill9()
      await postgres.restart()
    }
    const results = await load.done
    // The server lives through all of it: no call lost its connection.
    expect(server.hasEnded, server.output()).toBe(false)
    expect(load.lost()).toBe(0)
    // A claim whose lanes could not be read any more holds them until its lease ends.
    const database = await openPostgres(postgres.url('postgres'), { poolSize: 3 })
    await endLeases(database.db)
    await database.close()
    const ended = { url, operatorKey: OPERATOR_KEY, members, reports, results, witnesses }
    await checkEnd(ended).catch((error: unknown) => {
      throw new Error(server.output(), { cause: error })
    })
    expect(complaintsOf(server)).toEqual([])
  },
)

test(
  'while PostgreSQL is away calls are answered 503, then as before',
  { timeout: 90_000 },
  async () => {
    const operator = createCall(server.url, OPERATOR_KEY)
    const organization = { name: 'Late', role: 'merchant' }
    const made = await operator('POST', '/operator/v1/organizations', organization)
    const path = `/operator/v1/organizations/${made.body.object.id}/keys`
    const { body } = await operator('POST', path, { name: 'test' })
    const shop = createCall(server.url, body.object.key)
    await postgres.kill9()
    const orders = Array.from({ length: 40 }, (_, index) => ({
      order_id: `late-${index}`,
      total: 1,
      currency: 'USD',
      customer: { id: `late-${index}` },
    }))
    const send = () => Promise.all(orders.map((order) => shop('POST', '/v1/order', order)))
    const away = await send()
    expect(new Set(away.map(({ status }) => status))).toEqual(new Set([503]))
    expect(await shop('GET', '/v1/customers/late-1')).toMatchObject({ status: 503 })
    expect(await shop('GET', '/v1/webhooks')).toMatchObject({ status: 503 })
    expect(await createCall(server.url, '')('GET', '/readyz')).toMatchObject({ status: 503 })
    expect(await createCall(server.url, '')('GET', '/healthz')).toMatchObject({ status: 200 })
    await postgres.restart()
    // Keys are taken again once what is held in memory is confirmed.
    const ready = async () => (await createCall(server.url, '')('GET', '/readyz')).status
    await expect.poll(ready, { timeout: 10_000 }).toBe(200)
    const back = await send()
    expect(new Set(back.map(({ status }) => status))).toEqual(new Set([200]))
    expect(server.hasEnded).toBe(false)
    expect(complaintsOf(server)).toEqual([])
  },
)
