import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inTx } from '../../../src/kernel/database/transaction.ts'
import { SERVICE } from '../../../src/journal/entry.ts'
import { pauseEndpoint, resumeDeliveries } from '../../../src/webhooks/endpoints/change-endpoint.ts'
import type { LaneRow } from '../../../src/events/lane-store.ts'
import { recordLanes } from '../../../src/events/record-lanes.ts'
import { databases } from '../../support/databases.ts'
import { startReceiver } from '../../support/receiver.ts'
import type { Answer, Receiver } from '../../support/receiver.ts'
import { createWorld } from '../world.ts'
import type { World } from '../world.ts'

describe.each(databases)('what goes first on $name', (testDatabase) => {
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

  const customers = (count: number) => Array.from({ length: count }, () => world.customer())
  const placeOf = (subject: string) =>
    receiver.received.findIndex(({ body }) => body['customer_id'] === world.customers.get(subject))
  const by = () => ({
    vault: world.vault,
    organization: world.publisher,
    act: SERVICE,
    now: world.clock.now(),
  })

  test('live events pass those of an import', async () => {
    await world.endpoint(receiver.url)
    await world.happenSo({ cause: 'import' }, ...customers(1_000))
    world.clock.advance(1_000)
    const live = customers(5)
    await world.happen(...live)
    await world.dispatcher().deliverDue()
    expect(receiver.received).toHaveLength(1_005)
    expect(Math.max(...live.map(placeOf))).toBeLessThan(20)
  })

  test('they also pass those that are in hand already, and find a request free for them', async () => {
    await world.endpoint(receiver.url)
    const gate = Promise.withResolvers<Answer>()
    receiver.answerBy(() => gate.promise)
    await world.happenSo({ cause: 'import' }, ...customers(500))
    const dispatcher = world.dispatcher()
    dispatcher.start()
    await receiver.arrived(6)
    const [live] = customers(1) as [string]
    await world.happen(live)
    dispatcher.wake()
    await receiver.arrived(7)
    expect(placeOf(live)).toBe(6)
    gate.resolve(204)
    await receiver.arrived(501)
  })

  test('except where the order of their own customer demands otherwise', async () => {
    await world.endpoint(receiver.url)
    const [both] = customers(1) as [string]
    await world.happenSo({ cause: 'import' }, ...customers(300), both, ...customers(300))
    await world.happen(both)
    await world.dispatcher().deliverDue()
    const mine = receiver.received.filter(
      ({ body }) => body['customer_id'] === world.customers.get(both),
    )
    expect(mine.map(({ body }) => [body['sequence'], body['cause']])).toEqual([
      [1, 'import'],
      [2, 'order'],
    ])
    expect(placeOf(both), 'the import’s made haste as well').toBeLessThan(20)
  })

  test('an endpoint that is filtered hears of its merchants and causes only, and verify knows', async () => {
    const [merchant, other] = [world.merchant.number, world.merchant.number + 1_000]
    await world.endpoint(receiver.url, undefined, { merchants: [merchant], causes: ['order'] })
    const [one, two, three] = customers(3) as [string, string, string]
    await world.happenSo({ merchant: other }, one)
    await world.happenSo({ cause: 'customer' }, two)
    await world.happen(one, two, three)
    await world.dispatcher().deliverDue()
    expect(receiver.received).toHaveLength(3)
    expect(receiver.received.every(({ body }) => body['cause'] === 'order')).toBe(true)
    expect(placeOf(one)).not.toBe(-1)
  })

  test('a resume sends at once what had failed, and changes none of its lanes', async () => {
    const { id } = await world.endpoint(receiver.url)
    receiver.answer(503)
    await world.happen(...customers(4))
    const dispatcher = world.dispatcher()
    await dispatcher.deliverDue()
    await inTx(world.database.db, (tx) => pauseEndpoint(tx, by(), id))
    const before = await world.lanes()
    world.clock.advance(1)
    await inTx(world.database.db, (tx) => resumeDeliveries(tx, by(), id))
    expect(await world.lanes()).toEqual(before)
    expect(await dispatcher.deliverDue()).toBe(4)
    expect(await dispatcher.deliverDue(), 'once').toBe(0)
    expect(await world.lanes()).toMatchObject(before.map(() => ({ attempt: 2 })))
  })

  test('what was collected during a pause goes out, however far the claims had come', async () => {
    const { id } = await world.endpoint(receiver.url)
    await world.endpoint(`${receiver.url}&other`)
    const dispatcher = world.dispatcher()
    await world.happen(...customers(2))
    await dispatcher.deliverDue()
    await inTx(world.database.db, (tx) => pauseEndpoint(tx, by(), id))
    await world.happen(...customers(3))
    world.clock.advance(60_000)
    expect(await dispatcher.deliverDue(), 'at the other endpoint').toBe(3)
    world.clock.advance(60_000)
    await inTx(world.database.db, (tx) => resumeDeliveries(tx, by(), id))
    expect(await dispatcher.deliverDue()).toBe(3)
    expect(await world.lanes()).toEqual([])
  })

  test('a backlog is claimed to its end, however long that takes', async () => {
    await world.endpoint(receiver.url)
    receiver.answerBy(() => {
      world.clock.advance(50)
      return 204
    })
    await world.happen(...customers(800))
    expect(await world.dispatcher().deliverDue()).toBe(800)
  })

  test('a lane that was committed late is found', async () => {
    await world.endpoint(receiver.url)
    const dispatcher = world.dispatcher()
    await world.happen(...customers(1))
    expect(await dispatcher.deliverDue()).toBe(1)
    await world.happen(...customers(1))
    await sql`update lanes set due_at = due_at - interval '4 seconds'`.execute(world.database.db)
    expect(await dispatcher.deliverDue(), 'a little behind where the claims came to').toBe(1)
    await world.happen(...customers(1))
    await sql`update lanes set due_at = due_at - interval '1 hour'`.execute(world.database.db)
    expect(await world.dispatcher().deliverDue(), 'however far, by a look at everything').toBe(1)
  })

  test('what is recorded late is due from then on', async () => {
    await world.endpoint(receiver.url)
    const [subject] = customers(1) as [string]
    await world.happen(subject)
    await world.happen(subject)
    const [token, dueAt] = [randomUUID(), world.clock.now()]
    const { db } = world.database
    await sql`update lanes set token = ${token}, leased_until = ${dueAt}`.execute(db)
    const [lane] = (await world.lanes()) as [LaneRow]
    world.clock.advance(30_000)
    const cursor = { acked: 1, ackedAt: dueAt, attempt: 0, failingSince: null, failedAt: null }
    const progress = { ...cursor, endpoint: lane.endpoint, subject, token, dueAt, replay: null }
    await inTx(db, (tx) => recordLanes(tx, [progress], world.clock.now()))
    expect(await world.lanes()).toMatchObject([{ acked: 1, due_at: world.clock.now() }])
  })
})
