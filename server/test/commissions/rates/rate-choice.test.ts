import { beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../support/databases.ts'
import { emailHash } from '../../support/hash.ts'
import { must } from '../../support/network.ts'
import type { Answer } from '../../support/network.ts'
import { setMerchant } from '../market.ts'
import { useWorld } from '../world.ts'

const TOTAL = 9_999
const RATES = [
  { percent: '3' },
  { segment: 'new', percent: '10' },
  { category: 'Shoes', percent: '1.5' },
  { segment: 'new', category: 'shoes', fixed: 500, currency: 'USD' },
  { segment: 'active', category: 'hats', percent: '0' },
]

describe.each(databases)('which rate a line is paid by, on $name', (testDatabase) => {
  const world = useWorld(testDatabase, { merchants: 2 })
  let card: string
  let own: string

  const choose = (line: object): Promise<Answer['body']> =>
    must(world.merchant.call('POST', '/v1/rate-cards/choose', line))
  const codesOf = ({ reasons }: Answer['body']): string[] =>
    reasons.map(({ code }: { code: string }) => code)

  beforeAll(async () => {
    const make = async (fields: object): Promise<string> =>
      (await must(world.merchant.call('POST', '/v1/rate-cards', fields))).id
    card = await make({ name: 'All', rates: RATES })
    const rates = [{ segment: 'active', percent: '7' }]
    own = await make({ name: 'Own', publisher_id: world.rival.organization.id, rates })
  })

  test.each([
    [[], 'USD'],
    [['clothes', ' SHOES '], 'USD'],
    [['clothes', 'shoes'], 'EUR'],
    [['hats'], 'USD'],
    [['unheard of'], 'EUR'],
  ])('%j in %s: what is answered is what an order is paid', async (category, currency) => {
    const id = `${category.join('-').trim()}-${currency}`.toLowerCase().replaceAll(' ', '')
    for (const segment of ['new', 'active']) {
      const line = { identifier: 'l', total: TOTAL, quantity: 1, category }
      await must(
        world.order(`${segment}-${id}`, {
          ...{ currency, total: TOTAL, line_items: [line] },
          customer: { email_sha256: emailHash(id) },
        }),
      )
      const paid = await world.transaction()
      expect(paid.customer_segment.name).toBe(segment)
      const { rate, rate_card_id, reasons } = await choose({ segment, category, currency })
      expect(rate_card_id).toBe(card)
      expect(reasons.length).toBeGreaterThan(2)
      const owed = rate.fixed ?? Math.floor((TOTAL * Number(rate.percent) * 100) / 10_000)
      expect([segment, owed]).toEqual([segment, paid.amount])
    }
  })

  test('each step of the rules is told', async () => {
    const shoes = { segment: 'new', category: ['clothes', 'shoes'] }
    const fixed = await choose({ ...shoes, currency: 'usd' })
    expect(fixed.rate).toMatchObject({ fixed: 500, currency: 'USD' })
    expect(codesOf(fixed)).toEqual([
      ...['card-for-all', 'narrowest-category', 'own-segment', 'fixed-first'],
    ])
    const percent = await choose(shoes)
    expect(percent.rate).toMatchObject({ percent: '1.5' })
    expect(codesOf(percent)).toEqual(['card-for-all', 'narrowest-category', 'every-segment'])
    expect(percent.reasons[1].message).toBe(
      '“shoes” is the narrowest category of the line that has a rate.',
    )
    expect((await choose({})).rate).toMatchObject({ segment: 'default', percent: '3' })
  })

  test('a publisher’s own card takes the place of the other, and may pay nothing', async () => {
    const publisher_id = world.rival.organization.id
    const active = await choose({ publisher_id, segment: 'active' })
    expect([active.rate_card_id, active.rate.percent]).toEqual([own, '7'])
    const fresh = await choose({ publisher_id, segment: 'new' })
    expect([fresh.rate, codesOf(fresh)]).toEqual([null, ['own-card', 'no-rate']])
  })

  test('a draft is asked in place of a card', async () => {
    const draft = await choose({ rates: [{ segment: 'new', percent: '8' }], segment: 'new' })
    expect(draft).toMatchObject({ rate_card_id: null, rate: { percent: '8' } })
    expect(codesOf(draft)).toEqual(['every-category', 'own-segment'])
  })

  // The examples of docs/rates.md, "Which rate a line pays".
  test.each([
    [
      [
        { category: 'clothes', percent: '4' },
        { category: 'shoes', percent: '0' },
        { segment: 'new', percent: '10' },
      ],
      { segment: 'new', category: [' Clothes', 'SHOES'] },
      1,
    ],
    [[{ segment: 'new', percent: '10' }, { percent: '3' }], { segment: 'new' }, 0],
    [[{ segment: 'new', percent: '10' }, { percent: '3' }], { segment: 'active' }, 1],
    [[{ percent: '3' }, { fixed: 500, currency: 'USD' }], { currency: 'USD' }, 1],
    [[{ percent: '3' }, { fixed: 500, currency: 'USD' }], { currency: 'EUR' }, 0],
  ])('%j, asked %j: the one at %i', async (rates: object[], line, at) => {
    expect((await choose({ rates, ...line })).rate).toMatchObject(rates[at]!)
  })

  test('without a card in force it is said so', async () => {
    const other = world.network.merchants[1]!
    const card = { name: 'Later', rates: [{ percent: '5' }], start_date: '2030-01-01T00:00:00Z' }
    await must(other.call('POST', '/v1/rate-cards', card))
    const answer = await must(other.call('POST', '/v1/rate-cards/choose', {}))
    expect(answer).toMatchObject({ rate_card_id: null, rate: null, reasons: [{ code: 'no-card' }] })
  })

  test.each([
    [{ publisher_id: 'org-0000000000000000' }, 'publisher_id'],
    [{ currency: 'US' }, 'currency'],
    [{ rates: [{ percent: 1 }, { percent: 2 }] }, 'rates[1]'],
  ])('%j is refused', async (line, field) => {
    const { status, body } = await world.merchant.call('POST', '/v1/rate-cards/choose', line)
    expect([status, body.error.details.field]).toEqual([400, field])
  })

  test('while the merchant tells no segments it is said that they do not count', async () => {
    await setMerchant(world.network, world.merchant, { customer_segments: false })
    const codes = codesOf(await choose({ segment: 'new' }))
    expect(codes.at(-1)).toBe('segments-off')
    expect(codesOf(await choose({}))).not.toContain('segments-off')
    const theirs = await world.publisher.call('POST', '/v1/rate-cards/choose', {})
    expect(theirs.status).toBe(401)
  })
})
