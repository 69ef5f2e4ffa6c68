import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { verify } from '../../src/audit/verify.ts'
import { pauseEndpoint } from '../../src/webhooks/endpoints/change-endpoint.ts'
import { dropEventDays } from '../../src/events/drop-days.ts'
import { dropDays, ensurePartitions } from '../../src/kernel/database/partition.ts'
import { SERVICE } from '../../src/journal/entry.ts'
import { inTx } from '../../src/kernel/database/transaction.ts'
import { databases } from '../support/databases.ts'
import { startReceiver } from '../support/receiver.ts'
import type { Receiver } from '../support/receiver.ts'
import { createWorld } from '../webhooks/world.ts'
import type { World } from '../webhooks/world.ts'

const DAY_MS = 86_400_000

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
    const { db } = world.database
    const now = clock.now()
    const order = randomUUID()
    await sql`
      insert into orders (id, button_id, merchant, content, total, currency, is_test, blob, verdict,
        transaction, purchased_at, finalize_at, created_at, modified_at)
      values (${order}, 'btnorder-0123456789abcdef', ${merchant.number}, '', 70, 'USD', false, '',
        'new', ${transaction}, ${now}, ${now}, ${now}, ${now})`.execute(db)
    await sql`
      insert into transactions (id, publisher, merchant, order_key, currency, amount, commissions,
        blob, attributed_at, finalize_at, created_at, modified_at, entries, event_sequence)
      values (${transaction}, ${publisher.number}, ${merchant.number}, ${order}, 'USD', 7, '{3,4}',
        '', ${now}, ${now}, ${now}, ${now}, 2, ${sequence})`.execute(db)
    await sql`
      insert into ledger_entries (transaction, number, amount, cause, at)
      values (${transaction}, 1, 9, 'order', ${now}),
        (${transaction}, 2, -2, 'order-updated', ${now})`.execute(db)
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
    for (const table of ['transactions', 'ledger_entries', 'orders']) {
      await sql`delete from ${sql.table(table)}`.execute(world.database.db)
    }
    expect(await drift()).toEqual([])
    await world.tell(transaction, 'tx-declined', {})
    expect(await drift()).toEqual([[numbering, [transaction]]])
  })

  const ledgers = 'the commissions of a transaction'
  const owed = "an order's transaction is its"

  test.each([
    [ledgers, 'an entry is missing', 'delete from ledger_entries where number = 1'],
    [ledgers, 'the last entry is missing', 'delete from ledger_entries where number = 2'],
    [
      ledgers,
      'an entry is of another amount',
      'update ledger_entries set amount = 8 where number = 1',
    ],
    [ledgers, 'the amount is another', 'update transactions set amount = 8'],
    [ledgers, 'a commission is another', `update transactions set commissions = '{3,5}'`],
    [ledgers, 'an entry is not counted', 'update transactions set entries = 1'],
    [ledgers, 'it was negative once', 'update ledger_entries set amount = number * 25 - 34'],
    [owed, 'a deleted order is owed for', 'update orders set deleted_at = created_at'],
    [owed, 'an order owes nothing that is owed', 'update orders set transaction = null'],
    [owed, 'the order is missing', 'delete from orders'],
    [owed, 'it is of another merchant', 'update orders set merchant = merchant + 1'],
  ])('%s…: %s', async (name, _, statement) => {
    await sql.raw(statement).execute(world.database.db)
    expect(await drift()).toEqual([[name, [transaction]]])
  })

  test('somebody is paid on more than the total, or for more than the card says', async () => {
    const { db } = world.database
    const now = world.clock.now()
    const card = 'ratecard-0123456789abcdef'
    const rates = [{ segment: null, category: null, percent: 100_000 }]
    await sql`insert into rate_cards (id, merchant, name, created_at)
      values (${card}, ${world.merchant.number}, 'a card', ${now})`.execute(db)
    await sql`insert into rate_card_versions (card, version, start_at, rates, created_at)
      values (${card}, 1, ${now}, ${JSON.stringify(rates)}::jsonb, ${now})`.execute(db)
    await sql`update transactions set rate_card = ${card}, rate_version = 1,
      bases = '{30,40}'`.execute(db)
    expect(await drift()).toEqual([])
    const changes = [
      ['update orders set total = 69', 'update orders set total = 70'],
      [`update transactions set bases = '{30,41}'`, `update transactions set bases = '{30,40}'`],
      [`update transactions set bases = '{70}'`, `update transactions set bases = '{30,40}'`],
      [
        `update rate_card_versions set rates = '[{"percent": 99999}]'`,
        `update rate_card_versions set rates = '[{"percent": 100000}]'`,
      ],
      [
        `update orders set total = 0; update transactions set bases = '{0,0}'`,
        `update orders set total = 70; update transactions set bases = '{30,40}'`,
      ],
    ]
    for (const [change = '', back = ''] of changes) {
      for (const each of change.split(';')) await sql.raw(each).execute(db)
      expect(await drift(), change).toEqual([['nobody is paid on more', [transaction]]])
      for (const each of back.split(';')) await sql.raw(each).execute(db)
    }
    expect(await drift()).toEqual([])
  })

  test('an amount was read with other decimals than ISO 4217 has', async () => {
    const { db } = world.database
    await sql`update orders set decimals = 2`.execute(db)
    expect(await drift()).toEqual([])
    const { rows } = await sql<{ id: string }>`
      update orders set currency = 'HUF', decimals = 0 returning id`.execute(db)
    expect(await drift()).toEqual([["orders' amounts are in the", [rows[0]?.id]]])
  })

  test('an order’s transaction is another’s', async () => {
    const { rows } = await sql<{ id: string }>`select id from orders`.execute(world.database.db)
    await sql`update transactions set order_key = ${randomUUID()}, declined_at = created_at,
      amount = 0, commissions = '{0,0}'`.execute(world.database.db)
    await sql`update ledger_entries set amount = number * 2 - 3`.execute(world.database.db)
    const wrong = (await drift()).find(([name]) => name === owed)
    expect(new Set(wrong?.[1])).toEqual(new Set([transaction, rows[0]?.id]))
  })

  test('an event was passed over without an attempt', async () => {
    const { rows } = await sql<{ id: string }>`
      select id from events where sequence = 2`.execute(world.database.db)
    await sql`delete from attempts where sequence = 2`.execute(world.database.db)
    const [wrong] = await drift()
    expect(wrong?.[1]).toEqual([rows[0]?.id])
  })

  test('what was dropped for its age is missed by nobody', async () => {
    const waits = await world.endpoint('https://example.com/', ['tx-pending'])
    const { db } = world.database
    const drop = async () => {
      const before = new Date(world.clock.now().getTime() - 30 * DAY_MS)
      await dropEventDays(db, { before, isStopping: () => false })
      await dropDays(db, 'attempts', before)
    }
    await inTx(db, (tx) => {
      const by = {
        vault: world.vault,
        organization: world.publisher,
        act: SERVICE,
        now: world.clock.now(),
      }
      return pauseEndpoint(tx, by, waits.id)
    })
    world.clock.advance(DAY_MS)
    await world.tell(transaction, 'tx-pending', { amount: 4 })
    await sql`update transactions set event_sequence = 4`.execute(db)
    await world.dispatcher().deliverDue()
    world.clock.advance(31 * DAY_MS)
    await ensurePartitions(db, world.clock.now())
    await drop()
    expect((await world.attempts()).length, 'none is left').toBe(0)
    expect(await drift(), 'the fourth waits').toEqual([])
    await sql`delete from lanes`.execute(db)
    await drop()
    expect(await drift()).toEqual([])
  })
})
