import { beforeAll, describe, expect, test } from 'vitest'
import { hashEmail } from '../../../client/src/index.ts'
import { databases } from '../support/databases.ts'
import { must, useNetwork } from '../support/network.ts'
import { createPublishedClient } from './published-client.ts'
import type { PublishedClient, PublishedError } from './published-client.ts'

const KNOWN_HASH = 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514'
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** The error with which a call of the published client fails. */
async function failureOf(call: Promise<unknown>): Promise<PublishedError> {
  return call.then(
    () => expect.fail('the call succeeded'),
    (error: unknown) => error as PublishedError,
  )
}

describe.each(databases)('the published Node client on $name', ({ create }) => {
  const network = useNetwork(create, { publishers: 1, merchants: 2 })
  let publisher: PublishedClient
  let merchant: PublishedClient
  let merchantId: string

  beforeAll(() => {
    const clientOf = ({ key }: { key: string }) => createPublishedClient(network.url, key)
    publisher = clientOf(network.publishers[0]!)
    merchant = clientOf(network.merchants[0]!)
    merchantId = network.merchants[0]!.organization.id
  })

  test('customers: create and get', async () => {
    const { data, meta } = await publisher.customers.create({
      id: 'customer-1234',
      email_sha256: KNOWN_HASH.toUpperCase(),
    })
    expect(meta).toEqual({ next: null, previous: null })
    expect(data).toMatchObject({
      id: 'customer-1234',
      email_sha256: KNOWN_HASH,
      emails_sha256: [KNOWN_HASH],
      advertising_id: null,
      created_date: expect.stringMatching(ISO),
      modified_date: expect.stringMatching(ISO),
    })
    expect(data.segments).toHaveLength(2)
    expect(data.segments).toContainEqual({
      id: expect.stringMatching(/^segment-/),
      organization_id: merchantId,
      name: 'new',
    })
    expect((await publisher.customers.get('customer-1234')).data).toEqual(data)
    const again = await publisher.customers.create({ id: 'customer-1234' })
    expect(again.data, 'nothing is silently removed').toEqual(data)
  })

  test('customers: an order of the merchant makes them active there and only there', async () => {
    const email = hashEmail('moves@shop.example')
    await publisher.customers.create({ id: 'moves', email_sha256: email })
    const customer = { id: 'shopper', email_sha256: email, is_new: true }
    await merchant.orders.create({ total: 50, currency: 'USD', order_id: 'moves-1', customer })
    const { data } = await publisher.customers.get('moves')
    const names = data.segments.map((each: { organization_id: string; name: string }) => [
      each.organization_id === merchantId,
      each.name,
    ])
    expect(names).toContainEqual([true, 'active'])
    expect(names).toContainEqual([false, 'new'])
  })

  test('orders: create, get, update, delete', async () => {
    const created = await merchant.orders.create({
      total: 50,
      currency: 'USD',
      order_id: '1994',
      purchase_date: '2017-07-25T08:23:52Z',
      finalization_date: '2047-08-02T19:26:08Z',
      btn_ref: 'srctok-1234567890abcdef',
      customer: { id: 'mycustomer-1234', email_sha256: KNOWN_HASH },
      line_items: [
        {
          identifier: 'item-1',
          total: 50,
          amount: 25,
          quantity: 2,
          description: 'Tea',
          attributes: { size: 'L' },
        },
      ],
    })
    expect(created.data).toEqual({
      button_order_id: expect.stringMatching(/^btnorder-[0-9a-f]{16}$/),
      order_id: '1994',
      total: 50,
      currency: 'USD',
      btn_ref: 'srctok-1234567890abcdef',
      session_id: null,
      ifa: null,
      line_items: [
        {
          identifier: 'item-1',
          total: 50,
          amount: 25,
          quantity: 2,
          description: 'Tea',
          sku: null,
          upc: null,
          gtin: null,
          category: [],
          attributes: { size: 'L' },
        },
      ],
      customer_order_id: null,
      status: 'open',
      purchase_date: '2017-07-25T08:23:52.000Z',
      // Asked for 2047: it is bounded, or the transaction would stay pending for ever.
      finalization_date: expect.stringMatching(/^20[23]\d-/),
      created_date: expect.stringMatching(ISO),
      modified_date: expect.stringMatching(ISO),
    })
    const id = created.data.button_order_id
    expect((await merchant.orders.get(id)).data, 'by our id').toEqual(created.data)
    expect((await merchant.orders.get('1994')).data, 'by its own').toEqual(created.data)
    const updated = await merchant.orders.update(id, { total: 60 })
    expect(updated.data).toMatchObject({ button_order_id: id, total: 60, order_id: '1994' })
    expect(updated.data.line_items).toEqual(created.data.line_items)
    expect((await merchant.orders.del(id)).data).toBeNull()
    expect((await merchant.orders.del(id)).data, 'a second time').toBeNull()
    expect((await merchant.orders.get(id)).data.status).toBe('deleted')
  })

  test('orders: by attribution token', async () => {
    const btnRef = 'srctok-00000000000000aa'
    for (const orderId of ['ref-1', 'ref-2']) {
      const order = { total: 1, currency: 'USD', order_id: orderId, btn_ref: btnRef }
      await merchant.orders.create(order)
    }
    const { data, meta } = await merchant.orders.getByBtnRef(btnRef)
    expect(data.map((order: { order_id: string }) => order.order_id)).toEqual(['ref-1', 'ref-2'])
    expect(meta).toEqual({ next: null, previous: null })
    expect((await merchant.orders.getByBtnRef('srctok-0000000000000000')).data).toEqual([])
  })

  test('links: create and getInfo', async () => {
    await must(network.merchants[0]!.call('POST', '/v1/link-hosts', { host: 'shop.example' }))
    const url = 'https://shop.example/tea'
    const experience = { btn_pub_user: 'customer-1234', btn_pub_ref: 'ref' }
    const { data } = await publisher.links.create({ url, experience })
    expect(data).toEqual({
      merchant_id: merchantId,
      affiliate: null,
      links: { universal: expect.stringMatching(/^http:\/\/.+\/r\//) },
    })
    expect((await publisher.links.getInfo({ url })).data).toMatchObject({
      organization_id: merchantId,
      approved: true,
    })
    const { response, message } = await failureOf(
      publisher.links.create({ url: 'https://elsewhere.example/' }),
    )
    expect(response.statusCode).toBe(404)
    expect(message).toBe('Merchant could not be detected from the url')
  })

  test('merchants: all, by status', async () => {
    const { data, meta } = await publisher.merchants.all()
    expect(meta).toEqual({ next: null, previous: null })
    expect(data).toHaveLength(2)
    expect(data[0]).toMatchObject({
      id: merchantId,
      name: 'merchant 1',
      categories: [],
      metadata: { description: '', icon_url: '' },
      urls: { homepage: 'https://shop.example/', terms_and_conditions: '' },
      available_platforms: [],
      supported_products: [],
      status: 'approved',
      customer_segments: true,
      rates: [],
    })
    expect((await publisher.merchants.all({ status: 'approved' })).data).toHaveLength(2)
    expect((await publisher.merchants.all({ status: 'pending' })).data).toEqual([])
    expect((await publisher.merchants.all({ currency: 'USD' })).data).toBeInstanceOf(Array)
  })

  test('a version may be pinned; a malformed one is refused', async () => {
    const { key } = network.publishers[0]!
    const pinned = createPublishedClient(network.url, key, { apiVersion: '2017-01-01' })
    expect((await pinned.merchants.all()).data).toHaveLength(2)
    const malformed = createPublishedClient(network.url, key, { apiVersion: 'latest' })
    const { message, response } = await failureOf(malformed.merchants.all())
    expect(message).toContain('X-Button-API-Version')
    expect(response.statusCode).toBe(400)
  })

  test.each([
    ['an unknown customer', () => publisher.customers.get('nobody'), 404, 'Could not find nobody'],
    [
      'an unknown order',
      () => merchant.orders.get('btnorder-0000000000000000'),
      404,
      'Could not find btnorder-0000000000000000',
    ],
    ['deleting an unknown order', () => merchant.orders.del('none'), 404, 'Could not find none'],
    [
      'a missing field',
      () => merchant.orders.create({ currency: 'USD', order_id: 'no-total' }),
      400,
      /total/,
    ],
    ['an empty update', () => merchant.orders.update('none', {}), 404, 'Could not find none'],
    [
      'an e-mail in place of a hash',
      () => publisher.customers.create({ id: 'x', email_sha256: 'user@example.com' }),
      400,
      /email_sha256/,
    ],
    [
      'a publisher on a route for merchants',
      () => publisher.orders.get('1994'),
      401,
      'The calling organization must be a merchant to access this endpoint.',
    ],
    [
      'a merchant on a route for publishers',
      () => merchant.merchants.all(),
      401,
      'The calling organization must be a publisher to access this endpoint.',
    ],
    [
      'a wrong key',
      () => createPublishedClient(network.url, 'sk-wrong').customers.get('x'),
      401,
      'Invalid api_key',
    ],
    ['an id that is no path', () => publisher.customers.get('a/b'), 404, /Could not find/],
  ])('the error of %s reaches the caller', async (_title, call, status, message) => {
    const failure = await failureOf(call())
    expect(failure.response.statusCode).toBe(status)
    if (typeof message === 'string') expect(failure.message).toBe(message)
    else expect(failure.message).toMatch(message)
    expect(failure.message).not.toContain('user@example.com')
  })

  test('an order once reported with other content is a conflict', async () => {
    const order = { total: 50, currency: 'USD', order_id: 'conflict' }
    const first = await merchant.orders.create(order)
    expect((await merchant.orders.create(order)).data).toEqual(first.data)
    const { response } = await failureOf(merchant.orders.create({ ...order, total: 51 }))
    expect(response.statusCode).toBe(409)
  })
})
