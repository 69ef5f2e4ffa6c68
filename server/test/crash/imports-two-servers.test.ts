import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verify } from '../../src/audit/verify.ts'
import type { Database } from '../../src/kernel/database/database.ts'
import { must } from '../support/network.ts'
import {
  expectChains,
  expectBatchResults,
  expectCustomers,
  expectNoBatches,
} from './import-checks.ts'
import { createImportClient } from './import-client.ts'
import type { ImportClient } from './import-client.ts'
import { importInto, makeImportFile } from './import-file.ts'
import { joinImporters, reportPeople } from './import-members.ts'
import type { Joined } from './import-members.ts'
import { passLeases, preparePostgres } from './import-place.ts'
import type { Place } from './import-place.ts'
import { startMortal } from './import-server.ts'
import type { MortalServer } from './import-server.ts'

const SEED = 20_261_129
const SHOPS = 5

let place: Place
let database: Database
let servers: { A: MortalServer; B: MortalServer }
let publisher: Joined
let shops: Joined[]

beforeAll(async () => {
  place = await preparePostgres()
  database = await place.open()
  servers = { A: await startMortal(place), B: await startMortal(place) }
  const joined = await joinImporters(servers.A.url(), SHOPS)
  ;({ publisher, shops } = joined)
})
afterAll(async () => {
  await Promise.all([servers.A.stop(), servers.B.stop()])
  await expectNoBatches(database)
  await expectChains(database.db)
  expect((await verify(database)).checks.filter(({ drift }) => drift > 0)).toEqual([])
  await database.close()
  await place.remove()
})

/** The same shop, as it calls the one server and the other. */
function shopAt(index: number): { shop: Joined; A: ImportClient; B: ImportClient } {
  const shop = shops[index]!
  const client = (name: 'A' | 'B') => createImportClient(servers[name].address, shop.key)
  return { shop, A: client('A'), B: client('B') }
}

test('a file goes to one of them, everything else is asked of the other', async () => {
  const { shop, A, B } = shopAt(0)
  const met = Array.from({ length: 100 }, (_, index) => index * 30)
  await reportPeople(servers.A.url(), publisher, met)
  const file = makeImportFile({ seed: SEED, from: 0, to: 3_000 })
  const { counts, after } = importInto(new Map(), file)
  const { id } = await must(A.call('POST', '/v1/imports'))
  const half = Math.floor(file.bytes.length / 2)
  await must(A.put(id, 0, file.bytes.subarray(0, half), '&last=false'))
  const { received_bytes: kept } = await must(B.call('GET', `/v1/imports/${id}`))
  expect(kept).toBeGreaterThan(half / 2)
  const followed = follow(servers.B.url(), shop.key, id)
  await must(B.put(id, kept, file.bytes.subarray(kept)))
  await A.until(id, ({ state }) => state === 'ready')
  expect(await followed).toMatchObject({ event: 'end', its: { state: 'ready' } })
  await must(B.call('POST', `/v1/imports/${id}/start`))
  const again = follow(servers.A.url(), shop.key, id)
  expect(await again).toMatchObject({ event: 'end', its: { state: 'finished', ...counts } })
  await expectBatchResults(database.db, shop.id, id, counts)
  await expectCustomers(database.db, shop.id, after)
  await must(A.call('POST', `/v1/imports/${id}/undo`))
  await B.until(id, ({ state }) => state === 'undone')
  await expectCustomers(database.db, shop.id, new Map())
  const chains = await expectChains(database.db)
  expect([...chains.values()]).toEqual(met.map(() => 2))
})

test('of one organization one import is run at a time, in order, by whichever', async () => {
  const { shop, A, B } = shopAt(1)
  const file = makeImportFile({ seed: SEED, from: 0, to: 2_000 })
  const ids: string[] = []
  for (const client of [A, B, A, B]) {
    const { id } = await must(client.call('POST', '/v1/imports?start=now'))
    await client.send(id, file.bytes)
    // Checks run side by side: who is checked first is first in line.
    await client.until(id, ({ state }) => state !== 'receiving' && state !== 'checking')
    ids.push(id)
  }
  for (const [index, id] of ids.entries()) {
    await A.until(id, ({ state }) => state === 'finished')
    const { body } = await B.call('GET', '/v1/imports')
    const others = body.objects.filter((its: { id: string }) => its.id !== id)
    const states = others.map(({ state }: { state: string }) => state)
    expect(states.filter((state: string) => state === 'running').length).toBeLessThanOrEqual(1)
    expect(states.filter((state: string) => state === 'finished').length).toBeGreaterThanOrEqual(
      index,
    )
  }
  const { counts, after } = importInto(new Map(), file)
  const { body } = await B.call('GET', '/v1/imports')
  const imports = body.objects.toReversed() as {
    id: string
    started_date: string
    ended_date: string
  }[]
  expect(imports.map(({ id }) => id)).toEqual(ids)
  for (const [index, its] of imports.entries()) {
    const before = imports[index - 1]
    if (before) expect(its.started_date >= before.ended_date).toBe(true)
    const again = { ...counts, created: 0, updated: 0, unchanged: counts.rows - counts.rejected }
    await expectBatchResults(database.db, shop.id, its.id, index === 0 ? counts : again)
  }
  await expectCustomers(database.db, shop.id, after)
})

test('those of two organizations are run side by side', async () => {
  const file = makeImportFile({ seed: SEED, from: 0, to: 6_000 })
  const { counts, after } = importInto(new Map(), file)
  const both = [shopAt(2), shopAt(3)]
  const ran = await Promise.all(
    both.map(async ({ A, B }) => {
      const { id } = await must(A.call('POST', '/v1/imports'))
      await A.send(id, file.bytes)
      await B.until(id, ({ state }) => state === 'ready')
      return { id, A, B }
    }),
  )
  await Promise.all(ran.map(({ id, A }) => must(A.call('POST', `/v1/imports/${id}/start`))))
  const ended = await Promise.all(
    ran.map(({ id, B }) => B.until(id, ({ state }) => state === 'finished')),
  )
  const lastStart = ended.map((its) => its.started_date as string).sort()[1]!
  const firstEnd = ended.map((its) => its.ended_date as string).sort()[0]!
  expect(lastStart < firstEnd).toBe(true)
  for (const [index, { id }] of ran.entries()) {
    await expectBatchResults(database.db, both[index]!.shop.id, id, counts)
    await expectCustomers(database.db, both[index]!.shop.id, after)
  }
})

test(
  'what one had in hand is taken over: when it hangs, and when it is killed',
  { timeout: 120_000 },
  async () => {
    const { shop, A, B } = shopAt(4)
    const file = makeImportFile({ seed: SEED, from: 0, to: 12_000 })
    const { counts, after } = importInto(new Map(), file)
    // Only one of them is there to take it in hand.
    await servers.B.stop()
    const { id } = await must(A.call('POST', '/v1/imports?start=now'))
    await A.send(id, file.bytes)
    await A.until(id, ({ rows }) => rows > 0)
    const seen = await pauseBetweenTxs(servers.A)
    expect(seen).toBe('running')
    await servers.B.start()
    await passLeases(place)
    const { rows } = await B.until(id, ({ rows }) => rows >= 6_000)
    expect(rows).toBeLessThan(counts.rows)
    // It goes on where it was, and finds that it may not write any more.
    servers.A.resume()
    await B.until(id, ({ rows }) => rows >= 9_000)
    await servers.B.kill(() => passLeases(place))
    const finished = await A.until(id, ({ state }) => state === 'finished')
    expect(finished).toMatchObject(counts)
    await expectBatchResults(database.db, shop.id, id, counts)
    await expectCustomers(database.db, shop.id, after)
  },
)

/** Pauses a server where it holds no locks, for which another would have to wait a minute. */
async function pauseBetweenTxs(server: MortalServer): Promise<string | undefined> {
  for (;;) {
    server.pause()
    const { rows } = await sql<{ state: string; open: number }>`
      select (select state from imports order by created_at desc limit 1) as state,
        (select count(*)::int from pg_stat_activity
          where datname = current_database() and state like 'idle in transaction%') as open`.execute(
      database.db,
    )
    if (rows[0]?.open === 0) return rows[0].state
    server.resume()
  }
}

/** Follows an import to its last event. */
async function follow(url: string, key: string, id: string) {
  const headers = { authorization: `Basic ${btoa(`${key}:`)}` }
  const text = await (await fetch(`${url}/v1/imports/${id}/events`, { headers })).text()
  const last = text.trimEnd().split('\n\n').at(-1) ?? ''
  const [, event, json = '{}'] = /^event: (\w+)\ndata: (.*)$/.exec(last) ?? []
  return { event, its: JSON.parse(json) as object }
}
