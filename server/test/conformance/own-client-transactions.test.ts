import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { hashEmail, verifyWebhook } from '../../../client/src/index.ts'
import type {
  Client,
  LedgerEntry,
  RateCard,
  Transaction,
  Verdict,
  VerdictConflict,
} from '../../../client/src/index.ts'
import type { ManualClock } from '../support/clock.ts'
import { databases } from '../support/databases.ts'
import { startReceiver } from '../support/receiver.ts'
import { openMarket, START } from './client-market.ts'
import type { Market } from './client-market.ts'
import { collect, failureOf } from './own-client.ts'

const DAY_MS = 86_400_000

// What is expected has the client's own types, so that a member that a type lacks, or has too much,
// is an error of the compiler here.
describe.each(databases)('our own client on $name: what is owed', ({ create }) => {
  let market: Market
  let clock: ManualClock
  let publisher: Client
  let other: Client
  let merchant: Client
  let ids: Market['ids']
  let card: RateCard
  let click: Market['click']
  let report: Market['report']

  beforeAll(async () => {
    market = await openMarket(create)
    ;({ clock, publisher, other, merchant, ids, card, click, report } = market)
  })
  afterAll(() => market.network.stop())

  /** A user who is new when the offers are asked for, and not any more when the order comes. */
  async function orderWithQuote(): Promise<{ token: string; earlier: string; order: string }> {
    const email_sha256 = hashEmail('quoted@example.com')
    await publisher.customers.report({ id: 'u-quoted', email_sha256 })
    const { quote } = await publisher.offers.get({ user_id: 'u-quoted' })
    clock.advance(1_000)
    const earlier = await report('quoted-0', { customer: { email_sha256 } })
    const token = await click(publisher, 'u-quoted', { quote: quote!.id })
    clock.advance(1_000)
    const order = await report('quoted-1', {
      btn_ref: token,
      country: 'de',
      customer: { id: 'shopper', email_sha256 },
      customer_order_id: 'C-1',
      line_items: [
        { identifier: 'tea', total: 2000, category: ['Food', 'Tea'], sku: 'T1' },
        { identifier: 'card', total: 299, category: ['Gift cards'] },
      ],
    })
    return { token, earlier: earlier.button_order_id, order: order.button_order_id }
  }

  function line(identifier: string, total: number, commission: number, of: object) {
    return {
      identifier,
      total,
      amount: total,
      quantity: 1,
      publisher_commission: commission,
      commission_base: total,
      sku: null,
      gtin: null,
      category: null,
      subcategory1: null,
      subcategory2: null,
      description: null,
      attributes: {},
      ...of,
    }
  }

  test('an order by way of a quote, from the offers to what it owes', async () => {
    const begun = clock.now().getTime()
    const at = (ms: number) => new Date(begun + ms).toISOString()
    const { token, earlier, order } = await orderWithQuote()
    const [transaction] = (await publisher.transactions.list({ page_size: 1 })).objects
    if (!transaction) expect.fail('there is no transaction')
    const day = START.slice(0, 10)
    const expected: Transaction = {
      id: expect.stringMatching(/^tx-/),
      status: 'pending',
      category: 'new-user-order',
      created_date: at(2_000),
      modified_date: at(2_000),
      validated_date: null,
      attribution_date: at(1_000),
      event_date: at(2_000),
      order_purchased_date: at(2_000),
      amount: 200,
      currency: 'USD',
      order_total: 2299,
      order_currency: 'USD',
      order_line_items: [
        line('tea', 2000, 200, { sku: 'T1', category: 'Food', subcategory1: 'Tea' }),
        line('card', 299, 0, { category: 'Gift cards' }),
      ],
      order_click_channel: null,
      btn_ref: token,
      pub_ref: 'mail to u-quoted',
      button_id: 'static',
      button_order_id: order,
      order_id: null,
      customer_order_id: 'C-1',
      account_id: expect.stringMatching(/^acc-/),
      rate_card_id: card.id,
      campaign_id: null,
      publisher_organization: ids.publisher,
      publisher_organization_name: 'publisher 1',
      commerce_organization: ids.merchant,
      commerce_organization_name: 'merchant 1',
      publisher_customer_id: 'u-quoted',
      advertising_id: null,
      country: 'DE',
      customer_segment: { id: expect.stringMatching(/^segment-/), name: 'new' },
      verdict: {
        segment: 'new',
        judged: 'active',
        policy: 'network',
        decided_by: 'quote',
        judged_date: day,
        evidence: { source: 'order', known_date: day },
        quote: { outcome: 'kept' },
      },
    }
    expect(transaction).toEqual(expected)
    expect(await publisher.transactions.get(transaction.id)).toEqual(expected)
    expect(await publisher.transactions.verdict(transaction.id)).toEqual(expected.verdict)
    expect(await failureOf(other.transactions.get(transaction.id))).toMatchObject({ status: 404 })
    await checkVerdict({ earlier, order, transaction: transaction.id, at })
  })

  async function checkVerdict(of: {
    earlier: string
    order: string
    transaction: string
    at(ms: number): string
  }) {
    const { earlier, order, transaction, at } = of
    const expected: Verdict = {
      button_order_id: order,
      order_id: 'quoted-1',
      segment: 'new',
      judged: 'active',
      claimed_new: null,
      policy: 'network',
      decided_by: 'quote',
      judged_date: at(2_000),
      evidence: {
        matched: 'email_sha256',
        through: 'merchant',
        source: 'order',
        button_order_id: earlier,
        known_date: at(1_000),
      },
      known: { customer: false, email_sha256: 1, advertising_id: 0 },
      quote: {
        segment: 'new',
        date: at(0),
        expires: at(DAY_MS),
        outcome: 'kept',
      },
      commission: {
        transaction_id: transaction,
        publisher_id: ids.publisher,
        status: 'pending',
        amount: 200,
        currency: 'USD',
        rate_card_id: card.id,
        rate_card_version: 1,
        line_commissions: [200, 0],
        line_bases: [2_000, 299],
        ledger: [
          {
            ...{ number: 1, date: at(2_000), amount: 200, balance: 200, cause: 'order' },
            ...{ order_total: 2_299, line_items_total: 2_299 },
          },
        ],
      },
    }
    expect(await merchant.orders.verdict('quoted-1')).toEqual(expected)
  }

  test('an update and a cancellation of the order change what it owes', async () => {
    const token = await click(publisher, 'u-changed')
    const dates: string[] = []
    const atOnce = async (change: Promise<unknown>) => {
      await change
      dates.push(clock.now().toISOString())
      clock.advance(1_000)
    }
    await atOnce(report('changed', { btn_ref: token }))
    await atOnce(merchant.orders.update('changed', { total: 1000 }))
    const query = { time_field: 'modified_date' as const, start: dates[1]! }
    const [updated] = await collect(publisher.transactions.list(query))
    expect(updated).toMatchObject({ status: 'pending', amount: 100, order_total: 1000 })
    await atOnce(merchant.orders.cancel('changed'))
    const { id } = updated!
    const of = (total: number | null) => ({ order_total: total, line_items_total: null })
    const ledger: LedgerEntry[] = [
      { number: 1, date: dates[0]!, amount: 229, balance: 229, cause: 'order', ...of(2_299) },
      {
        number: 2,
        date: dates[1]!,
        amount: -129,
        balance: 100,
        cause: 'order-updated',
        ...of(1_000),
      },
      { number: 3, date: dates[2]!, amount: -100, balance: 0, cause: 'order-deleted', ...of(null) },
    ]
    expect(await collect(publisher.transactions.ledger(id, { page_size: 2 }))).toEqual(ledger)
    const declined = await publisher.transactions.get(id)
    expect(declined).toMatchObject({ status: 'declined', amount: 0, modified_date: dates[2] })
    const { commission } = await merchant.orders.verdict('changed')
    expect(commission).toMatchObject({ status: 'declined', amount: 0, ledger })
  })

  test('a finalized order is owed, and is listed in its account', async () => {
    const tokens = await Promise.all([click(other, 'u-final'), click(other, 'u-euro')])
    const finalization_date = new Date(clock.now().getTime() + DAY_MS).toISOString()
    await report('final', { btn_ref: tokens[0], finalization_date, country: 'FR' })
    await report('euro', { btn_ref: tokens[1], currency: 'EUR' })
    clock.advance(DAY_MS)
    const accounts = await collect(other.accounts.list())
    expect(accounts.map(({ currency }) => currency).toSorted()).toEqual(['EUR', 'USD'])
    const dollars = accounts.find(({ currency }) => currency === 'USD')!
    expect(dollars).toEqual({
      id: expect.stringMatching(/^acc-/),
      name: 'Cashback USD',
      currency: 'USD',
      organization: ids.other,
    })
    const owed = await collect(other.accounts.transactions(dollars.id))
    expect(owed).toMatchObject([
      { status: 'validated', validated_date: finalization_date, amount: 229, country: 'FR' },
    ])
    expect(await collect(other.accounts.transactions(dollars.id, { country: 'de' }))).toEqual([])
    const all = await collect(other.transactions.list({ page_size: 1 }))
    expect(all.map(({ currency }) => currency).toSorted()).toEqual(['EUR', 'USD'])
    expect(await failureOf(merchant.orders.update('final', { total: 1 }))).toMatchObject({
      status: 409,
      type: 'Conflict',
    })
  })

  test('a transaction that is delivered is the one that is read', async () => {
    const receiver = await startReceiver(204)
    onTestFinished(() => receiver.close())
    const { id, secret } = await publisher.webhooks.create({
      url: receiver.url,
      event_types: ['tx-pending'],
    })
    await report('told', { btn_ref: await click(publisher, 'u-told') })
    await receiver.arrived(1)
    const { raw: body, headers } = receiver.received[0]!
    const event = verifyWebhook({ body, headers, secret, now: clock.now() })
    if (event.event_type !== 'tx-pending') expect.fail('another event')
    expect(event.data).toEqual(await publisher.transactions.get(event.data.id))
    const query = { transaction_id: event.data.id }
    const deliveries = await collect(publisher.webhooks.deliveries(id, query))
    expect(deliveries).toMatchObject([{ event_id: event.id, transaction_id: event.data.id }])
    await publisher.webhooks.delete(id)
  })

  test('conflicts are listed and counted', async () => {
    const start = clock.now().toISOString()
    const customer = { id: 'claimed', is_new: true }
    await report('claimed-1', { customer })
    const order = await report('claimed-2', { customer })
    await report('claimed-3', { customer: { id: 'other', is_new: false } })
    expect(await merchant.verdictConflicts.count({ start })).toEqual({
      conflicts: 2,
      claimed_new: 1,
      claimed_active: 1,
    })
    expect(await merchant.verdictConflicts.count({ end: start })).toMatchObject({ conflicts: 0 })
    const listed = await collect(merchant.verdictConflicts.list({ start, page_size: 1 }))
    const expected: VerdictConflict = {
      button_order_id: order.button_order_id,
      order_id: 'claimed-2',
      claimed_new: true,
      judged: 'active',
      segment: 'active',
      policy: 'network',
      judged_date: start,
    }
    expect(listed).toHaveLength(2)
    expect(listed).toContainEqual(expected)
  })
})
