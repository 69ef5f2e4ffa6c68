import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMarket } from '../commissions/market.ts'
import type { Market } from '../commissions/market.ts'
import { databases } from '../support/databases.ts'
import { must } from '../support/network.ts'

const TEST = 'fakesrctok-0123456789abcdef'

describe.each(databases)('an order that becomes another’s, on $name', (testDatabase) => {
  let market: Market
  beforeAll(async () => {
    market = await createMarket(testDatabase)
  })
  afterAll(() => market.stop())

  const call = (method: string, path: string, body?: object) =>
    market.network.merchants[0]!.call(method, path, body)
  const report = async (order_id: string, more: object): Promise<void> => {
    market.clock.advance(1_000)
    await must(call('POST', '/v1/order', { order_id, total: 1, currency: 'USD', ...more }))
  }
  const evidenceOf = async (order: string) =>
    (await must(call('GET', `/v1/order/${order}/verdict`))).evidence
  const buttonId = async (order: string) =>
    (await must(call('GET', `/v1/order/${order}`))).button_order_id

  test('is the first purchase of a customer who bought later', async () => {
    await report('of-x', { customer: { id: 'x' } })
    await report('of-y', { customer: { id: 'y' } })
    await must(call('POST', '/v1/order/of-x', { customer: { id: 'y' } }))
    expect(await market.drift()).toEqual([])
    await report('of-y-too', { customer: { id: 'y' } })
    expect(await evidenceOf('of-y-too')).toMatchObject({ button_order_id: await buttonId('of-x') })
    await must(call('DELETE', '/v1/order/of-x'))
    await report('of-y-again', { customer: { id: 'y' } })
    const evidence = { button_order_id: await buttonId('of-y') }
    expect(await evidenceOf('of-y-again')).toMatchObject(evidence)
    expect(await market.drift()).toEqual([])
  })

  test.each([
    ['a test order', { btn_ref: TEST }, { btn_ref: null }],
    ['a real order', {}, { btn_ref: TEST }],
  ])('%s stays what it is', async (name, more, change) => {
    const customer = { id: name.replaceAll(' ', '-') }
    await report(name, { ...more, customer })
    await report(`${name} too`, { customer })
    const { status, body } = await call('POST', `/v1/order/${encodeURIComponent(name)}`, change)
    expect([status, body.error?.details]).toEqual([400, { field: 'btn_ref' }])
    await must(call('POST', `/v1/order/${encodeURIComponent(name)}`, { ...more, total: 2 }))
    expect(await market.drift()).toEqual([])
  })
})
