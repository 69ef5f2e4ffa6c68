import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inTx, onCommit } from '../../src/kernel/database/transaction.ts'
import { SERVICE } from '../../src/journal/entry.ts'
import { appendEvents } from '../../src/events/append-events.ts'
import { editEndpoint } from '../../src/webhooks/endpoints/change-endpoint.ts'
import type { NewEvent } from '../../src/events/event.ts'
import { newId } from '../../src/kernel/id.ts'
import { databases, postgresql } from '../support/databases.ts'
import { createWorld } from '../webhooks/world.ts'
import type { World } from '../webhooks/world.ts'

function eventOf(world: World, subject: string, sequence: number): NewEvent {
  const what = { type: 'segment-change' as const, previous: 'new', current: 'active' }
  const who = { organization: world.publisher.number, merchant: world.merchant.number }
  const why = { cause: 'order', period: 1, blob: null }
  return { id: newId('hook'), subject, sequence, at: world.clock.now(), ...who, ...what, ...why }
}

describe.each(databases)('appending events on $name', (testDatabase) => {
  let world: World
  beforeEach(async () => {
    world = await createWorld(testDatabase)
  })
  afterEach(() => world.close())

  /** Whether the commit told that there is something to send. */
  async function append(...events: NewEvent[]): Promise<boolean> {
    let isTold = false
    onCommit(world.database.db, 'events', () => (isTold = true))
    await inTx(world.database.db, (tx) => appendEvents(tx, events))
    return isTold
  }

  test('nobody listens: the event is kept, no lane is made', async () => {
    await world.endpoint('https://example.com/', ['tx-pending'])
    expect(await append(eventOf(world, randomUUID(), 1))).toBe(false)
    const { rows } = await sql`select * from events`.execute(world.database.db)
    expect(rows).toHaveLength(1)
    expect(await world.lanes()).toEqual([])
    expect(await append()).toBe(false)
  })

  test('a lane begins just before the first event that is owed', async () => {
    await world.endpoint('https://example.com/')
    await world.endpoint('https://example.com/')
    const subject = randomUUID()
    expect(await append(eventOf(world, subject, 7), eventOf(world, subject, 8))).toBe(true)
    expect(await world.lanes()).toHaveLength(2)
    const since = world.clock.now()
    world.clock.advance(1_000)
    await append(eventOf(world, subject, 9))
    const lane = { acked: 6, tail: 9, waiting_since: since, due_at: since, attempt: 0, token: null }
    expect(await world.lanes()).toMatchObject([lane, lane])
  })

  test('what a lane did not get while nobody listened it is not owed later', async () => {
    const { id } = await world.endpoint('https://example.com/')
    const { vault, publisher: organization, targetRule } = world
    const by = () => ({ vault, organization, targetRule, act: SERVICE, now: world.clock.now() })
    const subscribe = (event_types: ('segment-change' | 'tx-pending')[]) =>
      inTx(world.database.db, (tx) => editEndpoint(tx, by(), id, { event_types }))
    const subject = world.customer()
    const sender = {
      send: () =>
        Promise.resolve({
          status: 200,
          error: null,
          retryAfter: null,
          answer: null,
          durationMs: 1,
        }),
      close: () => Promise.resolve(),
    }
    await append(eventOf(world, subject, 1))
    await world.dispatcher({ sender }).deliverDue()
    await subscribe(['tx-pending'])
    await append(eventOf(world, subject, 2))
    await subscribe(['segment-change'])
    await append(eventOf(world, subject, 3))
    expect(await world.lanes()).toMatchObject([{ acked: 2, tail: 3 }])
  })

  test('a tx that is rolled back leaves nothing', async () => {
    await world.endpoint('https://example.com/')
    const failing = inTx(world.database.db, async (tx) => {
      await appendEvents(tx, [eventOf(world, randomUUID(), 1)])
      throw new Error('the change failed')
    })
    await expect(failing).rejects.toThrow('the change failed')
    expect(await world.lanes()).toEqual([])
  })
})

test('writers and workers that meet on the same lanes lose and repeat nothing', async () => {
  const world = await createWorld(postgresql)
  try {
    for (let count = 0; count < 3; count++) await world.endpoint('https://example.com/')
    const subjects = Array.from({ length: 30 }, () => world.customer())
    const heard = new Map<string, number[]>()
    const sender = {
      send: ({ body }: { body: Uint8Array }) => {
        const { customer_id, sequence, request_id } = JSON.parse(Buffer.from(body).toString()) as {
          customer_id: string
          sequence: number
          request_id: string
        }
        heard.set(customer_id, [...(heard.get(customer_id) ?? []), sequence])
        expect(request_id).toMatch(/^attempt-/)
        return Promise.resolve({
          status: 200,
          error: null,
          retryAfter: null,
          answer: null,
          durationMs: 1,
        })
      },
      close: () => Promise.resolve(),
    }
    const workers = [world.dispatcher({ sender }), world.dispatcher({ sender })]
    for (const worker of workers) worker.start()
    // Four writers, each with subjects of its own, in an order of its own.
    const write = async (mine: string[]): Promise<void> => {
      for (let sequence = 1; sequence <= 20; sequence++) {
        await inTx(world.database.db, (tx) =>
          appendEvents(tx, mine.map((subject) => eventOf(world, subject, sequence)).reverse()),
        )
        for (const worker of workers) worker.wake()
      }
    }
    const writers = [0, 1, 2, 3].map((part) => subjects.filter((_, index) => index % 4 === part))
    await Promise.all(writers.map(write))
    for (const worker of workers) await worker.stop()
    await world.dispatcher({ sender }).deliverDue()

    const expected = Array.from({ length: 60 }, (_, index) => Math.floor(index / 3) + 1)
    for (const subject of subjects) {
      const mine = heard.get(world.customers.get(subject) ?? '') ?? []
      expect(mine.toSorted((left, right) => left - right)).toEqual(expected)
    }
    expect(await world.lanes()).toEqual([])
    // A deadlock would be retried, so that only the server knows of it.
    const { rows } = await sql<{ deadlocks: number }>`
      select deadlocks from pg_stat_database where datname = current_database()`.execute(
      world.database.db,
    )
    expect(rows).toEqual([{ deadlocks: 0 }])
  } finally {
    await world.close()
  }
})
