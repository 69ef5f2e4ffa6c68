import { beforeAll, describe, expect, test } from 'vitest'
import { percent, useWorld } from '../commissions/world.ts'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must } from '../support/network.ts'

describe.each(databases)('what orders may look like on $name', (testDatabase) => {
  const world = useWorld(testDatabase)
  beforeAll(async () => {
    await world.card([percent(10)])
  })

  test('members that say nothing are absent, which is told', async () => {
    const { status, body } = await world.order('empty', {
      advertising_id: '',
      country: ' ',
      customer: {
        id: '',
        email_sha256: '',
        emails_sha256: ['', emailHash('somebody')],
        device_id: '',
      },
    })
    expect(status).toBe(200)
    const fields = body.meta.warnings.map((warning: { type: string; field: string }) => {
      expect(warning.type).toBe('EmptyIdentifier')
      return warning.field
    })
    expect(fields).toEqual([
      'advertising_id',
      'country',
      'customer.id',
      'customer.email_sha256',
      'customer.device_id',
      'customer.emails_sha256[0]',
    ])
    expect((await world.transaction()).country).toBeNull()
  })

  test('a category is one, and an empty object is no lines', async () => {
    const lines = [
      { identifier: 'a', total: 100, category: 'tea' },
      { identifier: 'b', total: 100, category: '' },
      { identifier: 'c', total: 9_800, category: ['a', 'b', 'c', 'd'] },
    ]
    const { object } = (await world.order('category', { line_items: lines })).body
    expect(object.line_items).toMatchObject([
      { category: ['tea'] },
      { category: [] },
      { category: ['a', 'b', 'c', 'd'] },
    ])
    const { order_line_items: told } = await world.transaction()
    expect(told[2]).toMatchObject({ category: 'a', subcategory1: 'b', subcategory2: 'c' })
    const { body } = await world.merchant.call('POST', '/v1/order/category', { line_items: {} })
    expect(body.object.line_items).toEqual([])
    const refused = await world.order('no-list', { line_items: { identifier: 'a', total: 1 } })
    expect(refused.status).toBe(400)
  })

  test('a line has a unit price, texts for attributes, and a UPC for want of a GTIN', async () => {
    const line = { identifier: 'a', total: 1_000, quantity: 3, upc: '0123' }
    const attributes = { size: 42, isBlue: true, none: null, name: 'x' }
    const lines = [
      { ...line, attributes },
      { identifier: 'b', total: -100, quantity: 3, gtin: '4567', upc: '89' },
      { identifier: 'c', total: 9_100, quantity: 0 },
    ]
    const { object } = (await world.order('line', { line_items: lines })).body
    expect(object.line_items).toMatchObject([
      {
        amount: 333,
        upc: '0123',
        gtin: null,
        attributes: { size: '42', isBlue: 'true', name: 'x' },
      },
      { amount: -33 },
      { amount: 9_100 },
    ])
    expect(await must(world.merchant.call('GET', '/v1/order/line'))).toEqual(object)
    const { order_line_items: told } = await world.transaction()
    expect(told).toMatchObject([{ amount: 333, gtin: '0123' }, { amount: -33, gtin: '4567' }, {}])
    expect(told[0].attributes).toEqual({ size: '42', isBlue: 'true', name: 'x' })
    const again = await world.order('line', { line_items: lines, btn_ref: object.btn_ref })
    expect(again.status).toBe(200)
  })

  test('a thousand lines that say much are taken', async () => {
    const lines = Array.from({ length: 1_000 }, (_, index) => ({
      identifier: `line-${index}`,
      total: 10,
      description: 'a thing of which there is something to be said, '.repeat(8),
    }))
    expect((await world.order('long', { line_items: lines })).status).toBe(200)
    const twice = lines.map((each) => ({ ...each, description: each.description.repeat(2) }))
    expect((await world.order('too-long', { line_items: twice })).status).toBe(413)
  })

  test.each([
    ['HUF', '19990.00', 1_999_000],
    ['PKR', '2500.50', 250_050],
    ['IQD', '1.500', 1_500],
    ['ALL', '12.50', 1_250],
    ['VED', '1.25', 125],
    ['SLE', '1.25', 125],
    ['XCG', '1.25', 125],
    ['ZWG', '1.25', 125],
  ])('%s %s is %d', async (currency, total, minor) => {
    const order = { btn_ref: null, currency, total, total_as_decimal: true }
    const { object } = (await world.order(`in ${currency}`, order)).body
    expect([object.total, object.currency]).toEqual([minor, currency])
    expect(await world.drift()).toEqual([])
  })

  test.each([
    ['HRK', /withdrawn/],
    ['DEM', /withdrawn/],
    ['BGN', /withdrawn/],
    ['XXX', /funds, metals/],
    ['XAU', /funds, metals/],
    ['CHE', /funds, metals/],
    ['UYI', /funds, metals/],
    ['XQQ', /must be an ISO 4217 code/],
  ])('%s is refused, and told why', async (currency, why) => {
    const { status, body } = await world.order(`in ${currency}`, { btn_ref: null, currency })
    expect([status, body.error.details]).toEqual([400, { field: 'currency' }])
    expect(body.error.message).toMatch(why)
  })
})
