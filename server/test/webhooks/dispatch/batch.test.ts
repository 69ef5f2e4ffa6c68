import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Webhook } from 'standardwebhooks'
import { databases } from '../../support/databases.ts'
import { startReceiver } from '../../support/receiver.ts'
import type { Received, Receiver } from '../../support/receiver.ts'
import { createWorld } from '../world.ts'
import type { World } from '../world.ts'

interface Batch {
  id: string
  request_id: string
  event_type: string
  events: { id: string; request_id: string; customer_id: string; sequence: number }[]
}

const batchOf = ({ body }: Received) => body as unknown as Batch
const MINUTE_MS = 60_000

describe.each(databases)('batches on $name', (testDatabase) => {
  let world: World
  let receiver: Receiver
  beforeEach(async () => {
    world = await createWorld(testDatabase)
    receiver = await startReceiver(204)
  })
  afterEach(async () => {
    await world.close()
    await receiver.close()
  })

  const sizes = () => receiver.received.map((request) => batchOf(request).events.length)
  const attempts = async () =>
    (await world.attempts()).map(({ number, outcome, status }) => [number, outcome, status])

  test('all that waits comes in one request, signed and acknowledged as one', async () => {
    const { secrets } = await world.endpoint(receiver.url, undefined, { batch_size: 500 })
    const subjects = Array.from({ length: 30 }, () => world.customer())
    const first = await world.happen(...subjects)
    const second = await world.happen(...subjects)
    await world.dispatcher().deliverDue()
    expect(sizes()).toEqual([60])
    const [request] = receiver.received as [Received]
    const batch = batchOf(request)
    expect(batch).toMatchObject({ event_type: 'batch' })
    expect(batch.id).toMatch(/^batch-/)
    expect(new Set(batch.events.map((event) => event.request_id))).toEqual(
      new Set([batch.request_id]),
    )
    expect(new Set(batch.events.map((event) => event.id))).toEqual(
      new Set([...first, ...second].map((event) => event.id)),
    )
    for (const subject of subjects) {
      const mine = batch.events.filter(
        (event) => event.customer_id === world.customers.get(subject),
      )
      expect(mine.map((event) => event.sequence)).toEqual([1, 2])
    }
    const verified = new Webhook(secrets[0]?.secret ?? '').sign(
      batch.id,
      new Date(Number(request.headers['webhook-timestamp']) * 1000),
      request.raw.toString(),
    )
    expect(request.headers['webhook-signature']).toBe(verified)
    expect(await world.lanes()).toEqual([])
    expect(await attempts()).toEqual(Array.from({ length: 60 }, () => [1, 'acknowledged', 204]))
  })

  test('there are never more events in one than the endpoint asked for', async () => {
    await world.endpoint(receiver.url, undefined, { batch_size: 7 })
    const subjects = Array.from({ length: 10 }, () => world.customer())
    for (let round = 0; round < 10; round++) await world.happen(...subjects)
    await world.dispatcher().deliverDue()
    expect(Math.max(...sizes())).toBeLessThanOrEqual(7)
    const heard = receiver.received.flatMap((request) => batchOf(request).events)
    expect(heard).toHaveLength(100)
    for (const subject of subjects) {
      const mine = heard.filter((event) => event.customer_id === world.customers.get(subject))
      expect(mine.map((event) => event.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    }
  })

  test('a batch that fails is sent again whole when it is due, in smaller parts', async () => {
    await world.endpoint(receiver.url, undefined, { batch_size: 16 })
    receiver.answer(503, 204)
    await world.happen(...Array.from({ length: 4 }, () => world.customer()))
    const dispatcher = world.dispatcher()
    await dispatcher.deliverDue()
    expect(sizes()).toEqual([4])
    world.clock.advance(9_999)
    expect(await dispatcher.deliverDue()).toBe(0)
    world.clock.advance(1)
    await dispatcher.deliverDue()
    expect(sizes()).toEqual([4, 2, 2])
    expect(await world.lanes()).toEqual([])
  })

  test('one event that breaks the receiver does not hold up those beside it for long', async () => {
    await world.endpoint(receiver.url, undefined, { batch_size: 64 })
    const subjects = Array.from({ length: 50 }, () => world.customer())
    const poison = world.customers.get(subjects[20] ?? '')
    receiver.answerBy((request) =>
      batchOf(request).events.some((event) => event.customer_id === poison) ? 500 : 204,
    )
    await world.happen(...subjects)
    const dispatcher = world.dispatcher()
    for (let minute = 0; minute < 3; minute++) {
      await dispatcher.deliverDue()
      world.clock.advance(MINUTE_MS)
    }
    expect(await world.lanes()).toMatchObject([{ subject: subjects[20] }])
  })

  test('of a batch that is refused only what is refused alone is given up', async () => {
    await world.endpoint(receiver.url, undefined, { batch_size: 64 })
    const subjects = Array.from({ length: 5 }, () => world.customer())
    const refused = world.customers.get(subjects[2] ?? '')
    receiver.answerBy((request) =>
      batchOf(request).events.some((event) => event.customer_id === refused) ? 400 : 204,
    )
    await world.happen(...subjects)
    await world.dispatcher().deliverDue()
    expect(sizes()).toEqual([5, 1, 1, 1, 1, 1])
    expect(await world.lanes()).toEqual([])
    const ended = (await world.attempts()).filter(({ outcome }) => outcome !== 'failed')
    expect(ended.map(({ outcome }) => outcome).sort()).toEqual([
      ...Array.from({ length: 4 }, () => 'acknowledged'),
      'refused',
    ])
    const { rows } = await sql<{ paused_at: Date | null }>`
      select paused_at from endpoints`.execute(world.database.db)
    expect(rows[0]?.paused_at, 'nothing of it counts as failing').toBeNull()
  })

  test('410 refuses the batch and pauses the endpoint', async () => {
    await world.endpoint(receiver.url, undefined, { batch_size: 64 })
    receiver.answer(410)
    await world.happen(world.customer(), world.customer())
    await world.dispatcher().deliverDue()
    expect(await attempts()).toEqual([
      [1, 'refused', 410],
      [1, 'refused', 410],
    ])
    const { rows } = await sql<{ paused_reason: string | null }>`
      select paused_reason from endpoints`.execute(world.database.db)
    expect(rows[0]?.paused_reason).toBe('gone')
  })

  test('what comes along with a failing event is not given up with it', async () => {
    await world.endpoint(receiver.url, undefined, { batch_size: 64 })
    receiver.answer(500)
    const subject = world.customer()
    await world.happen(subject)
    const dispatcher = world.dispatcher()
    await dispatcher.deliverDue()
    world.clock.advance(72 * 60 * MINUTE_MS)
    await world.happen(subject)
    await dispatcher.deliverDue()
    expect(await attempts()).toEqual([
      [1, 'failed', 500],
      [2, 'expired', 500],
      [0, 'failed', 500],
      [1, 'failed', 500],
    ])
    expect(await world.lanes()).toMatchObject([{ acked: 1, tail: 2, attempt: 1 }])
  })
})
