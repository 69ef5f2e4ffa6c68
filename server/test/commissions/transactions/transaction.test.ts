import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../support/databases.ts'
import { emailHash } from '../../support/hash.ts'
import { must } from '../../support/network.ts'
import { DAY_MS, createWorld, percent } from '../world.ts'
import type { World } from '../world.ts'

const LINES = [
  { identifier: 'a', total: 2299, quantity: 2, category: ['Toys', 'Bears', 'Brown'] },
  {
    identifier: 'b',
    total: 7801,
    sku: 's',
    gtin: 'g',
    description: 'd',
    attributes: { size: 'L' },
  },
  { identifier: 'discount', total: -100 },
]

const VERDICT = {
  ...{ segment: 'new', judged: 'new', policy: 'network', decided_by: 'network' },
  ...{ judged_date: '2026-03-01', evidence: null, quote: null },
}

/** As the reference has it: of an order with these lines, reported a minute after the click. */
function wholeTransaction({ publisher, merchant }: World) {
  const line = { sku: null, gtin: null, category: null, subcategory1: null, description: null }
  const rest = { quantity: 1, attributes: {}, subcategory2: null }
  return {
    id: expect.stringMatching(/^tx-[0-9a-f]{16}$/),
    status: 'pending',
    category: 'new-user-order',
    created_date: '2026-03-01T12:01:00.000Z',
    modified_date: '2026-03-01T12:01:00.000Z',
    validated_date: null,
    attribution_date: '2026-03-01T12:00:00.000Z',
    event_date: '2026-03-01T12:01:00.000Z',
    order_purchased_date: '2026-03-01T11:00:00.000Z',
    amount: 999,
    currency: 'USD',
    order_total: 10_000,
    order_currency: 'USD',
    order_line_items: [
      {
        ...{ ...line, ...rest, identifier: 'a', total: 2299, quantity: 2, amount: 1149 },
        ...{
          category: 'Toys',
          subcategory1: 'Bears',
          subcategory2: 'Brown',
          publisher_commission: 229,
          commission_base: 2299,
        },
      },
      {
        ...{ ...line, ...rest, identifier: 'b', total: 7801, sku: 's', gtin: 'g' },
        ...{ description: 'd', attributes: { size: 'L' }, publisher_commission: 780 },
        ...{ amount: 7801, commission_base: 7801 },
      },
      {
        ...{ ...line, ...rest, identifier: 'discount', total: -100, amount: -100 },
        ...{ publisher_commission: -10, commission_base: -100 },
      },
    ],
    order_click_channel: 'app',
    pub_ref: 'ref',
    button_id: 'static',
    order_id: null,
    customer_order_id: 'co-1',
    account_id: expect.stringMatching(/^acc-[0-9a-f]{16}$/),
    campaign_id: null,
    publisher_organization: publisher.organization.id,
    publisher_organization_name: publisher.organization.name,
    commerce_organization: merchant.organization.id,
    commerce_organization_name: merchant.organization.name,
    publisher_customer_id: 'anna',
    advertising_id: null,
    country: 'DE',
    customer_segment: { id: expect.stringMatching(/^segment-/), name: 'new' },
    verdict: VERDICT,
  }
}

describe.each(databases)('transactions on $name', (testDatabase) => {
  let world: World
  let card: string

  beforeAll(async () => {
    world = await createWorld(testDatabase)
    card = await world.card([percent(2), percent(10, { segment: 'new' })])
  })
  afterAll(async () => {
    expect(await world.drift()).toEqual([])
    await world.stop()
  })

  const update = (id: string, change: object) =>
    must(world.merchant.call('POST', `/v1/order/${id}`, change))
  const read = (id: string, by = world.publisher) =>
    must(by.call('GET', `/v1/affiliation/transactions/${id}`))
  const told = async (id: string, by = world.publisher) =>
    (await world.events(by)).filter(({ payload }) => payload.id === id)

  test('an attributed order is owed for, and each side sees what is its business', async () => {
    const token = await world.click({ customer: 'anna', pubRef: 'ref' })
    world.clock.advance(59_000)
    const order = {
      btn_ref: token,
      line_items: LINES,
      country: 'de',
      customer_order_id: 'co-1',
      advertising_id: 'aebe52e7-03ee-455a-b3c4-e57283966239',
      partner_order_channel: 'app',
      purchase_date: '2026-03-01T11:00:00Z',
    }
    const { button_order_id: buttonOrderId } = await must(world.order('whole', order))
    const transaction = await world.transaction()
    expect(transaction).toEqual({
      ...wholeTransaction(world),
      btn_ref: token,
      button_order_id: buttonOrderId,
      rate_card_id: card,
    })
    expect(await read(transaction.id)).toEqual(transaction)
    const its = `/v1/affiliation/transactions/${transaction.id}`
    expect(await must(world.publisher.call('GET', `${its}/verdict`))).toEqual(VERDICT)
    const entry = { number: 1, date: '2026-03-01T12:01:00.000Z', cause: 'order' }
    const paidOn = { order_total: 10_000, line_items_total: 10_000 }
    const ledger = [{ ...entry, amount: 999, balance: 999, ...paidOn }]
    expect(await must(world.publisher.call('GET', `${its}/ledger`))).toEqual(ledger)
    const payload = { ...transaction, publisher_customer_id: null }
    expect(await told(transaction.id)).toEqual([{ type: 'tx-pending', sequence: 1, payload }])
    const { commission } = await must(world.merchant.call('GET', '/v1/order/whole/verdict'))
    expect(commission).toEqual({
      transaction_id: transaction.id,
      publisher_id: world.publisher.organization.id,
      status: 'pending',
      amount: 999,
      currency: 'USD',
      rate_card_id: card,
      rate_card_version: 1,
      line_commissions: [229, 780, -10],
      line_bases: [2_299, 7_801, -100],
      ledger,
    })
  })

  test('an account is there for each currency; the same order again owes nothing more', async () => {
    const token = await world.click()
    const order = { btn_ref: token, currency: 'jpy', total: 2299 }
    await Promise.all([1, 2, 3].map(() => must(world.order('yen', order))))
    const accounts = await must(world.publisher.call('GET', '/v1/affiliation/accounts'))
    const organization = world.publisher.organization.id
    expect(accounts).toEqual([
      { id: expect.stringMatching(/^acc-/), name: 'Cashback JPY', currency: 'JPY', organization },
      { id: expect.stringMatching(/^acc-/), name: 'Cashback USD', currency: 'USD', organization },
    ])
    const [yen] = accounts
    const path = `/v1/affiliation/accounts/${yen.id}/transactions`
    const transactions = await must(world.publisher.call('GET', path))
    expect(transactions).toEqual([
      expect.objectContaining({ amount: 229, currency: 'JPY', account_id: yen.id, pub_ref: null }),
    ])
    expect((await world.rival.call('GET', path)).status).toBe(404)
    expect(await must(world.rival.call('GET', '/v1/affiliation/accounts'))).toEqual([])
  })

  test('an update is paid under the verdict and the version it was recorded with', async () => {
    const customer = { email_sha256: emailHash('updated') }
    await must(world.order('updated', { line_items: LINES, customer }))
    const { id } = await world.transaction()
    world.clock.advance(1_000)
    await world.card([percent(50)], { card, version: 2, start: world.clock.now() })
    await update('updated', { line_items: LINES.toReversed(), total: 5_000 })
    const reversed = await read(id)
    expect(reversed).toMatchObject({ amount: 499, order_total: 5_000, rate_card_id: card })
    expect(reversed.modified_date).toBe(world.clock.now().toISOString())
    const commissions = reversed.order_line_items.map(
      (line: { publisher_commission: number }) => line.publisher_commission,
    )
    expect(commissions).toEqual([-5, 390, 114])
    await update('updated', { line_items: [] })
    expect(await read(id)).toMatchObject({ amount: 500, order_line_items: [] })
    await update('updated', { total: 0 })
    expect(await read(id)).toMatchObject({ amount: 0, customer_segment: { name: 'new' } })
    await update('updated', { total: 7, country: 'FR' })
    expect(await world.ledger(id)).toEqual([999, -500, 1, -500])
    await update('updated', { total: 20_000 })
    expect(await world.ledger(id)).toEqual([999, -500, 1, -500, 2_000])
    const its = await told(id)
    expect(its.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6])
    expect(its.map(({ payload }) => payload.amount)).toEqual([999, 499, 500, 0, 0, 2_000])
    await must(world.order('later', { customer: { email_sha256: emailHash('later') } }))
    expect((await world.transaction()).amount).toBe(5_000)
  })

  test('a change that a publisher cannot see is not told of', async () => {
    await must(world.order('unseen'))
    const before = await world.transaction()
    world.clock.advance(1_000)
    const later = new Date(world.clock.now().getTime() + DAY_MS).toISOString()
    await update('unseen', { total: 10_000, finalization_date: later })
    await update('unseen', { advertising_id: '0ebe52e7-03ee-455a-b3c4-e57283966239' })
    expect(await read(before.id)).toEqual(before)
    expect(await told(before.id)).toHaveLength(1)
    await world.advance(DAY_MS)
    expect((await read(before.id)).status).toBe('validated')
  })

  test('a cancelled order is owed for no more, for good', async () => {
    await must(world.order('gone', { line_items: LINES }))
    const { id, amount } = await world.transaction()
    world.clock.advance(1_000)
    await world.merchant.call('DELETE', '/v1/order/gone')
    await world.merchant.call('DELETE', '/v1/order/gone')
    const declined = await read(id)
    expect(declined).toMatchObject({ status: 'declined', amount: 0, validated_date: null })
    for (const line of declined.order_line_items) expect(line.publisher_commission).toBe(0)
    expect(declined.order_line_items).toHaveLength(3)
    expect(await world.ledger(id)).toEqual([amount, -amount])
    expect((await told(id)).map(({ type }) => type)).toEqual(['tx-pending', 'tx-declined'])
    await world.advance(100 * DAY_MS)
    await world.validate()
    expect((await read(id)).status).toBe('declined')
    const { commission } = await must(world.merchant.call('GET', '/v1/order/gone/verdict'))
    expect(commission).toMatchObject({ status: 'declined', amount: 0, line_commissions: [0, 0, 0] })
  })

  test('an order that came from another publisher is owed to that one', async () => {
    await must(world.order('moved', { total: 3_000, line_items: LINES }))
    const first = await world.transaction()
    world.clock.advance(1_000)
    const btnRef = await world.click({ by: world.rival, customer: 'their-anna' })
    await update('moved', { btn_ref: btnRef, total: 4_000, line_items: [] })
    const second = await world.transaction(world.rival)
    expect(second).toMatchObject({ status: 'pending', order_total: 4_000, btn_ref: btnRef })
    expect(second.publisher_customer_id).toBe('their-anna')
    // The first publisher learns no more of the order than what it was when it was theirs.
    const lines = first.order_line_items.map((line: object) => ({
      ...line,
      publisher_commission: 0,
      commission_base: 0,
    }))
    const modified = world.clock.now().toISOString()
    const frozen = { status: 'declined', amount: 0, modified_date: modified }
    expect(await read(first.id)).toEqual({ ...first, ...frozen, order_line_items: lines })
    expect(
      (await world.publisher.call('GET', `/v1/affiliation/transactions/${second.id}`)).status,
    ).toBe(404)
    await update('moved', { total: 4_100 })
    expect(await world.ledger(first.id)).toEqual([first.amount, -first.amount])
    expect(await world.ledger(second.id, world.rival)).toEqual([second.amount, 50])
    await update('moved', { btn_ref: null })
    expect((await read(second.id, world.rival)).status).toBe('declined')
    world.clock.advance(1_000)
    await update('moved', { total: 4_200 })
    await update('moved', { btn_ref: btnRef })
    const third = await world.transaction(world.rival)
    expect(third.id).not.toBe(second.id)
    expect(third).toMatchObject({ status: 'pending', order_total: 4_200 })
    expect((await read(second.id, world.rival)).order_total).toBe(4_100)
  })

  test('another click of the same publisher goes on with the transaction', async () => {
    await must(world.order('same'))
    const { id } = await world.transaction()
    world.clock.advance(1_000)
    const btnRef = await world.click({ customer: 'bert' })
    await update('same', { btn_ref: btnRef })
    const changed = { id, btn_ref: btnRef, publisher_customer_id: 'bert', status: 'pending' }
    expect(await read(id)).toMatchObject({
      ...changed,
      attribution_date: world.clock.now().toISOString(),
    })
    expect(await told(id)).toHaveLength(2)
  })

  test('an order in another currency is another transaction', async () => {
    await must(world.order('exchanged'))
    const first = await world.transaction()
    world.clock.advance(1_000)
    await update('exchanged', { currency: 'eur', total: 9_000 })
    const second = await world.transaction()
    expect(second).toMatchObject({ currency: 'EUR', order_currency: 'EUR', btn_ref: first.btn_ref })
    expect(second.publisher_customer_id).toBe('anna')
    expect(second.account_id).not.toBe(first.account_id)
    expect(await read(first.id)).toMatchObject({ status: 'declined', order_currency: 'USD' })
    expect(await world.ledger(second.id)).toEqual([second.amount])
  })

  test('a publisher’s erased customer is taken out of its transactions', async () => {
    const { call } = world.publisher
    await must(call('POST', '/v1/customers', { id: 'cleo', email_sha256: emailHash('cleo') }))
    await must(world.order('cleo', { btn_ref: await world.click({ customer: 'cleo' }) }))
    const before = await world.transaction()
    expect(before.publisher_customer_id).toBe('cleo')
    expect((await call('DELETE', '/v1/customers/cleo')).status).toBe(200)
    expect(await read(before.id)).toEqual({ ...before, publisher_customer_id: null })
    await update('cleo', { total: 1 })
    expect((await read(before.id)).publisher_customer_id).toBeNull()
  })
})
