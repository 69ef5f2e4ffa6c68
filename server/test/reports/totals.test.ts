import { beforeAll, describe, expect, test } from 'vitest'
import { percent, useWorld } from '../commissions/world.ts'
import { databases } from '../support/databases.ts'
import { must } from '../support/network.ts'

describe.each(databases)('total and line_items on $name', (testDatabase) => {
  const world = useWorld(testDatabase)
  beforeAll(async () => {
    const shoes = { segment: null, category: 'shoes', fixed: 500, currency: 'USD' }
    await world.card([percent(10), shoes], { start: new Date(world.clock.now()) })
  })

  const line = (total: number, category: string[] = []) => ({
    identifier: `of ${total}`,
    total,
    category,
  })
  const update = (id: string, body: object) => {
    world.clock.advance(1_000)
    return world.merchant.call('POST', `/v1/order/${id}`, body)
  }

  test('a refund of the whole order is paid for no more, and its lines stay as reported', async () => {
    const reported = (await world.order('refunded', { line_items: [line(10_000)] })).body
    expect(reported.meta).toEqual({ status: 'ok' })
    const { body } = await update('refunded', { total: 2_500 })
    expect(body.object).toMatchObject({ total: 2_500, line_items: [{ total: 10_000 }] })
    expect(body.meta.warnings).toEqual([
      {
        type: 'LineItemsReduced',
        field: 'line_items',
        message: expect.stringMatching(/add up to 10000, and total is 2500/),
      },
    ])
    const { id, amount, order_line_items: lines } = await world.transaction()
    expect(amount).toBe(250)
    expect(lines).toMatchObject([
      { total: 10_000, commission_base: 2_500, publisher_commission: 250 },
    ])
    await update('refunded', { total: 0 })
    expect(await world.transaction()).toMatchObject({ id, amount: 0, status: 'pending' })
    const path = `/v1/affiliation/transactions/${id}/ledger`
    expect(await must(world.publisher.call('GET', path))).toMatchObject([
      { amount: 1_000, order_total: 10_000, line_items_total: 10_000 },
      { amount: -750, order_total: 2_500, line_items_total: 10_000 },
      { amount: -250, order_total: 0, line_items_total: 10_000 },
    ])
    const { commission } = await must(world.merchant.call('GET', '/v1/order/refunded/verdict'))
    expect(commission).toMatchObject({ line_commissions: [0], line_bases: [0] })
    await must(world.merchant.call('DELETE', '/v1/order/refunded'))
    expect(await world.drift()).toEqual([])
  })

  test('a discount of the whole order is one, also for categories and fixed rates', async () => {
    const lines = [line(6_000), line(4_000, ['shoes'])]
    await must(world.order('coupon', { total: 8_000, line_items: lines }))
    expect(await world.transaction()).toMatchObject({
      amount: 480 + 500,
      order_line_items: [{ commission_base: 4_800 }, { commission_base: 3_200 }],
    })
    await must(update('coupon', { total: 0 }))
    expect((await world.transaction()).amount).toBe(0)
    await must(update('coupon', { line_items: null, total: 8_000 }))
    expect((await world.transaction()).amount).toBe(800)
  })

  test('a total above the lines leaves a rest, which is a line to the publisher', async () => {
    const { body } = await world.order('rest', { line_items: [line(100)] })
    expect(body.meta.warnings).toMatchObject([{ type: 'LineItemsRest', field: 'line_items' }])
    const { amount, order_line_items: lines, order_total: total } = await world.transaction()
    expect([amount, total]).toEqual([1_000, 10_000])
    expect(lines).toMatchObject([
      { identifier: 'of 100', publisher_commission: 10 },
      { identifier: 'rest-of-total', total: 9_900, amount: 9_900, publisher_commission: 990 },
    ])
    await must(update('rest', { line_items: [line(10_000), line(30_000)] }))
    expect((await world.transaction()).amount).toBe(1_000)
  })

  test('another currency needs its own lines', async () => {
    await must(world.order('moved', { total: 2_000, line_items: [line(2_000)] }))
    const refused = await update('moved', { currency: 'JPY', total: 3_100 })
    expect([refused.status, refused.body.error.details]).toEqual([400, { field: 'line_items' }])
    await must(update('moved', { currency: 'usd', total: 2_000 }))
    await must(update('moved', { currency: 'JPY', total: 3_100, line_items: [line(3_100)] }))
    expect(await world.transaction()).toMatchObject({ currency: 'JPY', amount: 310 })
    await must(update('moved', { currency: 'EUR', total: 100, line_items: [] }))
    expect(await world.transaction()).toMatchObject({ currency: 'EUR', amount: 10 })
    const { status, body } = await update('moved', { currency: 'USD' })
    expect([status, body.error.details]).toEqual([400, { field: 'total' }])
  })

  test('an order of a day alone is paid by the card that began on that day', async () => {
    await must(world.order('today', { purchase_date: '2026-03-01' }))
    const { amount, order_purchased_date: date } = await world.transaction()
    expect([amount, date]).toEqual([1_000, '2026-03-01T00:00:00.000Z'])
    const { status, body } = await world.order('early', {
      purchase_date: '2026-03-01T11:59:59Z',
    })
    expect([status, body.error?.details]).toEqual([400, { field: 'purchase_date' }])
    expect(await world.drift()).toEqual([])
  })

  test('what an order has become is reported again, as what it was', async () => {
    const first = { btn_ref: null, total: 500, purchase_date: '2026-03-01' }
    await must(world.order('twice', first))
    await must(update('twice', { total: 400, customer: { email_sha256: '' } }))
    const statusOf = async (more: object) =>
      (await world.order('twice', { ...first, ...more })).status
    expect(await statusOf({ total: 400, customer: {} })).toBe(200)
    expect(await statusOf({})).toBe(200)
    expect(await statusOf({ total: 300 })).toBe(409)
  })
})
