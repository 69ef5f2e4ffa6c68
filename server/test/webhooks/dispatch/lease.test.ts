import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openPostgres } from '../../../src/kernel/database/database.ts'
import { createNotifier } from '../../../src/events/notifier.ts'
import type { DispatcherParts } from '../../../src/webhooks/dispatch/dispatcher.ts'
import { createSender } from '../../../src/webhooks/transport/send.ts'
import type { Sender, SendResult } from '../../../src/webhooks/transport/send.ts'
import { databases, postgresql } from '../../support/databases.ts'
import { startReceiver } from '../../support/receiver.ts'
import type { Answer, Receiver } from '../../support/receiver.ts'
import { createWorld } from '../world.ts'
import type { World } from '../world.ts'

const LEASE_MS = 60_000
const OK: SendResult = { status: 200, error: null, retryAfter: null, answer: null, durationMs: 1 }

/** Sends nothing until it is let go. */
function stalledSender(): { sender: Sender; begun: Promise<void>; letGo(): void } {
  const begun = Promise.withResolvers<undefined>()
  const gate = Promise.withResolvers<undefined>()
  const sender: Sender = {
    async send() {
      begun.resolve(undefined)
      await gate.promise
      return OK
    },
    close: () => Promise.resolve(),
  }
  return {
    sender,
    begun: begun.promise,
    letGo: () => {
      gate.resolve(undefined)
    },
  }
}

const none = () => undefined

/** The sequences of each customer's events, in the order in which they came. */
function heardOf({ received }: Receiver): Map<string, number[]> {
  type Body = { customer_id: string; sequence: number; events?: Body[] }
  const heard = new Map<string, number[]>()
  for (const { body } of received as unknown as { body: Body }[]) {
    for (const { customer_id: id, sequence } of body.events ?? [body]) {
      heard.set(id, [...(heard.get(id) ?? []), sequence])
    }
  }
  return heard
}

describe.each(databases)('leases on $name', (testDatabase) => {
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

  test("a dead worker's lanes come due by themselves", async () => {
    await world.endpoint(receiver.url)
    await world.happen(world.customer())
    const stalled = stalledSender()
    const dead = world.dispatcher({ sender: stalled.sender })
    const dying = dead.deliverDue()
    await stalled.begun
    const successor = world.dispatcher()
    world.clock.advance(LEASE_MS - 1)
    expect(await successor.deliverDue()).toBe(0)
    world.clock.advance(1_000)
    expect(await successor.deliverDue()).toBe(1)
    stalled.letGo()
    await dying
  })

  test('nothing else waits for them: other customers, other endpoints, and what comes later', async () => {
    const single = await startReceiver(204)
    await world.endpoint(receiver.url)
    await world.endpoint(single.url, undefined, { batch_size: 10 })
    const lost = [world.customer(), world.customer()]
    await world.happen(...lost)
    const stalled = stalledSender()
    const dead = world.dispatcher({ sender: stalled.sender })
    const dying = dead.deliverDue()
    await stalled.begun
    const successor = world.dispatcher()
    const others = [world.customer(), world.customer()]
    for (let second = 0; second < 60; second++) {
      // What comes for the lanes of the dead waits behind what these have in hand.
      await world.happen(...others, lost[second % 2]!)
      await successor.deliverDue()
      expect(receiver.received).toHaveLength((second + 1) * others.length)
      world.clock.advance(1_000)
    }
    expect(heardOf(single).size, 'of the others alone').toBe(others.length)

    await successor.deliverDue()
    for (const at of [receiver, single]) {
      const heard = heardOf(at)
      const chain = Array.from({ length: 31 }, (_, index) => index + 1)
      for (const subject of lost) expect(heard.get(world.customers.get(subject)!)).toEqual(chain)
    }
    expect(await world.lanes()).toEqual([])
    stalled.letGo()
    await dying
    expect(await world.lanes(), 'the dead one changes nothing').toEqual([])
    await single.close()
  })

  test('a stalled worker does not overwrite its successor', async () => {
    await world.endpoint(receiver.url)
    receiver.answer(503)
    await world.happen(world.customer())
    const stalled = stalledSender()
    const slow = world.dispatcher({ sender: stalled.sender })
    const stalling = slow.deliverDue()
    await stalled.begun
    world.clock.advance(LEASE_MS)
    await world.dispatcher().deliverDue()
    const [before, attempts] = [await world.lanes(), await world.attempts()]
    expect(before).toMatchObject([{ acked: 0, attempt: 1 }])

    stalled.letGo()
    await stalling
    expect(await world.lanes()).toEqual(before)
    expect(await world.attempts()).toEqual(attempts)
  })

  test('a worker does not begin what its lease could not see to the end', async () => {
    await world.endpoint(receiver.url)
    const subject = world.customer()
    for (let index = 0; index < 3; index++) await world.happen(subject)
    receiver.answerBy(() => {
      // An answer that took 50 seconds, as this worker's clock has it.
      if (receiver.received.length === 1) world.clock.advance(50_000)
      return 200
    })
    const claims: number[] = []
    const metrics = {
      claimed: (lanes: number) => claims.push(lanes),
      attempted: none,
      answered: none,
    }
    expect(await world.dispatcher({ metrics }).deliverDue()).toBe(3)
    expect(claims, 'handed back after the first event and claimed again').toEqual([1, 1, 0])
  })

  test('one that stops finishes what is on its way and hands back the rest', async () => {
    await world.endpoint(receiver.url)
    const subject = world.customer()
    for (let index = 0; index < 3; index++) await world.happen(subject)
    const answer = Promise.withResolvers<Answer>()
    receiver.answerBy(() => answer.promise)
    const first = world.dispatcher()
    first.start()
    await receiver.arrived(1)
    const stopped = first.stop()
    answer.resolve(200)
    await stopped
    expect(receiver.received).toHaveLength(1)
    expect(await world.lanes()).toMatchObject([{ acked: 1, tail: 3, token: null, attempt: 0 }])
    expect(await world.dispatcher().deliverDue()).toBe(2)
  })

  test('a dead endpoint holds up no other, however many events wait for it', async () => {
    const dead = await startReceiver('hang')
    await world.endpoint(dead.url)
    await world.endpoint(receiver.url)
    await world.happen(...Array.from({ length: 500 }, () => world.customer()))
    const { targetRule } = world
    const sender = createSender({ targetRule, timeoutMs: 60_000 })
    const dispatcher = world.dispatcher({ sender })
    dispatcher.start()
    await receiver.arrived(500)
    expect(dead.received.length).toBeLessThanOrEqual(32)
    await dead.close()
  })

  test('an event is sent when the signal is raised', async () => {
    await world.endpoint(receiver.url)
    const { database, log } = world
    const notifier = createNotifier({ database, log })
    const dispatcher = world.dispatcher()
    await notifier.listen(dispatcher.wake)
    dispatcher.start()
    for (let count = 1; count <= 5; count++) {
      await world.happen(world.customer())
      notifier.notify()
      await receiver.arrived(count)
    }
    notifier.stop()
  })
})

describe('two dispatchers on one PostgreSQL', () => {
  test('send nothing twice, everything in order, and hear of each other', async () => {
    const world = await createWorld(postgresql)
    const receiver = await startReceiver()
    const other = await openPostgres(world.fresh.url ?? '', { poolSize: 4 })
    try {
      await world.endpoint(receiver.url)
      const counts = [0, 0]
      // More lanes than one takes at once: while nothing is answered the other takes the rest.
      const begun = counts.map(() => Promise.withResolvers<void>())
      receiver.answerBy(() => Promise.all(begun.map(({ promise }) => promise)).then(() => 204))
      const partsOf = (index: number): Partial<DispatcherParts> => ({
        ...(index === 1 ? { database: other } : {}),
        metrics: {
          claimed: (lanes) => lanes > 0 && begun[index]!.resolve(),
          attempted: () => counts[index]!++,
          answered: () => undefined,
        },
      })
      const pair = [world.dispatcher(partsOf(0)), world.dispatcher(partsOf(1))] as const
      const signals = [world.database, other].map((database) =>
        createNotifier({ database, log: world.log }),
      )
      for (const [index, notifier] of signals.entries())
        await notifier.listen(pair[index as 0].wake)
      for (const dispatcher of pair) dispatcher.start()
      const subjects = Array.from({ length: 250 }, () => world.customer())
      for (let round = 0; round < 4; round++) {
        await world.happen(...subjects)
        signals[round % 2]?.notify()
      }
      await receiver.arrived(1000)
      for (const dispatcher of pair) await dispatcher.stop()
      expect(receiver.received).toHaveLength(1000)
      for (const subject of subjects) {
        const mine = receiver.received.filter(
          ({ body }) => body['customer_id'] === world.customers.get(subject),
        )
        expect(mine.map(({ body }) => body['sequence'])).toEqual([1, 2, 3, 4])
      }
      expect(counts[0]! + counts[1]!).toBe(1000)
      expect(Math.min(...counts)).toBeGreaterThan(0)
      for (const notifier of signals) notifier.stop()
    } finally {
      await other.close()
      await world.close()
      await receiver.close()
    }
  })
})
