import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../support/databases.ts'
import { dumpRows } from '../../support/dump.ts'
import { must } from '../../support/network.ts'
import type { Member } from '../../support/network.ts'
import { createMarket, hostOf } from '../market.ts'
import type { Market } from '../market.ts'

const DAY_MS = 86_400_000
const MAX = Number.MAX_SAFE_INTEGER

/** A call that must be refused, with the field that the answer names. */
interface Refused {
  name: string
  by: 'publisher' | 'rival' | 'merchant' | 'late'
  method?: 'GET' | 'DELETE'
  path: string
  body?: object
  status?: number
  field?: string
}

describe.each(databases)('what is wrong is refused as a whole, on $name', (testDatabase) => {
  let market: Market
  let members: Record<Refused['by'], Member>
  /** What the cases are about, in the paths and bodies as `<name>`. */
  const known = new Map<string, string>()

  beforeAll(async () => {
    market = await createMarket(testDatabase, { merchants: 3 })
    const { publishers, merchants } = market.network
    const [publisher, rival] = publishers as [Member, Member]
    const [merchant, other, late] = merchants as [Member, Member, Member]
    members = { publisher, rival, merchant, late }
    const { call } = merchant
    const at = (ms: number) => new Date(market.clock.now().getTime() + ms).toISOString()
    const rates = [{ percent: 100 }, { category: 'gift', fixed: 500, currency: 'USD' }]
    const card = { name: 'card', rates, start_date: at(-5 * DAY_MS) }
    known.set('card', (await must(call('POST', '/v1/rate-cards', card))).id)
    await must(other.call('POST', '/v1/rate-cards', card))
    known.set('future', at(3 * DAY_MS))
    known.set('early', at(-6 * DAY_MS))
    known.set('yesterday', at(-DAY_MS))
    known.set('tomorrow', at(DAY_MS))
    known.set('expired', await market.quote(publisher, 'u'))
    await market.advance(DAY_MS + 1)
    known.set('quote', await market.quote(publisher, 'u'))
    known.set('foreign', await market.quote(rival, 'u'))
    const one = { user_id: 'u', merchant_id: other.organization.id }
    known.set('elsewhere', (await must(publisher.call('POST', '/v1/offers', one))).quote.id)
    known.set('host', `https://${hostOf(merchant)}/`)
    known.set(
      'token',
      await market.click(publisher, merchant, { user: 'u', quote: known.get('quote') }),
    )
    known.set('rival', await market.click(rival, merchant))
    const order = { total: 1_000, currency: 'USD', btn_ref: known.get('token') }
    await must(call('POST', '/v1/order', { ...order, order_id: 'open' }))
    await must(call('POST', '/v1/order', { ...order, order_id: 'open-too' }))
    await must(late.call('POST', '/v1/rate-cards', { name: 'late', rates: [{ percent: 2 }] }))
    known.set('late', await market.click(publisher, late))
    known.set('before', new Date(market.clock.now().getTime() - 1).toISOString())
    const lateOrder = {
      ...order,
      btn_ref: null,
      purchase_date: known.get('before'),
      order_id: 'late',
    }
    await must(late.call('POST', '/v1/order', lateOrder))
    const final = { ...order, finalization_date: known.get('early'), order_id: 'final' }
    await must(call('POST', '/v1/order', final))
    await market.validate()
    const path = '/v1/affiliation/transactions'
    const page = await publisher.call('GET', `${path}?page_size=1`)
    known.set('transaction', page.body.objects[0].id)
    known.set('cursor', new URL(page.body.meta.next).searchParams.get('cursor')!)
    const [account] = await must(publisher.call('GET', '/v1/affiliation/accounts'))
    known.set('account', account.id)
  })
  afterAll(() => market.stop())

  const fill = (text: string): string =>
    text.replaceAll(/<(\w+)>/g, (_, name: string) => known.get(name) ?? '')

  async function refuse(refused: Refused): Promise<void> {
    const { by, method = refused.body ? 'POST' : 'GET', path, body, status = 400, field } = refused
    const before = await dumpRows(market.network.db)
    const filled = body && JSON.parse(fill(JSON.stringify(body)))
    const answer = await members[by].call(method, fill(path), filled)
    expect([answer.status, answer.body.error?.details?.field]).toEqual([status, field])
    expect(answer.body).toEqual({
      meta: { status: 'error' },
      error: {
        message: expect.stringMatching(/\w+ \w+/),
        type: expect.stringMatching(/^[A-Z]\w+$/),
        details: expect.any(Object),
      },
    })
    const after = await dumpRows(market.network.db)
    for (const [table, rows] of after) {
      expect(rows.toSorted(), table).toEqual(before.get(table)?.toSorted())
    }
  }

  const card = (rate: object): Pick<Refused, 'by' | 'path' | 'body'> => {
    const body = { name: 'n', publisher_id: null, start_date: '<early>', rates: [rate] }
    return { by: 'merchant', path: '/v1/rate-cards', body }
  }
  const order = (more: object): Pick<Refused, 'by' | 'path' | 'body'> => {
    const body = { order_id: 'refused', total: 1, currency: 'USD', btn_ref: '<token>', ...more }
    return { by: 'merchant', path: '/v1/order', body }
  }
  const change = (body: object, id = 'open'): Pick<Refused, 'by' | 'path' | 'body'> => {
    return { by: 'merchant', path: `/v1/order/${id}`, body }
  }
  const link = (quote: string, more: object = {}): Pick<Refused, 'by' | 'path' | 'body'> => {
    const body = { url: '<host>', quote, experience: { btn_pub_user: 'u' }, ...more }
    return { by: 'publisher', path: '/v1/links', body }
  }
  const list = (query: string): Pick<Refused, 'by' | 'path'> => {
    return { by: 'publisher', path: `/v1/affiliation/transactions?${query}` }
  }
  const line = (total: number, more: object = {}) => ({ identifier: 'a', total, ...more })
  const whole = [line(MAX - 1), { ...line(1, { category: ['gift'] }), identifier: 'b' }]

  const cards: Refused[] = [
    { name: 'a card beside another', ...card({ percent: 1 }), status: 409 },
    { name: '0.00005 %', ...card({ percent: 0.000_05 }), field: 'rates[0].percent' },
    { name: '0.00005 % as text', ...card({ percent: '0.00005' }), field: 'rates[0].percent' },
    { name: '1e-7 %', ...card({ percent: 1e-7 }), field: 'rates[0].percent' },
    { name: 'more than all', ...card({ percent: '100.0001' }), field: 'rates[0].percent' },
    {
      name: 'a rate in no currency',
      ...card({ fixed: 1, currency: 'ZZZ' }),
      field: 'rates[0].currency',
    },
    {
      name: 'a rate of 2^53',
      ...card({ fixed: MAX + 1, currency: 'USD' }),
      field: 'rates[0].fixed',
    },
    {
      name: 'a draft of 0.00005 %',
      by: 'merchant',
      path: '/v1/rate-cards/simulate',
      body: { rates: [{ percent: 0.000_05 }] },
      field: 'rates[0].percent',
    },
    {
      name: 'a version in the past',
      by: 'merchant',
      path: '/v1/rate-cards/<card>',
      body: { rates: [{ percent: 2 }], start_date: '<yesterday>' },
      field: 'start_date',
    },
    {
      name: 'a version that ends before it starts',
      by: 'merchant',
      path: '/v1/rate-cards/<card>',
      body: { start_date: '<future>', end_date: '<tomorrow>' },
      field: 'end_date',
    },
  ]

  const orders: Refused[] = [
    { name: 'a total of 2^53', ...order({ total: MAX + 1 }), field: 'total' },
    {
      name: 'a decimal total of 2^53',
      ...order({ total: '90071992547409.92', total_as_decimal: true }),
      field: 'total',
    },
    { name: 'a negative total', ...order({ total: -1 }), field: 'total' },
    { name: 'an order in no currency', ...order({ currency: 'XQZ' }), field: 'currency' },
    {
      name: 'a line of 2^53',
      ...order({ line_items: [line(MAX + 1)] }),
      field: 'line_items[0].total',
    },
    {
      name: 'lines beyond 2^53',
      ...order({ line_items: [line(MAX), { ...line(1), identifier: 'b' }] }),
      field: 'line_items[1].total',
    },
    {
      name: 'a unit price that is too much in all',
      ...order({ line_items: [{ identifier: 'a', amount: 2 ** 52, quantity: 2 }] }),
      field: 'line_items[0].total',
    },
    {
      name: 'a commission beyond 2^53',
      ...order({ total: MAX, line_items: whole }),
      field: 'line_items',
    },
    {
      name: 'a change to a commission beyond 2^53',
      ...change({ total: MAX, line_items: whole }),
      field: 'line_items',
    },
    {
      name: 'a purchase in the future',
      ...order({ purchase_date: '<future>' }),
      field: 'purchase_date',
    },
    {
      name: 'a change of the purchase to the future',
      ...change({ purchase_date: '<future>' }),
      field: 'purchase_date',
    },
    { name: 'a change to a negative total', ...change({ total: -1 }), field: 'total' },
    { name: 'another currency without a total', ...change({ currency: 'JPY' }), field: 'total' },
    { name: 'a change after finalization', ...change({ total: 2 }, 'final'), status: 409 },
    {
      name: 'another publisher after finalization',
      ...change({ btn_ref: '<rival>' }, 'final'),
      status: 409,
    },
    {
      name: 'a cancellation after finalization',
      by: 'merchant',
      method: 'DELETE',
      path: '/v1/order/final',
      status: 409,
    },
    {
      name: 'a purchase before the first card',
      ...order({ btn_ref: '<late>', purchase_date: '<before>' }),
      by: 'late',
      field: 'purchase_date',
    },
    {
      name: 'a change to a click of before the first card',
      ...change({ btn_ref: '<late>' }, 'late'),
      by: 'late',
      field: 'purchase_date',
    },
    { name: 'a change of no order', ...change({ total: 2 }, 'absent'), status: 404 },
  ]

  const links: Refused[] = [
    { name: 'a forged quote', ...link('quote-Zm9yZ2Vk'), field: 'quote' },
    { name: 'a quote with something added', ...link('<quote>A'), field: 'quote' },
    { name: 'an expired quote', ...link('<expired>'), field: 'quote' },
    { name: "another publisher's quote", ...link('<foreign>'), field: 'quote' },
    { name: 'a quote for another merchant', ...link('<elsewhere>'), field: 'quote' },
    {
      name: "another user's quote",
      ...link('<quote>', { experience: { btn_pub_user: 'v' } }),
      field: 'quote',
    },
    { name: 'a quote for nobody', ...link('<quote>', { experience: {} }), field: 'quote' },
    {
      name: 'a link to a foreign host',
      ...link('<quote>', { url: 'https://evil.example/' }),
      status: 404,
    },
    {
      name: 'a link to a foreign host on desktops',
      ...link('<quote>', { experience: { btn_desktop_url: 'https://evil.example/' } }),
      field: 'experience.btn_desktop_url',
    },
    { name: 'a forged link', by: 'publisher', path: '/r/Zm9yZ2Vk', status: 404 },
  ]

  const lists: Refused[] = [
    {
      name: 'a cursor under another country',
      ...list('cursor=<cursor>&country=us'),
      field: 'cursor',
    },
    {
      name: 'a cursor under another time',
      ...list('cursor=<cursor>&time_field=modified_date'),
      field: 'cursor',
    },
    {
      name: 'a cursor of another list',
      by: 'publisher',
      path: '/v1/affiliation/accounts/<account>/transactions?cursor=<cursor>',
      field: 'cursor',
    },
    {
      name: 'a cursor of transactions in a ledger',
      by: 'publisher',
      path: '/v1/affiliation/transactions/<transaction>/ledger?cursor=<cursor>',
      field: 'cursor',
    },
    {
      name: "another publisher's cursor",
      ...list('cursor=<cursor>'),
      by: 'rival',
      field: 'cursor',
    },
    { name: 'a forged cursor', ...list('cursor=WyJhIl0'), field: 'cursor' },
    { name: 'a malformed start', ...list('start=yesterday'), field: 'start' },
    { name: 'a malformed end', ...list('end=2026-02-31T99:00:00Z'), field: 'end' },
    { name: 'an empty start', ...list('start='), field: 'start' },
    { name: 'too large a page', ...list('page_size=501'), field: 'page_size' },
    { name: 'an empty page', ...list('page_size=0'), field: 'page_size' },
    { name: 'an unknown time', ...list('time_field=order_date'), field: 'time_field' },
    { name: 'a country of three letters', ...list('country=USA'), field: 'country' },
  ]

  test.each([...cards, ...orders, ...links, ...lists])('$name', async (refused) => {
    await refuse(refused)
  })

  test('nothing drifted', async () => {
    expect(await market.drift()).toEqual([])
  })
})
