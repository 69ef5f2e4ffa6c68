import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { manualClock } from '../support/clock.ts'
import type { ManualClock } from '../support/clock.ts'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must, startFreshNetwork } from '../support/network.ts'
import type { Answer, Member, Network } from '../support/network.ts'

const DAY_MS = 86_400_000
const RATES = [
  { segment: 'new', percent: '10' },
  { segment: 'active', percent: '2.5' },
  { segment: 'default', percent: '5' },
]
const [NEW, ACTIVE, DEFAULT] = [['10 new'], ['2.5 active'], ['5 default']]

interface Offer {
  rank: number
  rate_percent?: string
  rate_fixed?: string
  currency?: string
  segment: string
  display_params: { category?: string; offer_type: string }
}

describe.each(databases)('offers on $name', ({ create }) => {
  let network: Network
  let clock: ManualClock
  let publisher: Member
  let shop: Member
  let other: Member

  beforeEach(async () => {
    clock = manualClock()
    network = await startFreshNetwork(create, { publishers: 2, merchants: 2, clock })
    ;[publisher] = network.publishers as [Member]
    ;[shop, other] = network.merchants as [Member, Member]
  })
  afterEach(() => network.stop())

  const ask = (body: unknown = {}, member = publisher): Promise<Answer> =>
    member.call('POST', '/v1/offers', body)
  const setCard = (merchant: Member, rates: unknown[] = RATES, more = {}) =>
    must(merchant.call('POST', '/v1/rate-cards', { name: 'card', rates, ...more }))
  const buy = (merchant: Member, customer: unknown, orderId = 'o-1') =>
    must(
      merchant.call('POST', '/v1/order', {
        order_id: orderId,
        total: 1,
        currency: 'USD',
        customer,
      }),
    )
  const patch = (merchant: Member, change: unknown) =>
    must(
      network.operator.call(
        'PATCH',
        `/operator/v1/organizations/${merchant.organization.id}`,
        change,
      ),
    )
  const setPartnership = (merchant: Member, status: string) =>
    must(
      network.operator.call(
        'PUT',
        `/operator/v1/partnerships/${publisher.organization.id}/${merchant.organization.id}`,
        { status },
      ),
    )

  /** What is offered, by the merchant's name, in the order of the answer. */
  async function offered(body: unknown = {}, member = publisher) {
    const { merchant_offers: answered } = await must(ask(body, member))
    return (answered as { merchant_id: string; offers: Offer[] }[]).map(
      ({ merchant_id: id, offers }): [string, string[]] => {
        expect(offers.map(({ rank }) => rank)).toEqual(offers.map((_, index) => index + 1))
        return [id === shop.organization.id ? 'shop' : 'other', offers.map(inWords)]
      },
    )
  }

  test('whoever is unknown is offered what is paid for new customers', async () => {
    await setCard(shop)
    for (const body of [
      {},
      { user_id: null, device_ids: null, email_sha256s: null, merchant_id: null },
      { user_id: 'nobody' },
      { device_ids: [], email_sha256s: [emailHash('nobody')] },
      { device_ids: ['00000000-0000-0000-0000-000000000000'] },
    ]) {
      expect(await offered(body)).toEqual([['shop', NEW]])
    }
    const { body } = await ask({ merchant_id: shop.organization.id })
    expect(body).toEqual({
      meta: { status: 'ok' },
      object: {
        merchant_offers: [
          {
            merchant_id: shop.organization.id,
            offers: [
              {
                id: expect.stringMatching(/^offer-[0-9a-f]{16}$/),
                rank: 1,
                rate_percent: '10',
                segment: 'new',
                display_params: { offer_type: 'default' },
              },
            ],
          },
        ],
        quote: null,
      },
    })
  })

  test('an order under the same e-mail changes what is offered, there and at once', async () => {
    await setCard(shop)
    await setCard(other)
    const kim = { email_sha256s: [emailHash('kim')] }
    const device = '6d92078a-8246-4ba4-ae5b-76104861e7dc'
    await must(
      publisher.call('POST', '/v1/customers', {
        id: 'kim',
        email_sha256: emailHash('kim'),
        advertising_id: device,
      }),
    )
    const bothNew = { other: NEW, shop: NEW }
    const unsorted = async (body: unknown, member = publisher) =>
      Object.fromEntries(await offered(body, member))
    expect(await unsorted({ user_id: 'kim' })).toEqual(bothNew)
    expect(await unsorted(kim)).toEqual(bothNew)

    await buy(shop, { id: 'buyer', email_sha256: emailHash('kim') })
    const flipped = [
      ['other', NEW],
      ['shop', ACTIVE],
    ]
    // Best first: the merchant where the user is new comes first now.
    expect(await offered({ user_id: 'kim' })).toEqual(flipped)
    expect(await offered(kim)).toEqual(flipped)
    expect(await offered({ user_id: 'lee', ...kim })).toEqual(flipped)
    expect(await unsorted({ device_ids: [device] }), 'one step only').toEqual(bothNew)
    expect(await unsorted({ user_id: 'lee' })).toEqual(bothNew)
    expect(await offered({ user_id: 'kim', merchant_id: other.organization.id })).toEqual([
      ['other', NEW],
    ])
    const theirs = network.publishers[1]!
    expect(await unsorted({ user_id: 'kim' }, theirs), "another publisher's id").toEqual(bothNew)
    expect(await offered(kim, theirs)).toEqual(flipped)

    await must(shop.call('DELETE', '/v1/order/o-1'))
    expect(await unsorted({ user_id: 'kim' })).toEqual(bothNew)
  })

  test('what is reported and what is given count together', async () => {
    await setCard(shop)
    await setCard(other)
    await must(
      publisher.call('POST', '/v1/customers', { id: 'kim', email_sha256: emailHash('home') }),
    )
    await buy(shop, { id: 'a', email_sha256: emailHash('home') })
    await buy(other, { id: 'b', email_sha256: emailHash('work') })
    const all = await offered({ user_id: 'kim', email_sha256s: [emailHash('work')] })
    expect(all.map(([, rates]) => rates)).toEqual([ACTIVE, ACTIVE])
    expect((await offered({ user_id: 'kim' })).map(([, rates]) => rates)).toEqual([NEW, ACTIVE])
  })

  test('an identifier of too many customers tells nobody', async () => {
    await setCard(shop)
    await buy(shop, { id: 'buyer', email_sha256: emailHash('till') })
    const given = { email_sha256s: [emailHash('till')] }
    expect(await offered(given)).toEqual([['shop', ACTIVE]])
    const customers = Array.from({ length: 101 }, (_, index) => ({
      id: `till-${index}`,
      email_sha256: emailHash('till'),
    }))
    await must(publisher.call('POST', '/v1/customers/batch', { customers }))
    expect(await offered(given)).toEqual([['shop', NEW]])
    expect(await offered({ user_id: 'till-1' })).toEqual([['shop', NEW]])
    expect(await offered(given, network.publishers[1])).toEqual([['shop', ACTIVE]])
  })

  test('asking leaves no trace', async () => {
    await setCard(shop)
    await must(
      ask({
        user_id: 'probe',
        email_sha256s: [emailHash('probe')],
        device_ids: ['6d92078a-8246-4ba4-ae5b-76104861e7dc'],
      }),
    )
    for (const table of ['customers', 'identities', 'quote_uses']) {
      const { rows } = await sql`select * from ${sql.table(table)}`.execute(network.db)
      expect(rows, table).toEqual([])
    }
    expect((await publisher.call('GET', '/v1/customers/probe')).status).toBe(404)
  })

  test('while segments are off the default is offered to everybody', async () => {
    await setCard(shop)
    await buy(shop, { id: 'buyer', email_sha256: emailHash('kim') })
    await patch(shop, { customer_segments: false })
    const kim = { email_sha256s: [emailHash('kim')] }
    expect(await offered(kim)).toEqual([['shop', DEFAULT]])
    expect(await offered()).toEqual([['shop', DEFAULT]])
    await patch(shop, { customer_segments: true })
    expect(await offered(kim)).toEqual([['shop', ACTIVE]])
  })

  test('only approved merchants with rates are shown', async () => {
    await setCard(shop)
    await setCard(other)
    await setPartnership(other, 'pending')
    expect(await offered()).toEqual([['shop', NEW]])
    expect(await ask({ merchant_id: other.organization.id })).toMatchObject({
      status: 403,
      body: {
        error: {
          type: 'NoMerchantApproval',
          details: { merchant_id: other.organization.id },
        },
      },
    })
    for (const id of ['org-0000000000000000', publisher.organization.id]) {
      const { status, body } = await ask({ merchant_id: id })
      expect([status, body.error.message]).toEqual([404, `Could not find ${id}`])
    }
    await setPartnership(other, 'approved')
    expect(Object.fromEntries(await offered())).toEqual({ other: NEW, shop: NEW })
  })

  test('a merchant that pays the segment nothing at all is left out', async () => {
    await setCard(shop, [{ segment: 'new', percent: 10 }])
    await buy(shop, { id: 'buyer', email_sha256: emailHash('kim') })
    const kim = { email_sha256s: [emailHash('kim')] }
    expect(await offered(kim)).toEqual([])
    expect(await offered({ ...kim, merchant_id: shop.organization.id })).toEqual([])
    expect(await offered({ merchant_id: other.organization.id }), 'no card').toEqual([])
    expect(await offered()).toEqual([['shop', NEW]])
  })

  test('categories, percentages, amounts and exclusions, best first', async () => {
    await setCard(shop, [
      { segment: 'default', category: 'Gift Cards', percent: 0 },
      { segment: 'new', fixed: 1250, currency: 'usd' },
      { segment: 'default', fixed: 900, currency: 'JPY' },
      { segment: 'default', percent: '1.5' },
      { segment: 'default', category: 'Überraschung', percent: 12 },
      { segment: 'active', category: 'shoes', percent: 20 },
    ])
    await setCard(other, [{ segment: 'default', percent: '12.0001' }])
    expect(await offered()).toEqual([
      ['other', ['12.0001 default']],
      [
        'shop',
        [
          '12 default überraschung',
          '1.5 default',
          '900 JPY default',
          '12.50 USD new',
          '0 default gift cards',
        ],
      ],
    ])
    await buy(shop, { id: 'buyer', email_sha256: emailHash('kim') })
    expect(await offered({ email_sha256s: [emailHash('kim')] })).toEqual([
      [
        'shop',
        [
          '20 active shoes',
          '12 default überraschung',
          '1.5 default',
          '900 JPY default',
          '0 default gift cards',
        ],
      ],
      ['other', ['12.0001 default']],
    ])
  })

  test('rates change at their instant, and not a millisecond before', async () => {
    const start = new Date(clock.now().getTime() + DAY_MS)
    const card = await setCard(shop)
    const path = `/v1/rate-cards/${card.id}`
    const rates = [{ segment: 'default', percent: 7 }]
    await must(shop.call('POST', path, { rates, start_date: start.toISOString() }))
    expect(await offered()).toEqual([['shop', NEW]])
    clock.advance(DAY_MS - 1)
    expect(await offered()).toEqual([['shop', NEW]])
    clock.advance(1)
    expect(await offered()).toEqual([['shop', ['7 default']]])

    await must(shop.call('POST', path, { rates: [{ segment: 'default', percent: 8 }] }))
    expect(await offered(), 'at once').toEqual([['shop', ['8 default']]])
    await must(
      shop.call('POST', path, {
        end_date: new Date(clock.now().getTime() + 1_000).toISOString(),
      }),
    )
    expect(await offered()).toEqual([['shop', ['8 default']]])
    clock.advance(1_000)
    expect(await offered(), 'ended').toEqual([])
  })

  test("a publisher's own card stands in place of the one for all", async () => {
    await setCard(shop)
    await setCard(shop, [{ segment: 'default', percent: 1 }], {
      publisher_id: publisher.organization.id,
    })
    expect(await offered()).toEqual([['shop', ['1 default']]])
    expect(await offered({}, network.publishers[1])).toEqual([['shop', NEW]])
  })

  test('the same rate has the same id, whoever asks', async () => {
    await setCard(shop)
    const ids = async (body: unknown, member = publisher): Promise<string[]> =>
      (await must(ask(body, member))).merchant_offers[0].offers.map(({ id }: { id: string }) => id)
    const first = await ids({ user_id: 'kim' })
    expect(await ids({})).toEqual(first)
    expect(await ids({}, network.publishers[1])).toEqual(first)
    await setPartnership(other, 'pending')
    expect(await ids({})).toEqual(first)
  })
})

function inWords(offer: Offer): string {
  const { rate_percent, rate_fixed, currency, segment, display_params: shown } = offer
  return [rate_percent ?? rate_fixed, currency, segment, shown.category]
    .filter((word) => word !== undefined)
    .join(' ')
}
