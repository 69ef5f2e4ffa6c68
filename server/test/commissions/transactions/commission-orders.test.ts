import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../support/databases.ts'
import { emailHash } from '../../support/hash.ts'
import { must } from '../../support/network.ts'
import { DAY_MS, createWorld, percent } from '../world.ts'
import type { World } from '../world.ts'

describe.each(databases)('commissions on $name', (testDatabase) => {
  let world: World

  beforeAll(async () => {
    world = await createWorld(testDatabase, { merchants: 3 })
  })
  afterAll(async () => {
    expect(await world.drift()).toEqual([])
    await world.stop()
  })

  const count = async (table: string): Promise<number> => {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from ${sql.table(table)}`.execute(world.network.db)
    return rows[0]?.count ?? 0
  }

  test('an order of a merchant without a card is owed nothing for, under no card', async () => {
    await must(world.order('no-card'))
    const transaction = await world.transaction()
    expect(transaction).toMatchObject({ amount: 0, rate_card_id: null, status: 'pending' })
    expect(await world.ledger(transaction.id)).toEqual([0])
    await must(world.merchant.call('POST', '/v1/order/no-card', { total: 5 }))
    expect(await world.ledger(transaction.id)).toEqual([0])
  })

  test('one bought before the first card is refused, and nothing of it is written', async () => {
    await world.card([percent(10)], { start: new Date('2026-02-01') })
    const tables = ['orders', 'transactions', 'ledger_entries', 'events', 'identities']
    const before = await Promise.all(tables.map(count))
    const early = { purchase_date: '2026-01-31T23:59:59.999Z' }
    const btnRef = await world.click()
    world.clock.advance(-28 * DAY_MS)
    const clickThen = await world.click()
    world.clock.advance(28 * DAY_MS)
    const customer = { email_sha256: emailHash('early') }
    const good = Array.from({ length: 10 }, (_, index) =>
      world.order(`good-${index}`, { btn_ref: btnRef, customer }),
    )
    const [bad, ...rest] = await Promise.all([
      world.order('early', { btn_ref: clickThen, ...early }),
      ...good,
    ])
    expect([bad.status, bad.body.error.details.field]).toEqual([400, 'purchase_date'])
    expect(bad.body.error.message).toContain('2026-02-01T00:00:00.000Z')
    expect(rest.map(({ status }) => status)).toEqual(rest.map(() => 200))
    const after = await Promise.all(tables.map(count))
    expect(after.map((rows, index) => rows - (before[index] ?? 0))).toEqual([10, 10, 10, 10, 1])
    expect((await world.merchant.call('GET', '/v1/order/early')).status).toBe(404)
    await must(world.order('early', { btn_ref: null, ...early }))
  })

  test('the publisher’s own card stands in for the one for all, and the version is the purchase’s', async () => {
    const own = await world.card([percent(20)], {
      publisher: world.publisher,
      start: new Date('2026-02-10'),
      end: new Date('2026-02-28'),
    })
    const from = async (id: string, purchaseDate: string, by = world.publisher) => {
      world.clock.advance(-20 * DAY_MS)
      const btnRef = await world.click({ by })
      world.clock.advance(20 * DAY_MS)
      await must(world.order(id, { btn_ref: btnRef, purchase_date: purchaseDate }))
      const { amount, rate_card_id: card } = await world.transaction(by)
      return [amount, card === own]
    }
    expect(await from('own-0', '2026-02-09T23:59:59.999Z')).toEqual([1_000, false])
    expect(await from('own-1', '2026-02-10T00:00:00Z')).toEqual([2_000, true])
    expect(await from('own-2', '2026-02-27T23:59:59.999Z')).toEqual([2_000, true])
    expect(await from('own-3', '2026-02-28T00:00:00Z')).toEqual([1_000, false])
    expect(await from('own-4', '2026-02-15T00:00:00Z', world.rival)).toEqual([1_000, false])
  })

  test('an order after a click’s window, and one that names no click, is owed to nobody', async () => {
    const transactions = await count('transactions')
    await must(world.order('unknown', { btn_ref: 'srctok-0123456789abcdef' }))
    await must(world.order('test', { btn_ref: 'fakesrctok-0123456789abcdef' }))
    const btnRef = await world.click()
    const [, other] = world.network.merchants
    const foreign = { order_id: 'x', total: 1, currency: 'USD', btn_ref: btnRef }
    if (other) await must(other.call('POST', '/v1/order', foreign))
    await world.advance(31 * DAY_MS)
    await must(world.order('too-late', { btn_ref: btnRef }))
    expect(await count('transactions')).toBe(transactions)
    const { commission } = await must(world.merchant.call('GET', '/v1/order/too-late/verdict'))
    expect(commission).toBeNull()
    // Bought in time and reported late, it is; and once its date is mended it is not.
    const inTime = new Date(world.clock.now().getTime() - 2 * DAY_MS).toISOString()
    const path = '/v1/order/too-late'
    await must(world.merchant.call('POST', path, { purchase_date: inTime }))
    const { id, status } = await world.transaction()
    expect([await count('transactions'), status]).toEqual([transactions + 1, 'pending'])
    const now = world.clock.now().toISOString()
    await must(world.merchant.call('POST', path, { purchase_date: now }))
    expect(await world.transaction()).toMatchObject({ id, status: 'declined' })
  })

  test('more than can be counted is refused, and nothing is written', async () => {
    const orders = await count('orders')
    const most = Number.MAX_SAFE_INTEGER
    const gift = { segment: null, category: 'gift', fixed: 1_000, currency: 'USD' }
    await world.card([percent(100), gift], { publisher: world.publisher })
    const lines = [
      { identifier: 'a', total: most - 1 },
      { identifier: 'b', total: 1, category: ['Gift'] },
    ]
    const { status, body } = await world.order('huge', { total: most, line_items: lines })
    expect([status, body.error.details.field]).toEqual([400, 'line_items'])
    expect(await count('orders')).toBe(orders)
    await must(world.order('large', { total: most }))
    const { id, amount } = await world.transaction()
    expect(amount).toBe(most)
    const change = await world.merchant.call('POST', '/v1/order/large', { line_items: lines })
    expect(change.status).toBe(400)
    await must(world.merchant.call('POST', '/v1/order/large', { total: 1 }))
    await must(world.merchant.call('POST', '/v1/order/large', { total: most }))
    expect(await world.ledger(id)).toEqual([most, 1 - most, most - 1])
  })

  test('a publisher is told why an order is active, and not by what', async () => {
    const customer = { id: 'x', email_sha256: emailHash('again'), is_new: true }
    await must(world.order('again-1', { customer }))
    await world.advance(DAY_MS)
    await must(world.order('again-2', { customer }))
    const transaction = await world.transaction()
    expect(transaction.customer_segment.name).toBe('active')
    expect(transaction.verdict).toEqual({
      segment: 'active',
      judged: 'active',
      policy: 'network',
      decided_by: 'network',
      judged_date: world.clock.now().toISOString().slice(0, 10),
      evidence: {
        source: 'order',
        known_date: new Date(world.clock.now().getTime() - DAY_MS).toISOString().slice(0, 10),
      },
      quote: null,
    })
    const path = `/operator/v1/organizations/${world.merchant.organization.id}`
    await must(world.network.operator.call('PATCH', path, { verdict_policy: 'merchant' }))
    await must(world.order('again-3', { customer }))
    expect(await world.transaction()).toMatchObject({
      customer_segment: { name: 'new' },
      verdict: { segment: 'new', judged: 'active', policy: 'merchant', decided_by: 'merchant' },
    })
  })

  test('a merchant that tells no segments pays its default rates, and tells no verdict', async () => {
    const path = `/operator/v1/organizations/${world.merchant.organization.id}`
    const card = await world.card([percent(3), percent(50, { segment: 'new' })], {
      publisher: world.rival,
      start: world.clock.now(),
    })
    await must(world.network.operator.call('PATCH', path, { customer_segments: false }))
    const order = { btn_ref: await world.click({ by: world.rival }) }
    await must(world.order('silent', order))
    const transaction = await world.transaction(world.rival)
    const untold = { customer_segment: null, verdict: null }
    expect(transaction).toMatchObject({ amount: 300, rate_card_id: card, ...untold })
    const verdict = `/v1/affiliation/transactions/${transaction.id}/verdict`
    expect((await world.rival.call('GET', verdict)).body.object).toBeNull()
    await must(world.network.operator.call('PATCH', path, { customer_segments: true }))
    await must(world.merchant.call('POST', '/v1/order/silent', { total: 20_000 }))
    expect(await world.transaction(world.rival)).toMatchObject({ amount: 600, ...untold })
  })
})
