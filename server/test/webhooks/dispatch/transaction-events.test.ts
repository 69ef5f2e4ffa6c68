import { createHmac } from 'node:crypto'
import { sql } from 'kysely'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { databases } from '../../support/databases.ts'
import { startReceiver } from '../../support/receiver.ts'
import type { Received, Receiver } from '../../support/receiver.ts'
import { createWorld } from '../world.ts'
import type { World } from '../world.ts'

const TYPES = ['tx-pending', 'tx-validated', 'tx-declined'] as const

describe.each(databases)('events of transactions on $name', (testDatabase) => {
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

  /** A transaction is told by its amount here. */
  const amounts = () =>
    receiver.received.map(({ body }) => (body['data'] as { amount?: unknown }).amount)
  const typesSent = () => receiver.received.map(({ body }) => body['event_type'])

  test('the body is the envelope and the transaction, signed in both ways', async () => {
    const endpoint = await world.endpoint(receiver.url, [...TYPES])
    const payload = { id: 'tx-0123456789abcdef', amount: 45, pub_ref: 'reference-canary' }
    const { id, at } = await world.tell(world.transaction('customer-123'), 'tx-pending', payload)
    await world.dispatcher().deliverDue()

    const [{ body, headers, raw }] = receiver.received as [Received]
    const [attempt] = await world.attempts()
    const envelope = { id, request_id: attempt?.id, event_type: 'tx-pending' }
    expect(body).toEqual({
      ...envelope,
      type: 'tx-pending',
      timestamp: at.toISOString(),
      data: { ...payload, publisher_customer_id: 'customer-123' },
    })
    expect(headers['webhook-id']).toBe(id)
    const { secret } = endpoint.secrets[0] ?? { secret: '' }
    const expected = createHmac('sha256', secret).update(raw).digest('hex')
    expect(headers['x-button-signature']).toBe(expected)
    // The package asks for the time of day.
    vi.useFakeTimers({ now: world.clock.now(), toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    expect(new Webhook(secret).verify(raw, headers as Record<string, string>)).toEqual(body)
    const { rows } = await sql<{ blob: Uint8Array }>`select blob from events`.execute(
      world.database.db,
    )
    expect(Buffer.from(rows[0]?.blob ?? []).includes('canary')).toBe(false)
  })

  test('a transaction is told in order, each event until it is acknowledged', async () => {
    await world.endpoint(receiver.url, [...TYPES])
    receiver.answer(500, 200)
    const transaction = world.transaction('customer-1')
    const first = await world.tell(transaction, 'tx-pending', { amount: 45 })
    const second = await world.tell(transaction, 'tx-declined', { amount: 0 })
    const dispatcher = world.dispatcher()

    expect(await dispatcher.deliverDue()).toBe(1)
    expect(await dispatcher.deliverDue(), 'the second waits for the first').toBe(0)
    world.clock.advance(10_000)
    expect(await dispatcher.deliverDue()).toBe(2)

    const sent = receiver.received.map(({ body }) => body)
    expect(sent.map((body) => body['id'])).toEqual([first.id, first.id, second.id])
    expect(new Set(sent.map((body) => body['request_id'])).size).toBe(3)
    expect(amounts(), 'as it was when it happened').toEqual([45, 45, 0])
    expect(await world.lanes()).toEqual([])
  })

  test('an endpoint gets the types that it is subscribed to, and no others', async () => {
    const other = await startReceiver()
    // The one in between is passed over by the lane, those around it are not.
    await world.endpoint(receiver.url, ['tx-pending', 'tx-declined'])
    await world.endpoint(other.url)
    const transaction = world.transaction('customer-1')
    for (const type of TYPES) await world.tell(transaction, type, {})
    await world.happen(world.customer())
    await world.dispatcher().deliverDue()
    expect(typesSent()).toEqual(['tx-pending', 'tx-declined'])
    expect(other.received.map(({ body }) => body['event_type'])).toEqual(['segment-change'])
    await other.close()
  })

  test('a transaction that is refused holds up no other', async () => {
    await world.endpoint(receiver.url, ['tx-pending'])
    const [stuck, free] = [world.transaction('customer-1'), world.transaction('customer-1')]
    for (const round of [1, 2]) {
      await world.tell(stuck, 'tx-pending', { amount: round })
      await world.tell(free, 'tx-pending', { amount: 10 + round })
    }
    receiver.answerBy(({ body }) => ((body['data'] as { amount: number }).amount < 10 ? 500 : 200))
    await world.dispatcher().deliverDue()
    expect(new Set(amounts())).toEqual(new Set([1, 11, 12]))
    expect(receiver.received).toHaveLength(3)
    expect(await world.lanes()).toHaveLength(1)
  })

  test('the customer is told as known at delivery: null once erased', async () => {
    await world.endpoint(receiver.url, ['tx-pending'])
    receiver.answer(500, 200)
    const transaction = world.transaction('customer-1')
    await world.tell(transaction, 'tx-pending', { amount: 45 })
    const dispatcher = world.dispatcher()
    await dispatcher.deliverDue()
    world.transactions.set(transaction, null)
    world.clock.advance(10_000)
    await dispatcher.deliverDue()
    expect(receiver.received.map(({ body }) => body['data'])).toEqual([
      { amount: 45, publisher_customer_id: 'customer-1' },
      { amount: 45, publisher_customer_id: null },
    ])
  })

  test('an event that was damaged is left out and logged, and those behind it go out', async () => {
    await world.endpoint(receiver.url, ['tx-pending'])
    const transaction = world.transaction('customer-1')
    // More than one claim takes of a lane.
    for (let amount = 1; amount <= 23; amount++) {
      await world.tell(transaction, 'tx-pending', { amount })
    }
    await sql`
      update events set blob = case when sequence < 21 then set_byte(blob, 20, get_byte(blob, 20) # 1) end
      where sequence < 22`.execute(world.database.db)
    expect(await world.dispatcher().deliverDue()).toBe(2)
    expect(amounts()).toEqual([22, 23])
    expect(await world.lanes()).toEqual([])
    const errors = world.logged.filter((line) => line.includes('An event cannot be read'))
    expect(errors).toHaveLength(21)
  })
})
