import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { verify } from '../../src/audit/verify.ts'
import { databases } from '../support/databases.ts'
import { startReceiver } from '../support/receiver.ts'
import type { Receiver } from '../support/receiver.ts'
import { createWorld } from '../webhooks/world.ts'
import type { World } from '../webhooks/world.ts'

describe.each(databases)('verifying the events of transactions on $name', (testDatabase) => {
  let world: World
  let receiver: Receiver
  let transaction: string

  beforeEach(async () => {
    world = await createWorld(testDatabase)
    receiver = await startReceiver()
    await world.endpoint(receiver.url, ['tx-pending'])
    transaction = world.transaction('customer-1')
    world.clock.advance(1)
    for (let amount = 1; amount <= 3; amount++) {
      await world.tell(transaction, 'tx-pending', { amount })
    }
    await insertTransaction(3)
    await world.dispatcher().deliverDue()
  })

  afterEach(async () => {
    await world.close()
    await receiver.close()
  })

  async function insertTransaction(sequence: number): Promise<void> {
    const { publisher, merchant, clock } = world
    const now = clock.now()
    await sql`
      insert into transactions (id, publisher, merchant, order_key, currency, amount, commissions,
        blob, attributed_at, finalize_at, created_at, modified_at, event_sequence)
      values (${transaction}, ${publisher.number}, ${merchant.number}, ${transaction}, 'USD', 0, '{}',
        '', ${now}, ${now}, ${now}, ${now}, ${sequence})`.execute(world.database.db)
  }

  /** What is wrong, by the beginning of the check's name. */
  async function drift(): Promise<[string, string[]][]> {
    const { checks } = await verify(world.database)
    const wrong = checks.filter((check) => check.drift > 0)
    return wrong.map(({ name, samples }) => [name.split(' ').slice(0, 5).join(' '), samples])
  }

  const numbering = 'the events of a transaction'

  test('all is well', async () => {
    const { checks, drift: sum } = await verify(world.database)
    expect(sum).toBe(0)
    const lanes = checks.find(({ name }) => name.startsWith('every event'))
    expect(lanes?.checked, 'its events are looked at').toBe(3)
    expect(checks.find(({ name }) => name.startsWith(numbering))?.checked).toBe(1)
  })

  test.each([1, 2, 3])('event %i is missing', async (sequence) => {
    await sql`delete from events where sequence = ${sequence}`.execute(world.database.db)
    expect(await drift()).toEqual([[numbering, [transaction]]])
  })

  test('none is there, or there are events of a transaction that is not', async () => {
    await sql`delete from events`.execute(world.database.db)
    expect(await drift()).toEqual([[numbering, [transaction]]])
    await sql`delete from transactions`.execute(world.database.db)
    expect(await drift()).toEqual([])
    await world.tell(transaction, 'tx-declined', {})
    expect(await drift()).toEqual([[numbering, [transaction]]])
  })

  test('an event was passed over without an attempt', async () => {
    const { rows } = await sql<{ id: string }>`
      select id from events where sequence = 2`.execute(world.database.db)
    await sql`delete from attempts where sequence = 2`.execute(world.database.db)
    const [wrong] = await drift()
    expect(wrong?.[1]).toEqual([rows[0]?.id])
  })
})
