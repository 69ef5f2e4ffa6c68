import { readFileSync } from 'node:fs'
import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCall, must } from '../support/network.ts'
import { EFFORT } from '../support/effort.ts'
import { run } from '../start/program.ts'
import { complaintsOf, startChild } from './child-server.ts'
import type { ChildServer } from './child-server.ts'
import { createDice } from './dice.ts'
import { checkEnd } from './final-checks.ts'
import { OPERATOR_KEY, passLeases, preparePostgres } from './import-place.ts'
import type { Place } from './import-place.ts'
import { createAddress, createMilestones, startLoad } from './load.ts'
import { joinNetwork } from './members.ts'
import type { Members } from './members.ts'
import { makeReports } from './reports.ts'
import { stopUnderWay } from './stop-under-way.ts'
import { startWitness } from './witness.ts'
import type { Witness } from './witness.ts'

const PROCESSES = 2
const PEOPLE = 150 * EFFORT
const KILLS = 2 * EFFORT
const SEED = 20_261_201

let place: Place
let server: ChildServer
let members: Members
let witnesses: Record<'A' | 'B', Witness>

beforeAll(async () => {
  place = await preparePostgres()
  witnesses = { A: await startWitness(), B: await startWitness() }
  const env = { NEWCOMER_PROCESSES: String(PROCESSES), LOG_LEVEL: 'info' }
  server = await startChild({ ...place.env, ...env })
  const receivers = { A: witnesses.A.url, B: witnesses.B.url }
  members = await joinNetwork(server.url, OPERATOR_KEY, receivers)
  for (const name of ['A', 'B'] as const) witnesses[name].expectSecret(members.hooks[name].secret)
})
afterAll(async () => {
  await server.kill9()
  await Promise.all([witnesses.A.close(), witnesses.B.close()])
  await place.remove()
})

/** On a connection of its own, which any of the processes may get. */
async function get(path: string, key?: string): Promise<{ status: number; text: string }> {
  const headers = key === undefined ? {} : { authorization: `Basic ${btoa(`${key}:`)}` }
  const call = request(server.url + path, { agent: false, headers }).end()
  const [answer] = (await once(call, 'response')) as [IncomingMessage]
  const text = (await answer.setEncoding('utf8').toArray()).join('')
  return { status: answer.statusCode ?? 0, text }
}

/** The sum of a metric over its labels, of those that have these among them. */
async function metric(name: string, labels = ''): Promise<number> {
  const { text } = await get('/metrics')
  const lines = text.split('\n').filter((line) => new RegExp(`^${name}[ {]`).test(line))
  const values = lines.filter((line) => line.includes(labels)).map((line) => line.split(' ').at(-1))
  return values.reduce((sum, value) => sum + Number(value), 0)
}

const untilAllServe = () =>
  expect.poll(() => metric('newcomer_processes'), { timeout: 60_000 }).toBe(PROCESSES)

/** What the program itself started. */
function listWorkers(): number[] {
  const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8')
  return children.trim().split(' ').filter(Boolean).map(Number)
}

/** Those that began to serve, or answered a request, by the log. */
function processesOf(message: string): Set<number> {
  const lines = server
    .output()
    .split('\n')
    .filter((line) => line.includes(`"msg":"${message}"`))
  return new Set(lines.map((line) => (JSON.parse(line) as { process: number }).process))
}

test('all take calls of one port, and any of them shows what all have counted', async () => {
  await untilAllServe()
  const count = () =>
    metric('newcomer_http_request_duration_seconds_count', 'route="/v1/merchants"')
  const before = await count()
  for (let call = 0; call < 20; call++) {
    expect((await get('/v1/merchants', members.keys.A)).status).toBe(200)
  }
  for (let asked = 0; asked < 4; asked++) expect((await count()) - before).toBe(20)
  expect(processesOf('request')).toEqual(new Set([1, 2]))
  expect(await metric('newcomer_webhooks'), 'both know of the two').toBe(2)
  expect(await metric('process_resident_memory_bytes'), 'of all').toBeGreaterThan(PROCESSES * 40e6)
})

test('a limit holds over all of them', async () => {
  const operator = createCall(server.url, OPERATOR_KEY)
  const organization = await must(
    operator('POST', '/operator/v1/organizations', { name: 'Greedy', role: 'publisher' }),
  )
  const path = `/operator/v1/organizations/${organization.id}`
  await must(operator('PATCH', path, { requests_per_minute: 1_000 }))
  const { key } = await must(operator('POST', `${path}/keys`, { name: 'test' }))
  const customers = Array.from({ length: 1_000 }, (_, index) => ({ id: `c-${index}` }))
  const call = createCall(server.url, key)
  // One connection: what one process counts and owes for minutes, by itself.
  for (let batch = 0; batch < 3; batch++) {
    await call('POST', '/v1/customers/batch', { customers })
  }
  let admitted = 0
  const refusals = async (): Promise<number> => {
    const statuses = await Promise.all(
      Array.from({ length: 40 }, async () => (await get('/v1/merchants', key)).status),
    )
    admitted += statuses.filter((status) => status === 200).length
    return statuses.filter((status) => status === 429).length
  }
  await expect.poll(refusals, { timeout: 10_000, interval: 100 }).toBe(40)
  // By itself the other would have let through a thousand.
  expect(admitted).toBeLessThan(500)
})

const killTimeout = 240_000 * EFFORT
test('one that is killed is replaced, and nothing is lost', { timeout: killTimeout }, async () => {
  const dice = createDice(SEED)
  const reports = makeReports(SEED, PEOPLE)
  const address = createAddress()
  address.set(server.url)
  const reached = createMilestones()
  const { keys } = members
  const load = startLoad(reports, { address, keys, acknowledged: reached.count })
  const workers = listWorkers()
  for (let kill = 1; kill <= KILLS; kill++) {
    const share = (kill - 0.8 + 0.6 * dice.next()) / (KILLS + 1)
    await Promise.race([reached.at(Math.floor(share * reports.length)), load.done])
    const before = listWorkers()
    process.kill(before[dice.whole(before.length - 1)]!, 'SIGKILL')
    await untilAllServe()
  }
  const requests = await metric('newcomer_http_request_duration_seconds_count')
  const results = await load.done
  // What they have in hand comes due when its lease ends: tests do not wait that minute.
  for (const pid of listWorkers()) process.kill(pid, 'SIGKILL')
  await passLeases(place)
  await untilAllServe()
  expect(listWorkers().filter((pid) => workers.includes(pid))).toEqual([])
  expect(
    await metric('newcomer_http_request_duration_seconds_count'),
    'what the dead had counted',
  ).toBeGreaterThanOrEqual(requests)
  const ended = { url: server.url, operatorKey: OPERATOR_KEY, members, reports, results, witnesses }
  await checkEnd(ended)
  const complaints = complaintsOf(server).filter(
    (line) => !line.includes('another takes its place'),
  )
  expect(complaints).toEqual([])
})

test('a stop answers all that is under way, in each of them', { timeout: 90_000 }, async () => {
  const shop = createCall(server.url, members.keys.shop)
  const statuses = await stopUnderWay(server, shop, 'stop')
  const stops = server
    .output()
    .split('\n')
    .filter((line) => line.includes('"msg":"Stopped."'))
  expect(stops, 'each process, and the primary').toHaveLength(PROCESSES + 1)

  const database = await place.open()
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from orders`.execute(database.db)
  await database.close()
  expect(rows[0]!.count).toBeGreaterThanOrEqual(statuses.filter((status) => status === 200).length)
})

test('where the first cannot start it says why, and nothing goes on', async () => {
  const { ended } = run('main.ts', {
    NEWCOMER_PROCESSES: '2',
    NEWCOMER_MODE: 'development',
    NEWCOMER_KEY: 'cd'.repeat(32),
    DATABASE_URL: 'postgres://127.0.0.1:1/nowhere',
  })
  const { code, errors, output } = await ended
  expect([code, output]).toEqual([1, ''])
  expect(errors).toContain("The database of DATABASE_URL can't be reached (ECONNREFUSED).")
  expect(errors.match(/did not start/g)).toHaveLength(1)
})
