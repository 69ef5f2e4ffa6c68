import { beforeAll, describe, expect, test } from 'vitest'
import { register } from '../links/shoppers.ts'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must, useNetwork } from '../support/network.ts'
import type { Member } from '../support/network.ts'

const TEA = 'https://shop.example/tea'
const order = (id: string, more: object = {}) => ({
  order_id: id,
  total: 5,
  currency: 'USD',
  ...more,
})

describe.each(databases)('members that are not known, on $name', ({ create }) => {
  const network = useNetwork(create, { publishers: 1, merchants: 1 })
  let publisher: Member
  let shop: Member

  beforeAll(async () => {
    publisher = network.publishers[0]!
    shop = network.merchants[0]!
    await register(shop, 'shop.example')
    await must(shop.call('POST', '/v1/order', order('change-me')))
  })

  test.each<[path: string, body: object]>([
    ['/v1/customers', { id: 'kim' }],
    ['/v1/customers/batch', { customers: [{ id: 'kim' }] }],
    ['/v1/offers', {}],
    ['/v1/links', { url: TEA }],
    ['/v1/links/info', { url: TEA }],
    ['/v1/shortlink/create', { url: TEA }],
  ])('of a publisher at %s are ignored and named', async (path, body) => {
    const answer = await publisher.call('POST', path, { ...body, loyalty_tier: 'gold' })
    expect(answer.status).toBe(200)
    expect(answer.body.meta.warnings).toEqual([
      { type: 'UnknownMember', message: expect.any(String), field: 'loyalty_tier' },
    ])
    expect(JSON.stringify(answer.body)).not.toContain('gold')
    expect((await publisher.call('POST', path, body)).body.meta).toEqual({ status: 'ok' })
  })

  test('of orders, their customers, their lines and their changes are ignored and named', async () => {
    const shopify = {
      ...order('shopify'),
      note_attributes: [],
      customer: { id: 'kim', first_name: 'Kim' },
      line_items: [{ identifier: 'a', total: 5, vendor: 'x' }],
    }
    const { status, body } = await shop.call('POST', '/v1/order', shopify)
    expect(status).toBe(200)
    const fields = body.meta.warnings.map(({ field }: { field: string }) => field)
    expect(fields).toEqual(['note_attributes', 'customer.first_name', 'line_items[0].vendor'])
    const again = await shop.call('POST', '/v1/order', { ...shopify, note_attributes: ['other'] })
    expect(again.status, 'they make no other order of it').toBe(200)
    const change = await shop.call('POST', '/v1/order/change-me', { totl: 7 })
    expect(change.body.meta.warnings).toMatchObject([{ type: 'UnknownMember', field: 'totl' }])
    expect(change.body.object.total).toBe(5)
  })

  test.each<[method: string, path: string, body: object]>([
    ['PUT', '/v1/customers/kim', {}],
    ['POST', '/v1/link-hosts', { host: 'a.example' }],
    ['POST', '/v1/webhooks', { url: 'https://a.example/', event_types: ['ping'] }],
    ['POST', '/v1/rate-cards', { name: 'card', rates: [{ percent: 5 }] }],
  ])(
    'are a 400 where a misspelt name would take away or let go: %s %s',
    async (method, path, body) => {
      const answer = await shop.call(method, path, { ...body, persent: 7 })
      expect([answer.status, answer.body.error.details]).toEqual([400, { field: 'persent' }])
    },
  )

  test('the id may be called customer_id', async () => {
    const email_sha256 = emailHash('lee')
    const made = await publisher.call('POST', '/v1/customers', { customer_id: 'lee', email_sha256 })
    expect(made.body.meta).toEqual({ status: 'ok' })
    expect(made.body.object).toMatchObject({ id: 'lee', email_sha256 })
    const both = { id: 'lee', customer_id: 'lee' }
    expect((await publisher.call('POST', '/v1/customers', both)).status).toBe(200)
    const other = { id: 'lee', customer_id: 'kim' }
    const { status, body } = await publisher.call('POST', '/v1/customers', other)
    expect([status, body.error.details]).toEqual([400, { field: 'customer_id' }])
    const put = await publisher.call('PUT', '/v1/customers/lee', { ...other, id: undefined })
    expect(put.body.error.details).toEqual({ field: 'id' })
    const rows = { customers: [{ customer_id: 'lee' }, other, { customer_id: 7 }, {}] }
    const batch = await publisher.call('POST', '/v1/customers/batch', rows)
    expect(
      batch.body.objects.map(({ status: of, error }: Record<string, never>) => [
        of,
        (error as { details?: object } | undefined)?.details,
      ]),
    ).toEqual([
      ['unchanged', undefined],
      ['rejected', { field: 'customer_id' }],
      ['rejected', { field: 'id' }],
      ['rejected', { field: 'id' }],
    ])
  })

  test('empty identifiers of a customer are absent ones, with a warning', async () => {
    const email_sha256 = emailHash('ann')
    await must(publisher.call('POST', '/v1/customers', { id: 'ann', email_sha256 }))
    const empty = { id: 'ann', email_sha256: '', emails_sha256: ['', ' '], advertising_id: ' ' }
    const { status, body } = await publisher.call('POST', '/v1/customers', empty)
    expect([status, body.object.email_sha256]).toEqual([200, email_sha256])
    const told = (meta: { warnings: { type: string; field: string }[] }) =>
      meta.warnings.map(({ type, field }) => [type, field])
    expect(told(body.meta)).toEqual([
      ['EmptyIdentifier', 'email_sha256'],
      ['EmptyIdentifier', 'advertising_id'],
      ['EmptyIdentifier', 'emails_sha256[0]'],
    ])
    const rows = [
      { id: 'ann', email_sha256: '' },
      { id: 'bea', email_sha256: '' },
    ]
    const batch = await publisher.call('POST', '/v1/customers/batch', { customers: rows })
    expect(told(batch.body.meta)).toEqual([['EmptyIdentifier', 'customers[0].email_sha256']])
    expect(batch.body.objects[0]).toEqual({ id: 'ann', status: 'unchanged' })
    const wrong = await publisher.call('POST', '/v1/customers', {
      id: 'ann',
      emails_sha256: ['', 'x'],
    })
    expect(wrong.body.error.details, 'what is left keeps its place').toEqual({
      field: 'emails_sha256[1]',
    })
  })

  test('a replacement without a body is refused, and one by {} removes all', async () => {
    const email_sha256 = emailHash('cleo')
    await must(publisher.call('POST', '/v1/customers', { id: 'cleo', email_sha256 }))
    const put = (body?: object) => publisher.call('PUT', '/v1/customers/cleo', body)
    const { status, body } = await put()
    expect([status, body.error.details]).toEqual([400, { field: 'body' }])
    expect(body.error.message).toContain('{}')
    const read = () => must(publisher.call('GET', '/v1/customers/cleo'))
    expect((await read()).emails_sha256).toEqual([email_sha256])
    expect((await put({})).status).toBe(200)
    expect((await read()).emails_sha256).toEqual([])
  })
})
