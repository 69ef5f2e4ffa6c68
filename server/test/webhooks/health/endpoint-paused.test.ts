import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkLanes } from '../../../src/audit/check-deliveries.ts'
import { getEndpoint, resumeDeliveries } from '../../../src/webhooks/endpoints/change-endpoint.ts'
import type { Endpoint } from '../../../src/webhooks/endpoints/endpoint.ts'
import { inTx } from '../../../src/kernel/database/transaction.ts'
import { SERVICE } from '../../../src/journal/entry.ts'
import { listFailing } from '../../../src/webhooks/health/auto-pause.ts'
import { databases } from '../../support/databases.ts'
import { startReceiver } from '../../support/receiver.ts'
import type { Receiver } from '../../support/receiver.ts'
import { createWorld } from '../world.ts'
import type { World } from '../world.ts'

const MINUTE_MS = 60_000
const NOW = '2025-03-04T10:00:00.000Z'

describe.each(databases)('an endpoint that pauses itself on $name', (testDatabase) => {
  let world: World
  let failing: Receiver
  let other: Receiver

  beforeEach(async () => {
    world = await createWorld(testDatabase)
    failing = await startReceiver(503)
    other = await startReceiver(200)
  })

  afterEach(async () => {
    await world.close()
    await failing.close()
    await other.close()
  })

  const read = ({ id }: Endpoint) =>
    getEndpoint(world.database.db, world.vault, world.publisher, id)
  const resume = ({ id }: Endpoint) => {
    const by = {
      vault: world.vault,
      organization: world.publisher,
      act: SERVICE,
      now: world.clock.now(),
    }
    return inTx(world.database.db, (tx) => resumeDeliveries(tx, by, id))
  }
  const customers = (count: number) => Array.from({ length: count }, () => world.customer())

  async function freePort(): Promise<number> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    return port
  }

  test('says why: how many of how many were failing, and what was answered last', async () => {
    const endpoint = await world.endpoint(failing.url)
    expect((await read(endpoint)).pause).toBeNull()
    const dispatcher = world.dispatcher()
    failing.answer(200)
    await world.happen(...customers(3))
    await dispatcher.deliverDue()
    failing.answer(503)
    await world.happen(...customers(5))
    await dispatcher.deliverDue()
    expect((await read(endpoint)).pause).toEqual({
      ...{ reason: 'failures', at: new Date(NOW), by: null },
      ...{ failing: 5, attempted: 8, status: 503, error: null },
    })
    expect((await resume(endpoint)).pause).toBeNull()
  })

  test('says how many, also when far more than were needed fail together', async () => {
    await world.endpoint(failing.url)
    await world.happen(...customers(12))
    const { db } = world.database
    await sql`update lanes set attempt = 1, failing_since = ${NOW}, failed_at = ${NOW}`.execute(db)
    const { rows } = await sql<{ endpoint: number }>`
      insert into minute_counts (endpoint, minute, first_attempts)
      select number, ${NOW}, 20 from endpoints returning endpoint`.execute(db)
    const endpoint = rows[0]!.endpoint
    expect(await inTx(db, (tx) => listFailing(tx, [endpoint], new Date(NOW)))).toEqual([
      { endpoint, failing: 12, attempted: 20 },
    ])
  })

  test('without an answer it says what happened instead', async () => {
    const endpoint = await world.endpoint(`http://127.0.0.1:${await freePort()}/`)
    await world.happen(...customers(5))
    await world.dispatcher().deliverDue()
    const why = { failing: 5, attempted: 5, status: null, error: 'refused' }
    expect((await read(endpoint)).pause).toMatchObject(why)
  })

  test('the other endpoints that asked for it are told, in the same turn of the worker', async () => {
    const about = await world.endpoint(failing.url, ['segment-change', 'endpoint-paused'])
    await world.endpoint(other.url, ['endpoint-paused'])
    const deaf = await startReceiver(200)
    await world.endpoint(deaf.url, ['tx-pending'])
    failing.answer(410)
    await world.happen(world.customer())
    expect(await world.dispatcher().deliverDue()).toBe(2)

    expect((await read(about)).pause).toMatchObject({ reason: 'gone', status: 410, failing: null })
    const attempts = await world.attempts()
    const { rows: events } = await sql<{ id: string }>`
      select id from events where type = 'endpoint-paused'`.execute(world.database.db)
    expect(other.received.map(({ body }) => body)).toEqual([
      {
        id: events[0]?.id,
        request_id: attempts.find(({ outcome }) => outcome === 'acknowledged')?.id,
        ...{ event_type: 'endpoint-paused', type: 'endpoint-paused', timestamp: NOW, sequence: 1 },
        data: {
          ...{ endpoint_id: about.id, url: failing.url, reason: 'gone', failing: null },
          ...{ attempted: null, status: 410, error: null, paused_date: NOW },
        },
      },
    ])
    expect(events).toHaveLength(1)
    expect(deaf.received).toEqual([])
    expect((await checkLanes(world.database.db)).drift).toBe(0)
    await deaf.close()
  })

  test('each pause is told in order, and nothing of it waits at the endpoint itself', async () => {
    const about = await world.endpoint(failing.url, ['segment-change', 'endpoint-paused'])
    await world.endpoint(other.url, ['endpoint-paused'])
    other.answer(500, 200)
    const dispatcher = world.dispatcher()
    for (const round of [1, 2]) {
      await world.happen(...customers(5))
      await dispatcher.deliverDue()
      expect((await read(about)).pause?.reason, `round ${round}`).toBe('failures')
      world.clock.advance(MINUTE_MS)
      failing.answer(200)
      await resume(about)
      await dispatcher.deliverDue()
      failing.answer(503)
    }
    const told = other.received.map(({ body }) => [body['event_type'], body['sequence']])
    expect(told).toEqual([1, 1, 2].map((sequence) => ['endpoint-paused', sequence]))
    const events = failing.received.map(({ body }) => body['event_type'])
    expect(new Set(events)).toEqual(new Set(['segment-change']))
    expect((await checkLanes(world.database.db)).drift).toBe(0)
  })

  test('two workers that find it at once tell of it once', async () => {
    await world.endpoint(failing.url)
    await world.endpoint(other.url, ['endpoint-paused'])
    await world.happen(...customers(200))
    const workers = [world.dispatcher(), world.dispatcher()]
    await Promise.all(workers.map((worker) => worker.deliverDue()))
    for (const worker of workers) await worker.deliverDue()
    expect(other.received).toMatchObject([{ body: { sequence: 1 } }])
  })

  test('the check of deliveries misses a pause that was not told of', async () => {
    await world.endpoint(failing.url)
    await world.endpoint(other.url, ['endpoint-paused'])
    world.clock.advance(1)
    failing.answer(410)
    await world.happen(world.customer())
    await world.dispatcher().deliverDue()
    const { db } = world.database
    await sql`delete from lanes where tail = 1 and endpoint = (
      select endpoint from subscriptions where event_type = 'endpoint-paused')`.execute(db)
    await sql`delete from attempts where outcome = 'acknowledged'`.execute(db)
    expect((await checkLanes(db)).drift).toBe(1)
  })

  test('settings that cannot be read do not keep it from pausing', async () => {
    const endpoint = await world.endpoint(failing.url)
    await world.endpoint(other.url, ['endpoint-paused'])
    await world.happen(...customers(5))
    const { db } = world.database
    await sql`
      update endpoints set blob = set_byte(blob, 20, get_byte(blob, 20) # 1)
      where number = ${endpoint.number}`.execute(db)
    await world.dispatcher().deliverDue()
    const data = { endpoint_id: endpoint.id, url: null, reason: 'failures', error: 'unsendable' }
    expect(other.received).toMatchObject([{ body: { data } }])
  })

  test('no URL is kept in plain', async () => {
    await world.endpoint(`${failing.url}&token=canary`)
    failing.answer(410)
    await world.happen(world.customer())
    await world.dispatcher().deliverDue()
    const { rows } = await sql<{ dump: string; type: string }>`
      select e::text as dump, type from events e`.execute(world.database.db)
    expect(rows.map(({ type }) => type).sort()).toEqual(['endpoint-paused', 'segment-change'])
    const hex = Buffer.from('canary').toString('hex')
    for (const { dump } of rows) expect(dump).not.toMatch(new RegExp(`canary|${hex}`))
  })
})
