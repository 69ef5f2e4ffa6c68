import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashEmail } from '../../../client/src/index.ts'
import type {
  Client,
  LinkHost,
  Merchant,
  Offers,
  RateCard,
  Simulation,
} from '../../../client/src/index.ts'
import { FEWEST_PEOPLE } from '../../src/customers/privacy-floor.ts'
import type { ManualClock } from '../support/clock.ts'
import { databases } from '../support/databases.ts'
import { openMarket, RATES, START, TEA } from './client-market.ts'
import type { Market } from './client-market.ts'
import { collect, failureOf } from './own-client.ts'

const DAY_MS = 86_400_000

// What is expected has the client's own types, so that a member that a type lacks, or has too much,
// is an error of the compiler here.
describe.each(databases)('our own client on $name: what is paid', ({ create }) => {
  let market: Market
  let clock: ManualClock
  let publisher: Client
  let other: Client
  let merchant: Client
  let second: Client
  let ids: Market['ids']
  let card: RateCard
  let click: Market['click']
  let report: Market['report']

  beforeAll(async () => {
    market = await openMarket(create)
    ;({ clock, publisher, other, merchant, second, ids, card, click, report } = market)
  })
  afterAll(() => market.network.stop())

  test('rate cards: create, list, get, change, end', async () => {
    const { rateCards } = merchant
    const fields = { name: 'For one', publisher_id: ids.other, start_date: '2025-02-01T00:00:00Z' }
    const fixed = { segment: 'new' as const, category: ' Tea ', fixed: 500, currency: 'usd' }
    const created = await rateCards.create({ ...fields, rates: [fixed, { percent: 2.5 }] })
    const version = {
      version: 1,
      start_date: '2025-02-01T00:00:00.000Z',
      end_date: null,
      rates: [
        { segment: 'new' as const, category: 'tea', fixed: 500, currency: 'USD' },
        { segment: 'default' as const, category: null, percent: '2.5' },
      ],
      created_date: START,
    }
    const listed = {
      id: expect.stringMatching(/^ratecard-/),
      name: 'For one',
      publisher_id: ids.other,
      state: 'in_force' as const,
      ...version,
    }
    const expected: RateCard = { ...listed, versions: [version] }
    expect(created).toEqual(expected)
    expect(await rateCards.get(created.id)).toEqual(expected)
    const { versions: _versions, ...first } = card
    expect(await collect(rateCards.list({ page_size: 1 }))).toHaveLength(2)
    expect((await rateCards.list()).objects).toEqual(expect.arrayContaining([first, listed]))
    // What was answered can be sent again.
    const again = await rateCards.change(created.id, { rates: created.rates })
    expect(again, 'nothing has changed').toEqual(expected)
    const changed = await rateCards.change(created.id, {
      name: 'For the other',
      start_date: '2025-05-01T00:00:00Z',
      rates: [{ percent: '3' }],
    })
    expect(changed).toMatchObject({ name: 'For the other', version: 1, state: 'in_force' })
    expect(changed.versions[1]).toMatchObject({
      version: 2,
      start_date: '2025-05-01T00:00:00.000Z',
    })
    const ended = await rateCards.end(created.id, { end_date: '2025-04-01T00:00:00Z' })
    expect(ended.versions.at(-1)).toMatchObject({ end_date: '2025-04-01T00:00:00.000Z' })
    expect(await rateCards.end(created.id)).toMatchObject({ state: 'ended', end_date: START })
  })

  test('rate cards: what is refused says why', async () => {
    const { rateCards } = merchant
    const beside = await failureOf(rateCards.create({ name: 'Beside', rates: RATES }))
    expect(beside).toMatchObject({ status: 409, type: 'Conflict' })
    expect(beside.details).toEqual({ rate_card_id: card.id })
    const fine = { rates: [{ percent: '0.00005' }] }
    expect(await failureOf(rateCards.change(card.id, fine))).toMatchObject({
      status: 400,
      type: 'InvalidField',
      details: { field: 'rates[0].percent' },
    })
    expect(await failureOf(rateCards.get('ratecard-0000000000000000'))).toMatchObject({
      status: 404,
      type: 'NotFound',
    })
  })

  test('link hosts: add, list, remove', async () => {
    const { linkHosts } = merchant
    const expected: LinkHost = { host: 'www.shop.example', created_date: START }
    expect(await linkHosts.add('WWW.Shop.example')).toEqual(expected)
    expect(await linkHosts.add('www.shop.example'), 'again').toEqual(expected)
    expect(await failureOf(second.linkHosts.add('www.shop.example'))).toMatchObject({
      status: 409,
    })
    expect(await collect(linkHosts.list())).toContainEqual(expected)
    await linkHosts.remove('www.shop.example')
    expect((await linkHosts.list()).objects).toMatchObject([{ host: 'shop.example' }])
    expect(await failureOf(linkHosts.remove('www.shop.example'))).toMatchObject({ status: 404 })
  })

  test('merchants: the rates that are paid', async () => {
    const [shown] = await collect(publisher.merchants.list({ currency: 'usd', page_size: 1 }))
    const expected: Merchant['rates'] = RATES.map((rate) => ({ rate_card_id: card.id, ...rate }))
    expect(shown?.rates).toEqual(expected)
  })

  test('offers: a user is shown what they would earn, and a quote keeps it', async () => {
    const emails = [hashEmail('offers@example.com')]
    const offers = await publisher.offers.get({ user_id: 'u-offers', email_sha256s: emails })
    const offer = (
      rank: number,
      rate_percent: string,
      of: Pick<Offers['merchant_offers'][0]['offers'][0], 'segment' | 'display_params'>,
    ) => ({ id: expect.stringMatching(/^offer-/), rank, rate_percent, ...of })
    const expected: Offers = {
      merchant_offers: [
        {
          merchant_id: ids.merchant,
          offers: [
            offer(1, '10', { segment: 'new', display_params: { offer_type: 'default' } }),
            offer(2, '0', {
              segment: 'default',
              display_params: { offer_type: 'exclusion', category: 'gift cards' },
            }),
          ],
        },
      ],
      quote: {
        id: expect.stringMatching(/^quote-/),
        expires: new Date(clock.now().getTime() + DAY_MS).toISOString(),
      },
    }
    expect(offers).toEqual(expected)
    await report('offers-1', { customer: { email_sha256: emails[0] } })
    const later = await publisher.offers.get({ email_sha256s: emails, merchant_id: ids.merchant })
    expect(later.quote).toBeNull()
    expect(later.merchant_offers[0]?.offers[0]).toMatchObject({
      rate_percent: '2',
      segment: 'active',
      display_params: { offer_type: 'default' },
    })
    const unknown = publisher.offers.get({ merchant_id: ids.publisher })
    expect(await failureOf(unknown)).toMatchObject({ status: 404, type: 'NotFound' })
  })

  test('links: create, info, and what is refused', async () => {
    expect(await publisher.links.info(TEA)).toEqual({
      organization_id: ids.merchant,
      name: 'merchant 1',
      approved: true,
      ios_support: { web: true, app: false },
      android_support: { web: true, app: false },
    })
    const [brand, ...others] = (await publisher.brands.list()).objects
    expect(brand).toMatchObject({ id: ids.merchant, is_live_ready: true })
    expect(brand?.supported_hostnames).toContain(new URL(TEA).hostname)
    expect(await publisher.brands.get(ids.merchant)).toEqual(brand)
    for (const each of others) expect(each.id).not.toBe(ids.merchant)
    expect(await publisher.links.create({ url: TEA })).toEqual({
      merchant_id: ids.merchant,
      affiliate: null,
      links: { universal: expect.stringContaining(`${market.network.url}/r/`) },
    })
    const foreign = { url: 'https://elsewhere.example/' }
    expect(await failureOf(publisher.links.create(foreign))).toMatchObject({
      status: 404,
      type: 'NoMerchantLinkSupport',
    })
    const { quote } = await publisher.offers.get({ user_id: 'u-links' })
    const experience = { btn_pub_user: 'u-other' }
    const misused = publisher.links.create({ url: TEA, experience, quote: quote!.id })
    expect(await failureOf(misused)).toMatchObject({ status: 400, details: { field: 'quote' } })
  })

  test('a merchant who pays fixed amounts, and only since today', async () => {
    const { linkHosts, rateCards, orders } = second
    await linkHosts.add('second.example')
    await rateCards.create({ name: 'Fixed', rates: [{ fixed: 550, currency: 'EUR' }] })
    const query = { user_id: 'u-second', merchant_id: ids.second }
    const { merchant_offers } = await publisher.offers.get(query)
    const offer: Offers['merchant_offers'][0]['offers'][0] = {
      id: expect.stringMatching(/^offer-/),
      rank: 1,
      rate_fixed: '5.50',
      currency: 'EUR',
      segment: 'default',
      display_params: { offer_type: 'default' },
    }
    expect(merchant_offers).toEqual([{ merchant_id: ids.second, offers: [offer] }])
    const btn_ref = await click(publisher, 'u-second', { url: 'https://second.example/' })
    const order = { order_id: 'early', total: 100, currency: 'EUR', btn_ref }
    const purchase_date = new Date(clock.now().getTime() - 3_600_000).toISOString()
    expect(await failureOf(orders.create({ ...order, purchase_date }))).toMatchObject({
      status: 400,
      type: 'InvalidField',
      details: { field: 'purchase_date' },
    })
    await orders.create(order)
    const { commission } = await orders.verdict('early')
    expect(commission).toMatchObject({ amount: 550, currency: 'EUR', line_commissions: [550] })
  })

  test('what other rates would have cost', async () => {
    clock.advance(DAY_MS)
    const start_date = clock.now().toISOString()
    const token = await click(publisher, 'u-many')
    const rare = await click(other, 'u-rare')
    const buyers = Array.from({ length: FEWEST_PEOPLE }, (_, index) => `many-${index}`)
    await Promise.all(
      buyers.map((id) => report(id, { total: 1000, btn_ref: token, customer: { id } })),
    )
    await report('rare', { total: 1000, btn_ref: rare, customer: { id: 'rare' } })
    const rates = [{ segment: 'new' as const, percent: 15 }, { percent: '1' }]
    const sums = (orders: number) => ({
      orders,
      order_total: orders * 1000,
      cost: orders * 150,
      actual_cost: orders * 100,
    })
    const expected: Simulation = {
      currencies: [
        {
          currency: 'USD',
          ...sums(FEWEST_PEOPLE + 1),
          segments: [{ segment: 'new', ...sums(FEWEST_PEOPLE + 1) }],
          publishers: [
            { publisher_id: ids.publisher, name: 'publisher 1', ...sums(FEWEST_PEOPLE) },
          ],
          other_publishers: { publishers: 1, ...sums(1) },
        },
      ],
      start_date,
      end_date: null,
    }
    expect(await merchant.rateCards.simulate({ rates, start_date })).toEqual(expected)
    const theirs = { rates, publisher_id: ids.other, end_date: '2020-01-01T00:00:00Z' }
    expect(await merchant.rateCards.simulate(theirs)).toMatchObject({ currencies: [] })
  })
})
