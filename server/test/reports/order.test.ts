import { beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { manualClock } from '../support/clock.ts'
import { readEvents } from '../support/events.ts'
import { emailHash } from '../support/hash.ts'
import { must, useNetwork } from '../support/network.ts'
import type { Member } from '../support/network.ts'

const DAY_MS = 86_400_000

describe.each(databases)('orders on $name', ({ create }) => {
  const clock = manualClock('2026-03-01T12:00:00.000Z')
  const network = useNetwork(create, { clock, publishers: 1, merchants: 2 })
  let publisher: Member
  let merchant: Member
  let rival: Member

  beforeAll(() => {
    ;[publisher] = network.publishers as [Member]
    ;[merchant, rival] = network.merchants as [Member, Member]
  })

  const order = (orderId: string, more: object = {}) => ({
    order_id: orderId,
    total: 1250,
    currency: 'usd',
    ...more,
  })
  const post = (body: object) => merchant.call('POST', '/v1/order', body)
  const verdictOf = (id: string) => must(merchant.call('GET', `/v1/order/${id}/verdict`))
  const isActive = async (id: string, at: Member = merchant): Promise<boolean> => {
    const { segments } = await must(publisher.call('GET', `/v1/customers/${id}`))
    type Segment = { organization_id: string; name: string }
    const its = (segments as Segment[]).find((s) => s.organization_id === at.organization.id)
    return its?.name === 'active'
  }

  test('an order is answered as the reference has it, by our id and by the merchant’s', async () => {
    const lineItems = [
      { identifier: 'a', total: 1000, quantity: 2, category: ['toys', 'bears'] },
      { identifier: 'b', amount: 125, quantity: 2, attributes: { size: 'L' } },
      { identifier: 'discount', total: -50 },
    ]
    const { object } = (
      await post(
        order('whole', {
          purchase_date: '2026-02-28T23:00:00+01:00',
          btn_ref: 'srctok-0011223344556677',
          customer: { id: 'c', email_sha256: emailHash('whole'), is_new_user: true },
          customer_order_id: 'co-1',
          partner_order_channel: 'app',
          line_items: lineItems,
        }),
      )
    ).body
    expect(object).toEqual({
      button_order_id: expect.stringMatching(/^btnorder-[0-9a-f]{16}$/),
      order_id: 'whole',
      total: 1250,
      currency: 'USD',
      btn_ref: 'srctok-0011223344556677',
      session_id: null,
      ifa: null,
      line_items: [
        expect.objectContaining({ identifier: 'a', total: 1000, amount: 500, quantity: 2 }),
        expect.objectContaining({ identifier: 'b', total: 250, attributes: { size: 'L' } }),
        expect.objectContaining({ identifier: 'discount', total: -50, quantity: 1 }),
      ],
      customer_order_id: 'co-1',
      status: 'open',
      purchase_date: '2026-02-28T22:00:00.000Z',
      finalization_date: '2026-03-31T12:00:00.000Z',
      created_date: '2026-03-01T12:00:00.000Z',
      modified_date: '2026-03-01T12:00:00.000Z',
    })
    for (const id of ['whole', object.button_order_id]) {
      expect(await must(merchant.call('GET', `/v1/order/${id}`))).toEqual(object)
    }
    const listed = await must(merchant.call('GET', '/v1/order/btn-ref/srctok-0011223344556677'))
    expect(listed).toEqual([object])
    for (const id of ['whole', object.button_order_id]) {
      const { status, body } = await rival.call('GET', `/v1/order/${id}`)
      expect([status, body.error.type]).toEqual([404, 'NotFound'])
    }
    const ofRival = await rival.call('GET', '/v1/order/btn-ref/srctok-0011223344556677')
    expect([ofRival.status, ofRival.body.objects]).toEqual([200, []])
    const asPublisher = await publisher.call('GET', '/v1/order/whole')
    expect(asPublisher.status).toBe(401)
    expect(asPublisher.body.error.message).toBe(
      'The calling organization must be a merchant to access this endpoint.',
    )
  })

  test('a change gives an order to somebody who bought before, and its verdict stays', async () => {
    const guest = (name: string) => ({ customer: { email_sha256: emailHash(name) } })
    await post(order('given-1', guest('guest-1')))
    await post(order('given-2', guest('guest-2')))
    await must(merchant.call('POST', '/v1/order/given-2', guest('guest-1')))
    expect((await verdictOf('given-2')).segment).toBe('new')
    const { checks } = await network.server.parts.verify()
    expect(checks.filter(({ drift }) => drift > 0)).toEqual([])
  })

  test('the same order again is the first one; with other content it is a conflict', async () => {
    const body = order('twice', { customer: { email_sha256: emailHash('twice') } })
    const answers = await Promise.all([post(body), post(body), post(body)])
    const ids = answers.map((answer) => answer.body.object.button_order_id)
    expect(new Set(ids).size).toBe(1)
    const upper = order('twice', {
      currency: 'USD',
      customer: { email_sha256: emailHash('twice').toUpperCase() },
    })
    expect((await post(upper)).body.object.button_order_id).toBe(ids[0])
    expect((await post({ ...body, total: 1251 })).status).toBe(409)
    expect((await verdictOf('twice')).segment).toBe('new')
  })

  test('the first accepted is new, whatever the purchase dates say, with its evidence', async () => {
    const customer = { id: 'anna', email_sha256: emailHash('anna') }
    const first = (await post(order('anna-1', { customer, purchase_date: '2026-02-20' }))).body
      .object
    clock.advance(1_000)
    await post(order('anna-0', { customer, purchase_date: '2020-01-01' }))
    await post(order('anna-guest', { customer: { email_sha256: emailHash('anna') } }))
    await post(order('anna-device', { customer: { id: 'other' }, advertising_id: DEVICE }))
    expect(await verdictOf('anna-1')).toMatchObject({ segment: 'new', evidence: null })
    expect((await verdictOf('anna-0')).evidence).toEqual({
      matched: 'customer_id',
      through: 'merchant',
      source: 'order',
      button_order_id: first.button_order_id,
      known_date: first.created_date,
    })
    expect(await verdictOf('anna-guest')).toMatchObject({
      segment: 'active',
      evidence: { matched: 'email_sha256', button_order_id: first.button_order_id },
    })
    expect((await verdictOf('anna-device')).segment).toBe('new')
  })

  test('a merchant’s earlier orders say nothing about another merchant', async () => {
    const customer = { email_sha256: emailHash('bert') }
    await post(order('bert-1', { customer }))
    await must(rival.call('POST', '/v1/order', order('bert-1', { customer })))
    const verdict = await must(rival.call('GET', '/v1/order/bert-1/verdict'))
    expect(verdict.segment).toBe('new')
  })

  test('a cancelled order counts no more, for good; the verdicts stay', async () => {
    await must(
      publisher.call('POST', '/v1/customers', { id: 'cleo', email_sha256: emailHash('cleo') }),
    )
    const customer = { id: 'cleo', email_sha256: emailHash('cleo') }
    await post(order('cleo-1', { customer }))
    await post(order('cleo-2', { customer }))
    expect((await merchant.call('DELETE', '/v1/order/cleo-1')).body.object).toBeNull()
    expect(await isActive('cleo')).toBe(true)
    await must(merchant.call('GET', '/v1/order/cleo-2')).then(({ status }) =>
      expect(status).toBe('open'),
    )
    await merchant.call('DELETE', '/v1/order/cleo-2')
    expect(await isActive('cleo')).toBe(false)
    expect((await merchant.call('DELETE', '/v1/order/cleo-2')).status).toBe(200)
    expect((await merchant.call('POST', '/v1/order/cleo-2', { total: 1 })).status).toBe(409)
    expect((await post(order('cleo-2', { customer }))).body.object.status).toBe('deleted')
    expect((await verdictOf('cleo-2')).segment).toBe('active')
    await post(order('cleo-3', { customer }))
    expect((await verdictOf('cleo-3')).segment).toBe('new')
    const its = await readEvents(network.db, publisher.organization.id)
    expect(its.slice(-3).map(({ sequence, current, cause }) => [sequence, current, cause])).toEqual(
      [
        [1, 'active', 'order'],
        [2, 'new', 'order-deleted'],
        [3, 'active', 'order'],
      ],
    )
  })

  test('an update replaces top-level members, and may change whose order it is', async () => {
    for (const id of ['dora', 'emil']) {
      await must(publisher.call('POST', '/v1/customers', { id, email_sha256: emailHash(id) }))
    }
    const customer = { id: 'dora', email_sha256: emailHash('dora') }
    await post(order('moved', { customer, line_items: [{ identifier: 'x', total: 1 }] }))
    const priced = await must(
      merchant.call('POST', '/v1/order/moved', { total: '9.99', total_as_decimal: true }),
    )
    expect(priced).toMatchObject({ total: 999, line_items: [{ identifier: 'x' }] })
    const emil = { id: 'emil', email_sha256: emailHash('emil') }
    await must(merchant.call('POST', '/v1/order/moved', { customer: emil, line_items: [] }))
    expect([await isActive('dora'), await isActive('emil')]).toEqual([false, true])
    const { segment } = await verdictOf('moved')
    expect(segment).toBe('new')
  })

  test('a finalized order cannot be changed or cancelled', async () => {
    const finalization = new Date(clock.now().getTime() + DAY_MS).toISOString()
    await post(order('final', { finalization_date: finalization }))
    clock.advance(DAY_MS - 1)
    expect((await must(merchant.call('GET', '/v1/order/final'))).status).toBe('open')
    clock.advance(1)
    expect((await must(merchant.call('GET', '/v1/order/final'))).status).toBe('finalized')
    expect((await merchant.call('POST', '/v1/order/final', { total: 1 })).status).toBe(409)
    expect((await merchant.call('DELETE', '/v1/order/final')).status).toBe(409)
  })

  test('a test order moves nobody', async () => {
    await must(
      publisher.call('POST', '/v1/customers', { id: 'fred', email_sha256: emailHash('fred') }),
    )
    const customer = { id: 'fred', email_sha256: emailHash('fred') }
    await post(order('fred-test', { customer, btn_ref: 'fakesrctok-0123456789abcdef' }))
    expect((await verdictOf('fred-test')).segment).toBe('new')
    expect(await isActive('fred')).toBe(false)
    await post(order('fred-real', { customer }))
    expect((await verdictOf('fred-real')).segment).toBe('new')
    await post(order('fred-test-2', { customer, btn_ref: 'fakesrctok-0123456789abcdef' }))
    expect((await verdictOf('fred-test-2')).segment).toBe('active')
  })

  test.each([
    ['total', { total: -1 }],
    ['total', { total: 1.5 }],
    ['total', { total: 2 ** 53 }],
    ['total', { total: '12.345', total_as_decimal: true }],
    ['total', { total: 1.5, total_as_decimal: true, currency: 'JPY' }],
    ['currency', { currency: 'XQQ' }],
    ['order_id', { order_id: 'btnorder-0123456789abcdef' }],
    ['purchase_date', { purchase_date: 'yesterday' }],
    ['purchase_date', { purchase_date: '2026-13-01' }],
    ['purchase_date', { purchase_date: '2027-01-01' }],
    ['btn_ref', { btn_ref: 'a/b' }],
    ['customer.email_sha256', { customer: { email_sha256: 'me@shop.example' } }],
    ['customer.emails_sha256[0]', { customer: { emails_sha256: ['x'] } }],
    ['customer.device_id', { customer: { device_id: 'x' } }],
    ['advertising_id', { advertising_id: 'x' }],
    ['line_items[1].identifier', { line_items: [LINE, LINE] }],
    ['line_items[0].total', { line_items: [{ identifier: 'x' }] }],
    ['line_items[0].total', { line_items: [{ ...LINE, total: 0.5 }] }],
  ])('a wrong %s is named: %j', async (field, fault) => {
    const { status, body } = await post(order('wrong', fault))
    expect([status, body.error.details.field]).toEqual([400, field])
  })

  test('nothing drifted', async () => {
    const { drift, checks } = await network.server.parts.verify()
    expect(drift, JSON.stringify(checks.filter((check) => check.drift > 0))).toBe(0)
  })
})

const DEVICE = 'aebe52e7-03ee-455a-b3c4-e57283966239'
const LINE = { identifier: 'x', total: 1 }
