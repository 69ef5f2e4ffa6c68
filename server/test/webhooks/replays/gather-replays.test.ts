import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inTx, onCommit } from '../../../src/kernel/database/transaction.ts'
import { SERVICE } from '../../../src/journal/entry.ts'
import {
  editEndpoint,
  pauseEndpoint,
  removeEndpoint,
} from '../../../src/webhooks/endpoints/change-endpoint.ts'
import { deleteOldReplays } from '../../../src/events/replay-store.ts'
import type { Endpoint } from '../../../src/webhooks/endpoints/endpoint.ts'
import type { NewEvent } from '../../../src/events/event.ts'
import { eraseSubjects } from '../../../src/events/erase-subjects.ts'
import { createGathering, gatherSet } from '../../../src/webhooks/replays/gather-replays.ts'
import { databases, postgresql } from '../../support/databases.ts'
import { startReceiver } from '../../support/receiver.ts'
import type { Receiver } from '../../support/receiver.ts'
import { replaysIn } from './replay-world.ts'
import type { Replays } from './replay-world.ts'
import { createWorld } from '../world.ts'
import type { World } from '../world.ts'

const SECOND_MS = 1_000
const DAY_MS = 86_400_000

let world: World
let receiver: Receiver
let endpoint: Endpoint
let replays: Replays

async function open(testDatabase: (typeof databases)[number]): Promise<void> {
  world = await createWorld(testDatabase)
  receiver = await startReceiver()
  endpoint = await world.endpoint(receiver.url)
  replays = replaysIn(world)
}

async function close(): Promise<void> {
  await world.close()
  await receiver.close()
}

const by = () => {
  const { vault, publisher: organization, targetRule, clock } = world
  return { vault, organization, targetRule, act: SERVICE, now: clock.now() }
}
const keysOf = (...events: NewEvent[]) =>
  events.map(({ subject, sequence }) => `${subject} ${sequence}`).sort()

/** So many events of each, a second between them, all acknowledged. */
async function past(times: number, ...subjects: string[]): Promise<NewEvent[]> {
  const events: NewEvent[] = []
  for (let time = 0; time < times; time++) {
    events.push(...(await world.happen(...subjects)))
    world.clock.advance(SECOND_MS)
  }
  await world.dispatcher().deliverDue()
  return events
}

describe.each(databases)('what a replay is made of, on $name', (testDatabase) => {
  beforeEach(() => open(testDatabase))
  afterEach(close)

  test('the events of the time, of which the end is not in it', async () => {
    const customer = world.customer()
    const events = await past(5, customer, world.customer())
    const [start, end] = [events[2]!.at, events[8]!.at]
    const { id } = await replays.of(endpoint, { start, end })
    expect(await replays.gather(id)).toBe(6)
    expect(await replays.inLine(id)).toEqual(keysOf(...events.slice(2, 8)))
  })

  test('in sets of any size all of them, each once', async () => {
    const events = await past(4, world.customer(), world.customer(), world.customer())
    for (const most of [1, 2, 3, 5, 12, 13]) {
      const { id } = await replays.of(endpoint)
      expect(await replays.gather(id, most)).toBe(12)
      expect(await replays.inLine(id)).toEqual(keysOf(...events))
    }
  })

  test('by the sequence also where a clock went back', async () => {
    const customer = world.customer()
    const events: NewEvent[] = []
    for (const ms of [0, 50_000, -20_000, -10_000, 40_000]) {
      world.clock.advance(ms)
      events.push(...(await world.happen(customer)))
    }
    world.clock.advance(60_000)
    await world.dispatcher().deliverDue()
    const { id } = await replays.of(endpoint)
    let last = 0
    for (let set = 0; set < 5; set++) {
      await inTx(world.database.db, (tx) => gatherSet(tx, id, world.clock.now(), 1))
      const line = (await replays.inLine(id)).map((key) => Number(key.split(' ')[1]))
      expect(line, 'nothing comes in line before what is there').toEqual(
        line.map((_, index) => index + 1),
      )
      expect(line.length).toBeGreaterThanOrEqual(last)
      last = line.length
    }
    await replays.gather(id, 1)
    expect(await replays.inLine(id)).toEqual(keysOf(...events))
  })

  test('only what the endpoint subscribes to, since whenever', async () => {
    const transaction = world.transaction('canary')
    const told = await world.tell(transaction, 'tx-pending', {})
    const [change] = await past(1, world.customer())
    const without = await replays.of(endpoint)
    await replays.gather(without.id)
    expect(await replays.inLine(without.id)).toEqual(keysOf(change!))

    const types = ['segment-change' as const, 'tx-pending' as const]
    await inTx(world.database.db, (tx) =>
      editEndpoint(tx, by(), endpoint.id, { event_types: types }),
    )
    const both = await replays.of(endpoint)
    await replays.gather(both.id)
    expect(await replays.inLine(both.id)).toEqual(keysOf(change!, told))
    const one = await replays.of(endpoint, { eventTypes: ['tx-pending'] })
    await replays.gather(one.id)
    expect(await replays.inLine(one.id)).toEqual(keysOf(told))
    await expect(replays.of(endpoint, { eventTypes: ['tx-declined'] })).rejects.toThrow(
      'does not subscribe to tx-declined',
    )
  })

  test('of one state, or of one customer', async () => {
    const [kind, hostile] = [world.customer(), world.customer()]
    receiver.answerBy(({ body }) =>
      body['customer_id'] === world.customers.get(hostile) ? 400 : 204,
    )
    const events = await past(2, kind, hostile)
    const of = (subject: string) => keysOf(...events.filter((each) => each.subject === subject))
    const refused = await replays.of(endpoint, { state: 'refused' })
    await replays.gather(refused.id)
    expect(await replays.inLine(refused.id)).toEqual(of(hostile))
    const acknowledged = await replays.of(endpoint, { state: 'acknowledged' })
    await replays.gather(acknowledged.id)
    expect(await replays.inLine(acknowledged.id)).toEqual(of(kind))
    const his = await replays.of(endpoint, { customerId: world.customers.get(hostile)! })
    await replays.gather(his.id)
    expect(await replays.inLine(his.id)).toEqual(of(hostile))
  })

  test('not what will come anyway, nor of who was erased', async () => {
    const [stays, goes] = [world.customer(), world.customer()]
    const [sent] = await past(1, stays, goes)
    await inTx(world.database.db, (tx) => pauseEndpoint(tx, by(), endpoint.id))
    await past(1, stays, goes)
    await inTx(world.database.db, (tx) => eraseSubjects(tx, world.publisher.number, [goes]))
    const { id } = await replays.of(endpoint)
    expect(await replays.gather(id)).toBe(1)
    expect(await replays.inLine(id)).toEqual(keysOf(sent!))

    await inTx(world.database.db, (tx) => eraseSubjects(tx, world.publisher.number, [stays]))
    expect(await replays.inLine(id)).toEqual([])
    expect(await world.lanes()).toEqual([])
  })

  test('of what is kept only, and not of an unlimited number at once', async () => {
    await past(1, world.customer())
    const start = new Date(world.clock.now().getTime() - 31 * DAY_MS)
    await expect(replays.of(endpoint, { start })).rejects.toThrow('for 30 days')
    await expect(replays.of(endpoint, { end: start })).rejects.toThrow('after start_date')
    const made = []
    for (let count = 0; count < 20; count++) made.push(await replays.of(endpoint))
    await expect(replays.of(endpoint)).rejects.toThrow('20 replays to this webhook are under way')
    await replays.cancel(endpoint, made[0]!.id)
    await replays.of(endpoint)
  })

  test('a cancelled one has nothing in line, and one of a deleted endpoint is gone', async () => {
    await past(2, world.customer(), world.customer())
    const [half, whole] = [await replays.of(endpoint), await replays.of(endpoint)]
    await inTx(world.database.db, (tx) => gatherSet(tx, half.id, world.clock.now(), 2))
    await replays.gather(whole.id)
    expect(await world.lanes()).toHaveLength(4)
    const cancelled = await replays.cancel(endpoint, half.id)
    expect(cancelled).toMatchObject({ events: 2, waiting: 0, gathered_to: null })
    expect(await replays.gather(half.id)).toBe(0)
    expect(await world.lanes()).toHaveLength(2)
    await inTx(world.database.db, (tx) => removeEndpoint(tx, by(), endpoint.id))
    expect([await world.lanes(), await replays.inLine(whole.id)]).toEqual([[], []])
  })

  test('one that came to an end is forgotten with its events', async () => {
    await past(1, world.customer())
    const [done, waits] = [await replays.of(endpoint), await replays.of(endpoint)]
    await replays.gather(done.id)
    await replays.gather(waits.id)
    await sql`delete from lanes l using replayed_events e
      where l.subject = e.lane and e.replay = ${done.id}`.execute(world.database.db)
    const forget = (before: Date) => inTx(world.database.db, (tx) => deleteOldReplays(tx, before))
    await forget(done.created_at)
    expect(await replays.inLine(done.id)).toEqual([])
    await forget(new Date(done.created_at.getTime() + 1))
    const { rows } = await sql<{ id: string }>`select id from replays`.execute(world.database.db)
    expect(rows).toEqual([{ id: waits.id }])
  })

  test('one that is stopped midway goes on where it was', async () => {
    const events = await past(6, world.customer())
    const { id } = await replays.of(endpoint)
    const { db } = world.database
    await inTx(db, (tx) => gatherSet(tx, id, world.clock.now(), 2))
    const dying = db.transaction().execute(async (tx) => {
      await gatherSet(tx, id, world.clock.now(), 2)
      throw new Error('killed')
    })
    await expect(dying).rejects.toThrow('killed')
    expect(await replays.inLine(id)).toEqual(keysOf(...events.slice(0, 2)))
    const { database, clock, log } = world
    const woken = Promise.withResolvers<undefined>()
    onCommit(database.db, 'events', () => woken.resolve(undefined))
    const loop = createGathering({ database, clock, log })
    loop.start()
    await woken.promise
    await loop.stop()
    expect(await replays.inLine(id)).toEqual(keysOf(...events))
  })
})

describe('two that gather on PostgreSQL', () => {
  beforeEach(() => open(postgresql))
  afterEach(close)

  test('put each event in line once', async () => {
    const events = await past(20, world.customer(), world.customer())
    const { id } = await replays.of(endpoint)
    await Promise.all([replays.gather(id, 3), replays.gather(id, 3), replays.gather(id, 3)])
    expect((await replays.inLine(id)).sort()).toEqual(keysOf(...events))
    const { rows } = await sql`select events from replays`.execute(world.database.db)
    expect(rows).toEqual([{ events: 40 }])
  })
})
