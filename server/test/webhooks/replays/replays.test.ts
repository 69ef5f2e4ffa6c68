import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openPostgres } from '../../../src/kernel/database/database.ts'
import { SERVICE } from '../../../src/journal/entry.ts'
import { inTx } from '../../../src/kernel/database/transaction.ts'
import {
  editEndpoint,
  pauseEndpoint,
  resumeDeliveries,
} from '../../../src/webhooks/endpoints/change-endpoint.ts'
import { dropEventDays } from '../../../src/events/drop-days.ts'
import type { Endpoint } from '../../../src/webhooks/endpoints/endpoint.ts'
import { eraseSubjects } from '../../../src/events/erase-subjects.ts'
import { draftPing, pingEndpoint } from '../../../src/webhooks/endpoints/ping-endpoint.ts'
import { replayStatus } from '../../../src/events/replay.ts'
import { ensurePartitions } from '../../../src/kernel/database/partition.ts'
import { getReplay } from '../../../src/webhooks/replays/make-replay.ts'
import { databases, postgresql } from '../../support/databases.ts'
import { startReceiver } from '../../support/receiver.ts'
import type { Received, Receiver } from '../../support/receiver.ts'
import { replaysIn } from './replay-world.ts'
import type { Replays } from './replay-world.ts'
import { createWorld } from '../world.ts'
import type { World } from '../world.ts'

const SECOND_MS = 1_000
const HOUR_MS = 3_600_000
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
const change = (action: typeof pauseEndpoint) =>
  inTx(world.database.db, (tx) => action(tx, by(), endpoint.id))
/** Delivers what is due, and what comes next comes later. */
async function deliver(): Promise<number> {
  const attempts = await world.dispatcher().deliverDue()
  world.clock.advance(1)
  return attempts
}
const stateOf = async (id: string) => {
  const replay = await getReplay(world.database.db, endpoint, id)
  return [replayStatus(replay), replay.events, replay.waiting]
}

/** Half a day at a time: the longest pause between two attempts. */
async function untilExpired(): Promise<void> {
  for (let time = 0; time <= 10; time++) {
    await deliver()
    world.clock.advance(12 * HOUR_MS)
  }
}

/** So many events of each, a second between them. */
async function happen(times: number, ...subjects: string[]): Promise<void> {
  for (let time = 0; time < times; time++) {
    await world.happen(...subjects)
    world.clock.advance(SECOND_MS)
  }
}

/** What came since this was last asked. */
function arrived(): Received[] {
  return receiver.received.splice(0)
}

const idsOf = (received: Received[]) => received.map(({ body }) => body['id'] as string).sort()
const sequencesOf = (received: Received[], subject: string) =>
  received
    .filter(({ body }) => body['customer_id'] === world.customers.get(subject))
    .map(({ body }) => body['sequence'] as number)

describe.each(databases)('replays on $name', (testDatabase) => {
  beforeEach(() => open(testDatabase))
  afterEach(close)

  test('the same events come once more, marked, in order for each customer', async () => {
    const customers = [world.customer(), world.customer(), world.customer()]
    await happen(30, ...customers)
    await deliver()
    const before = arrived()
    expect(before.map(({ body }) => 'replay_id' in body)).not.toContain(true)

    const { id } = await replays.of(endpoint)
    expect(await stateOf(id)).toEqual(['gathering', 0, 0])
    await replays.gather(id, 7)
    expect(await stateOf(id)).toEqual(['sending', 90, 90])
    await deliver()
    const after = arrived()
    expect(idsOf(after)).toEqual(idsOf(before))
    for (const customer of customers) {
      expect(sequencesOf(after, customer)).toEqual(sequencesOf(before, customer))
    }
    expect(new Set(after.map(({ body }) => body['replay_id']))).toEqual(new Set([id]))
    expect(Object.keys(after[0]!.body).slice(0, 4)).toEqual([
      'id',
      'request_id',
      'event_type',
      'replay_id',
    ])
    expect(await stateOf(id)).toEqual(['finished', 90, 0])
    expect(await world.lanes()).toEqual([])
    const attempts = (await world.attempts()).filter(({ replay }) => replay === id)
    expect(attempts.map(({ subject }) => customers.includes(subject))).toEqual(Array(90).fill(true))
  })

  test('what comes into line while its lane is sent follows in order', async () => {
    const customer = world.customer()
    await happen(9, customer)
    await deliver()
    arrived()
    const { id } = await replays.of(endpoint)
    receiver.answerBy(async () => {
      if (receiver.received.length < 4) await replays.gather(id, 2)
      return 204
    })
    await replays.gather(id, 9)
    await deliver()
    expect(sequencesOf(arrived(), customer)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  test('what had expired is sent again when it is asked for', async () => {
    const [lost, told] = [world.customer(), world.customer()]
    await world.happen(lost)
    receiver.answer(503)
    await untilExpired()
    expect((await world.attempts()).at(-1)?.outcome).toBe('expired')
    receiver.answer(204)
    await happen(1, told)
    await deliver()
    arrived()
    const start = new Date(world.clock.now().getTime() - 7 * DAY_MS)
    const { id } = await replays.of(endpoint, { start, state: 'expired' })
    await replays.gather(id)
    await deliver()
    expect(arrived().map(({ body }) => body['customer_id'])).toEqual([world.customers.get(lost)])
    const again = await replays.of(endpoint, { start, state: 'expired' })
    expect(await replays.gather(again.id), 'it is acknowledged now').toBe(0)
  })

  test('one event is resent at once, ahead of what is bulk', async () => {
    const customer = world.customer()
    await happen(3, customer)
    await deliver()
    const before = arrived()
    const bulk = await replays.of(endpoint)
    await replays.gather(bulk.id)
    const one = await replays.resend(endpoint, before[1]!.body['id'] as string)
    expect(one).toMatchObject({ event: before[1]!.body['id'], events: 1, waiting: 1 })
    await deliver()
    const after = arrived()
    expect(after[0]!.body).toMatchObject({ id: before[1]!.body['id'], replay_id: one.id })
    expect(after).toHaveLength(4)
    expect(await stateOf(one.id)).toEqual(['finished', 1, 0])
  })

  test('what is no event of the endpoint, or waits for it, is not resent', async () => {
    const resend = (id: string) => replays.resend(endpoint, id)
    await expect(resend('hook-0123456789abcdef')).rejects.toThrow('Could not find')
    const ping = await inTx(world.database.db, (tx) =>
      pingEndpoint(tx, world.publisher, endpoint, {
        ...{ type: 'ping', now: world.clock.now(), draft: draftPing() },
      }),
    )
    await expect(resend(ping.id)).rejects.toThrow('Could not find')
    const [event] = await world.happen(world.customer())
    await expect(resend(event!.id)).rejects.toThrow('waits to be sent')
    await deliver()
    await resend(event!.id)
    world.clock.advance(31 * DAY_MS)
    await expect(resend(event!.id)).rejects.toThrow('for 30 days')
  })

  test('one that fails is tried again, and expires, like any other', async () => {
    await happen(1, world.customer())
    await deliver()
    arrived()
    const { id } = await replays.of(endpoint)
    await replays.gather(id)
    receiver.answer(503, 503, 204)
    expect(await deliver()).toBe(1)
    expect(await deliver(), 'not due yet').toBe(0)
    world.clock.advance(10 * SECOND_MS)
    expect(await deliver()).toBe(1)
    expect(await stateOf(id)).toEqual(['sending', 1, 1])
    world.clock.advance(10 * HOUR_MS)
    expect(await deliver()).toBe(1)
    const mine = (await world.attempts()).filter(({ replay }) => replay === id)
    expect(mine.map(({ number, outcome }) => [number, outcome])).toEqual([
      [1, 'failed'],
      [2, 'failed'],
      [3, 'acknowledged'],
    ])

    const never = await replays.of(endpoint)
    await replays.gather(never.id)
    receiver.answer(503)
    await untilExpired()
    expect((await world.attempts()).at(-1)).toMatchObject({ replay: never.id, outcome: 'expired' })
    expect(await stateOf(never.id)).toEqual(['finished', 1, 0])
  })

  test('too many that fail pause the endpoint, and a paused one is sent nothing', async () => {
    await happen(1, ...Array.from({ length: 8 }, () => world.customer()))
    await deliver()
    arrived()
    world.clock.advance(2 * HOUR_MS)
    const { id } = await replays.of(endpoint)
    await replays.gather(id)
    receiver.answer(500)
    await deliver()
    const [row] = await world.lanes()
    expect(row?.attempt).toBe(1)
    arrived()
    world.clock.advance(DAY_MS)
    receiver.answer(204)
    expect(await deliver(), 'paused by its failures').toBe(0)
    await change(resumeDeliveries)
    expect(await deliver()).toBe(8)
    expect(await stateOf(id)).toEqual(['finished', 8, 0])

    await change(pauseEndpoint)
    const start = new Date(world.clock.now().getTime() - 3 * DAY_MS)
    const later = await replays.of(endpoint, { start })
    await replays.gather(later.id)
    expect(await deliver()).toBe(0)
    await change(resumeDeliveries)
    expect(await deliver()).toBe(8)
  })

  test('a cancelled one sends nothing more, and of an erased customer nothing is sent', async () => {
    const [stays, goes] = [world.customer(), world.customer()]
    await happen(2, stays, goes)
    await deliver()
    arrived()
    const [first, second] = [await replays.of(endpoint), await replays.of(endpoint)]
    await replays.gather(first.id)
    await replays.gather(second.id)
    await replays.cancel(endpoint, first.id)
    expect(await stateOf(first.id)).toEqual(['cancelled', 4, 0])
    world.customers.delete(goes)
    await inTx(world.database.db, (tx) => eraseSubjects(tx, world.publisher.number, [goes]))
    await deliver()
    const after = arrived()
    expect(sequencesOf(after, stays)).toEqual([1, 2])
    expect(after.map(({ body }) => body['replay_id'])).toEqual([second.id, second.id])
    expect(replayStatus(await replays.cancel(endpoint, second.id))).toBe('finished')
  })

  test('what is in line outlives its days, and so does what is to come into line', async () => {
    const customer = world.customer()
    await happen(2, customer)
    await deliver()
    arrived()
    await change(pauseEndpoint)
    const [lined, unlined] = [await replays.of(endpoint), await replays.of(endpoint)]
    await replays.gather(lined.id)
    const drop = () =>
      dropEventDays(world.database.db, { before: world.clock.now(), isStopping: () => false })
    for (let day = 1; day <= 10; day++) {
      world.clock.advance(DAY_MS)
      await ensurePartitions(world.database.db, world.clock.now())
      await drop()
    }
    expect(await replays.gather(unlined.id)).toBe(2)
    await drop()
    await change(resumeDeliveries)
    await deliver()
    expect(sequencesOf(arrived(), customer).sort((a, b) => a - b)).toEqual([1, 1, 2, 2])
  })

  test('an endpoint that takes batches gets them so, each event marked', async () => {
    await inTx(world.database.db, (tx) => editEndpoint(tx, by(), endpoint.id, { batch_size: 50 }))
    await happen(3, world.customer(), world.customer())
    await deliver()
    arrived()
    const { id } = await replays.of(endpoint)
    await replays.gather(id)
    await deliver()
    const events = arrived().flatMap(({ body }) => body['events'] as Record<string, unknown>[])
    expect(events.map((event) => event['replay_id'])).toEqual(Array(6).fill(id))
  })
})

describe('two dispatchers on one PostgreSQL', () => {
  beforeEach(() => open(postgresql))
  afterEach(close)

  test('send a replay once, in order, while it comes into line', async () => {
    const customers = Array.from({ length: 40 }, () => world.customer())
    await happen(10, ...customers)
    await deliver()
    arrived()
    const other = await openPostgres(world.fresh.url ?? '', { poolSize: 4 })
    const pair = [world.dispatcher(), world.dispatcher({ database: other })]
    for (const dispatcher of pair) dispatcher.start()
    const { id } = await replays.of(endpoint)
    await replays.gather(id, 25)
    await receiver.arrived(400)
    for (const dispatcher of pair) await dispatcher.stop()
    const after = arrived()
    expect(after).toHaveLength(400)
    for (const customer of customers) {
      expect(sequencesOf(after, customer)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    }
    expect(await stateOf(id)).toEqual(['finished', 400, 0])
    await other.close()
  })
})
