import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inTx } from '../../../src/kernel/database/transaction.ts'
import { SERVICE } from '../../../src/journal/entry.ts'
import {
  editEndpoint,
  pauseEndpoint,
  removeEndpoint,
  resumeDeliveries,
} from '../../../src/webhooks/endpoints/change-endpoint.ts'
import { draftPing, pingEndpoint } from '../../../src/webhooks/endpoints/ping-endpoint.ts'
import { databases } from '../../support/databases.ts'
import { startReceiver } from '../../support/receiver.ts'
import type { Received, Receiver } from '../../support/receiver.ts'
import { createWorld } from '../world.ts'
import type { World } from '../world.ts'

const SECOND_MS = 1_000
const HOUR_MS = 3_600_000

describe.each(databases)('deliveries on $name', (testDatabase) => {
  let world: World
  let receiver: Receiver

  beforeEach(async () => {
    world = await createWorld(testDatabase)
    receiver = await startReceiver()
  })

  afterEach(async () => {
    await world.close()
    await receiver.close()
  })

  const by = () => {
    const { vault, publisher: organization, targetRule, clock } = world
    return { vault, organization, targetRule, act: SERVICE, now: clock.now() }
  }
  const sequencesOf = (subject: string): unknown[] =>
    receiver.received
      .filter(({ body }) => body['customer_id'] === world.customers.get(subject))
      .map(({ body }) => body['sequence'])

  test('an event reaches the endpoint once it stops refusing', async () => {
    await world.endpoint(receiver.url)
    receiver.answer(500, 204)
    const dispatcher = world.dispatcher()
    await world.happen(world.customer())

    expect(await dispatcher.deliverDue()).toBe(1)
    expect(await dispatcher.deliverDue(), 'not due yet').toBe(0)
    world.clock.advance(10 * SECOND_MS)
    expect(await dispatcher.deliverDue()).toBe(1)

    const [first, second] = receiver.received as [Received, Received]
    expect(first.body['id']).toBe(second.body['id'])
    expect(first.body['request_id']).not.toBe(second.body['request_id'])
    expect(await world.lanes()).toEqual([])
    expect(
      (await world.attempts()).map(({ number, outcome, status }) => [number, outcome, status]),
    ).toEqual([
      [1, 'failed', 500],
      [2, 'acknowledged', 204],
    ])
  })

  test('the body and its headers are as the wire reference says', async () => {
    await world.endpoint(receiver.url)
    const subject = world.customer()
    const [event] = await world.happen(subject)
    await world.dispatcher().deliverDue()

    const [{ body, headers, path }] = receiver.received as [Received]
    const snapshot = world.directory.current()
    const segment = (name: 'new' | 'active') => ({
      ...snapshot.segment(world.merchant.number, name),
      organization_id: world.merchant.id,
    })
    const members = {
      type: 'segment-change',
      customer_id: world.customers.get(subject),
      segments: { previous: [segment('new')], current: [segment('active')] },
      timestamp: '2025-03-04T10:00:00.000Z',
      sequence: 1,
      cause: 'order',
    }
    const [attempt] = await world.attempts()
    const envelope = { id: event?.id, request_id: attempt?.id, event_type: 'segment-change' }
    expect(body).toEqual({ ...envelope, ...members, data: members })
    expect(path).toBe('/hook?from=test')
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'Newcomer-Webhooks/0.1.0',
      'webhook-id': event?.id,
    })
  })

  test('each customer hears in order, also where a third of the answers fail', async () => {
    await world.endpoint(receiver.url)
    const subjects = Array.from({ length: 40 }, () => world.customer())
    for (let round = 0; round < 5; round++) await world.happen(...subjects)
    // One more than an endpoint pauses itself for would end the test early.
    let calls = 0
    const failing = new Set(subjects.slice(0, 4).map((subject) => world.customers.get(subject)))
    receiver.answerBy(({ body }) => {
      const mayFail = failing.has(body['customer_id'] as string)
      return mayFail && calls++ % 3 !== 2 ? 503 : 200
    })
    const dispatcher = world.dispatcher()
    for (let round = 0; round < 30; round++) {
      await dispatcher.deliverDue()
      world.clock.advance(HOUR_MS)
    }

    for (const subject of subjects) {
      const heard = sequencesOf(subject)
      expect([...new Set(heard)]).toEqual([1, 2, 3, 4, 5])
      expect(heard).toEqual([...heard].sort((left, right) => Number(left) - Number(right)))
    }
    expect(await world.lanes()).toEqual([])
  })

  test('a lane with more events than one claim takes is sent whole and in order', async () => {
    await world.endpoint(receiver.url)
    const subject = world.customer()
    for (let index = 0; index < 45; index++) await world.happen(subject)
    expect(await world.dispatcher().deliverDue()).toBe(45)
    expect(sequencesOf(subject)).toEqual(Array.from({ length: 45 }, (_, index) => index + 1))
  })

  test('a failing customer holds up nobody else', async () => {
    await world.endpoint(receiver.url)
    const [stuck, free] = [world.customer(), world.customer()]
    await world.happen(stuck, free)
    await world.happen(stuck, free)
    receiver.answerBy(({ body }) =>
      body['customer_id'] === world.customers.get(stuck) ? 500 : 200,
    )
    await world.dispatcher().deliverDue()
    expect(sequencesOf(stuck)).toEqual([1])
    expect(sequencesOf(free)).toEqual([1, 2])
  })

  test('a 400 is never sent again, and the next event goes out', async () => {
    await world.endpoint(receiver.url)
    receiver.answer(400, 200)
    const subject = world.customer()
    await world.happen(subject)
    await world.happen(subject)
    await world.dispatcher().deliverDue()
    expect(sequencesOf(subject)).toEqual([1, 2])
    const outcomes = (await world.attempts()).map(({ outcome }) => outcome)
    expect(outcomes).toEqual(['refused', 'acknowledged'])
  })

  test('a 410 pauses the endpoint', async () => {
    const { id } = await world.endpoint(receiver.url)
    receiver.answer(410, 200)
    const subject = world.customer()
    await world.happen(subject)
    await world.happen(subject)
    const dispatcher = world.dispatcher()
    await dispatcher.deliverDue()
    expect(sequencesOf(subject)).toEqual([1])
    const resumed = await inTx(world.database.db, async (tx) => {
      expect(await pauseEndpoint(tx, by(), id)).toMatchObject({
        pause: { reason: 'gone' },
      })
      return resumeDeliveries(tx, by(), id)
    })
    expect(resumed.pause).toBeNull()
    await dispatcher.deliverDue()
    expect(sequencesOf(subject)).toEqual([1, 2])
  })

  test('a redirect is a failure and is not followed', async () => {
    await world.endpoint(receiver.url)
    receiver.answer({ status: 307, headers: { location: receiver.url } }, 200)
    await world.happen(world.customer())
    await world.dispatcher().deliverDue()
    expect(receiver.received).toHaveLength(1)
    expect(await world.attempts()).toMatchObject([{ outcome: 'failed', status: 307 }])
  })

  test('Retry-After is waited for', async () => {
    await world.endpoint(receiver.url)
    receiver.answer({ status: 429, headers: { 'retry-after': '120' } }, 200)
    const dispatcher = world.dispatcher()
    await world.happen(world.customer())
    await dispatcher.deliverDue()
    world.clock.advance(119 * SECOND_MS)
    expect(await dispatcher.deliverDue()).toBe(0)
    world.clock.advance(SECOND_MS)
    expect(await dispatcher.deliverDue()).toBe(1)
  })

  test('while paused events are collected; on resume they go out in order', async () => {
    const { id } = await world.endpoint(receiver.url)
    const [failing, quiet] = [world.customer(), world.customer()]
    const dispatcher = world.dispatcher()
    receiver.answer(500)
    await world.happen(failing)
    await dispatcher.deliverDue()
    await inTx(world.database.db, (tx) => pauseEndpoint(tx, by(), id))
    receiver.received.length = 0
    receiver.answer(200)
    for (let index = 0; index < 3; index++) await world.happen(failing, quiet)
    world.clock.advance(SECOND_MS)
    expect(await dispatcher.deliverDue()).toBe(0)

    // The failing event was not due yet: a resume tries it at once.
    await inTx(world.database.db, (tx) => resumeDeliveries(tx, by(), id))
    expect(await dispatcher.deliverDue()).toBe(7)
    expect(sequencesOf(failing)).toEqual([1, 2, 3, 4])
    expect(sequencesOf(quiet)).toEqual([1, 2, 3])
  })

  test('what happened while a type was not subscribed to is not sent later', async () => {
    const { id } = await world.endpoint(receiver.url)
    const [waiting, drained] = [world.customer(), world.customer()]
    const subscribe = (types: ('segment-change' | 'tx-pending')[]) =>
      inTx(world.database.db, (tx) => editEndpoint(tx, by(), id, { event_types: types }))
    const dispatcher = world.dispatcher()
    receiver.answerBy(({ body }) => (body['sequence'] === 1 ? 500 : 200))
    await world.happen(waiting)
    await dispatcher.deliverDue()
    await subscribe(['tx-pending'])
    world.clock.advance(SECOND_MS)
    await world.happen(waiting, drained)
    world.clock.advance(SECOND_MS)
    await subscribe(['segment-change'])
    await world.happen(waiting, drained)
    world.clock.advance(HOUR_MS)
    receiver.received.length = 0
    await dispatcher.deliverDue()
    expect(sequencesOf(waiting)).toEqual([3])
    expect(sequencesOf(drained)).toEqual([2])
    // The failures of the event that was passed over are not counted against the next.
    const numbers = (await world.attempts()).map(({ sequence, number }) => [sequence, number])
    expect(numbers).toEqual(expect.arrayContaining([[3, 1]]))
  })

  test('an erased customer is not told of, and its lane is done with', async () => {
    await world.endpoint(receiver.url)
    const subject = world.customer()
    for (let index = 0; index < 25; index++) await world.happen(subject)
    world.customers.delete(subject)
    expect(await world.dispatcher().deliverDue()).toBe(0)
    expect(await world.lanes()).toEqual([])
  })

  test('a ping goes to its endpoint only, whatever that is subscribed to', async () => {
    const endpoint = await world.endpoint(receiver.url, ['tx-pending'])
    const other = await startReceiver()
    await world.endpoint(other.url)
    await inTx(world.database.db, (tx) =>
      pingEndpoint(tx, world.publisher, endpoint, {
        ...{ type: 'ping', now: world.clock.now(), draft: draftPing() },
      }),
    )
    expect(await world.dispatcher().deliverDue()).toBe(1)
    expect(receiver.received).toMatchObject([
      { body: { event_type: 'ping', type: 'ping', data: { endpoint_id: endpoint.id } } },
    ])
    await other.close()
  })

  test('every endpoint of the organization gets the event, a deleted one none', async () => {
    const other = await startReceiver()
    const gone = await world.endpoint(other.url)
    await world.endpoint(receiver.url)
    await world.happen(world.customer())
    await inTx(world.database.db, (tx) => removeEndpoint(tx, by(), gone.id))
    await world.happen(world.customer())
    await world.dispatcher().deliverDue()
    expect(receiver.received).toHaveLength(2)
    expect(other.received).toHaveLength(0)
    expect(await world.lanes()).toEqual([])
    await other.close()
  })
})
