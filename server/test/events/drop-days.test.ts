import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import { checkChains } from '../../src/audit/check-memberships.ts'
import { pauseEndpoint, resumeDeliveries } from '../../src/webhooks/endpoints/change-endpoint.ts'
import { dropEventDays } from '../../src/events/drop-days.ts'
import type { Endpoint } from '../../src/webhooks/endpoints/endpoint.ts'
import { eraseSubjects } from '../../src/events/erase-subjects.ts'
import { openPostgres } from '../../src/kernel/database/database.ts'
import { SERVICE } from '../../src/journal/entry.ts'
import { dropDays, ensurePartitions } from '../../src/kernel/database/partition.ts'
import { inTx } from '../../src/kernel/database/transaction.ts'
import { databases, postgresql } from '../support/databases.ts'
import { startReceiver } from '../support/receiver.ts'
import type { Receiver } from '../support/receiver.ts'
import { createWorld } from '../webhooks/world.ts'
import type { World } from '../webhooks/world.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
const KEPT_DAYS = 30

let world: World
let receiver: Receiver

/** A day goes by; the chores of it are done. */
async function sleep(): Promise<void> {
  world.clock.advance(DAY_MS)
  await ensurePartitions(world.database.db, world.clock.now())
}

async function drop(): Promise<void> {
  const before = new Date(world.clock.now().getTime() - KEPT_DAYS * DAY_MS)
  await dropEventDays(world.database.db, { before, isStopping: () => false })
  await dropDays(world.database.db, 'attempts', before)
}

function change(endpoint: Endpoint, action: typeof pauseEndpoint): Promise<Endpoint> {
  const by = {
    vault: world.vault,
    organization: world.publisher,
    act: SERVICE,
    now: world.clock.now(),
  }
  return inTx(world.database.db, (tx) => action(tx, by, endpoint.id))
}

async function partitions(): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class where relname ~ '^(events|attempts)_2025\\d*(_kept)?$'
    and relkind = 'r' order by 1`.execute(world.database.db)
  return rows.map(({ name }) => name)
}

async function sequencesOf(subject: string): Promise<number[]> {
  const { rows } = await sql<{ sequence: number }>`
    select sequence from events where subject = ${subject} order by sequence`.execute(
    world.database.db,
  )
  return rows.map(({ sequence }) => sequence)
}

/** As its log says, the customer counted so many; without it nobody compares the count. */
async function chainsDrift(): Promise<number> {
  await sql`
    insert into customers (id, version, event_sequence, blob)
    select subject, 1, max(sequence), '' from events group by subject
    on conflict (id) do update set event_sequence = excluded.event_sequence`.execute(
    world.database.db,
  )
  return (await checkChains(world.database.db)).drift
}

const numbersFrom = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

describe.each(databases)('old days on $name', (testDatabase) => {
  beforeEach(async () => {
    world = await createWorld(testDatabase)
    receiver = await startReceiver()
  })
  afterEach(async () => {
    await world.close()
    await receiver.close()
  })

  test('what is done with goes after its days, what waits is delivered in order', async () => {
    await world.endpoint(receiver.url)
    const slow = await startReceiver()
    const paused = await world.endpoint(slow.url, ['tx-pending'])
    const customers = [world.customer(), world.customer()]
    const transaction = world.transaction('canary-c')
    await change(paused, pauseEndpoint)
    const dispatcher = world.dispatcher()
    for (let day = 1; day <= 40; day++) {
      await world.happen(...customers)
      await world.tell(transaction, 'tx-pending', { day })
      await dispatcher.deliverDue()
      await sleep()
    }
    await drop()
    expect(await sequencesOf(customers[0]!)).toEqual(numbersFrom(11, 40))
    expect(await sequencesOf(transaction)).toEqual(numbersFrom(1, 40))
    expect((await world.attempts()).length, 'two customers, of 30 days').toBe(60)
    expect(await chainsDrift()).toBe(0)
    const [names, lanes] = [await partitions(), await world.lanes()]
    expect(names.filter((name) => name.endsWith('_kept'))).toHaveLength(10)
    await drop()
    expect([await partitions(), await world.lanes()]).toEqual([names, lanes])

    await change(paused, resumeDeliveries)
    await dispatcher.deliverDue()
    expect(slow.received.map(({ body }) => (body['data'] as { day: number }).day)).toEqual(
      numbersFrom(1, 40),
    )
    await drop()
    expect((await partitions()).filter((name) => name.endsWith('_kept'))).toEqual([])
    expect(await sequencesOf(transaction)).toEqual(numbersFrom(11, 40))
    await slow.close()
  })

  test('what is left of a log has no gap, though its lane moves on meanwhile', async () => {
    const endpoint = await world.endpoint(receiver.url)
    await change(endpoint, pauseEndpoint)
    const [moves, waits] = [world.customer(), world.customer()]
    for (let day = 1; day <= 31; day++) {
      await world.happen(moves, waits)
      await sleep()
    }
    await drop()
    const acknowledge = `update lanes set acked = 30 where subject = '${moves}'`
    // The first day is done with by then, and keeps what waited.
    await sql
      .raw(
        `create function acknowledge() returns trigger language plpgsql as
          $$ begin ${acknowledge}; return null; end $$;
        create trigger acknowledge after delete on events execute function acknowledge()`,
      )
      .execute(world.database.db)
    await sleep()
    await drop()
    expect(await sequencesOf(moves)).toEqual(numbersFrom(1, 31))
    expect(await chainsDrift()).toBe(0)
    await drop()
    expect(await sequencesOf(moves)).toEqual(numbersFrom(3, 31))
    expect(await sequencesOf(waits)).toEqual(numbersFrom(1, 31))
    expect(await chainsDrift()).toBe(0)
  })

  test('nor has one of which two clocks wrote at midnight', async () => {
    const customer = world.customer()
    world.clock.advance(14 * HOUR_MS)
    const [first] = await world.happen(customer)
    world.clock.advance(-MINUTE_MS)
    const [second] = await world.happen(customer)
    expect([first!.at.getUTCDate(), second!.at.getUTCDate()]).toEqual([5, 4])
    for (let day = 1; day <= 31; day++) await sleep()
    await drop()
    expect(await sequencesOf(customer), 'of which the first is not old enough').toEqual([1, 2])
    await sleep()
    await drop()
    await drop()
    expect(await sequencesOf(customer)).toEqual([])
  })

  test('an erased customer is not carried over', async () => {
    const endpoint = await world.endpoint(receiver.url)
    await change(endpoint, pauseEndpoint)
    const [stays, goes] = [world.customer(), world.customer()]
    await world.happen(stays, goes)
    for (let day = 1; day <= 31; day++) await sleep()
    await drop()
    await inTx(world.database.db, (tx) => eraseSubjects(tx, world.publisher.number, [goes]))
    expect(await sequencesOf(stays)).toEqual([1])
    expect(await sequencesOf(goes)).toEqual([])
  })
})

describe('old days on a PostgreSQL at work', () => {
  beforeEach(async () => {
    world = await createWorld(postgresql)
    receiver = await startReceiver()
  })
  afterEach(async () => {
    await world.close()
    await receiver.close()
  })

  test('nobody waits for long, nothing is lost, and who comes too late changes nothing', async () => {
    await world.endpoint(receiver.url)
    const slow = await startReceiver()
    await change(await world.endpoint(slow.url), pauseEndpoint)
    const customers = Array.from({ length: 500 }, () => world.customer())
    await world.happen(...customers)
    for (let day = 1; day <= 31; day++) await sleep()
    const before = await partitions()
    const other = await openPostgres(world.fresh.url ?? '', { poolSize: 1 })
    const read = Promise.withResolvers<undefined>()
    const release = Promise.withResolvers<undefined>()
    const reading = other.db.transaction().execute(async (tx) => {
      await sql`select count(*) from events`.execute(tx)
      read.resolve(undefined)
      await release.promise
    })
    await read.promise
    const dispatcher = world.dispatcher()
    await dispatcher.deliverDue()
    const over = new AbortController()
    let longestMs = 0
    const working = (async () => {
      while (!over.signal.aborted) {
        const began = performance.now()
        await world.happen(customers[0]!)
        await dispatcher.deliverDue()
        longestMs = Math.max(longestMs, performance.now() - began)
      }
    })()
    await drop()
    const eventsOf = (names: string[]) => names.filter((name) => name.startsWith('events'))
    expect(eventsOf(await partitions()), 'somebody reads them').toEqual(eventsOf(before))
    release.resolve(undefined)
    await reading
    while ((await partitions()).includes('events_20250304')) await drop()
    over.abort()
    await working
    expect(longestMs).toBeLessThan(2_000)
    expect(await partitions()).toContain('events_20250304_kept')
    const told = (await sequencesOf(customers[0]!)).length
    expect(told).toBe((await sequencesOf(customers[0]!)).at(-1))
    expect(receiver.received).toHaveLength(told + 499)
    await other.close()
    await slow.close()
  })
})
