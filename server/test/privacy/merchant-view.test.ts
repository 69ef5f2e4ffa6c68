import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createMarket } from '../commissions/market.ts'
import type { Market } from '../commissions/market.ts'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must } from '../support/network.ts'
import type { Member } from '../support/network.ts'

describe.each(databases)('what a merchant’s verdict says was known, on $name', (testDatabase) => {
  let market: Market
  let publisher: Member
  let merchant: Member

  beforeEach(async () => {
    market = await createMarket(testDatabase)
    publisher = market.network.publishers[0]!
    merchant = market.network.merchants[0]!
  })
  afterEach(() => market.stop())

  const knownOf = async (order_id: string, customer: object | undefined, user: string) => {
    const btn_ref = await market.click(publisher, merchant, { user })
    const body = { order_id, total: 100, currency: 'USD', btn_ref, ...(customer && { customer }) }
    await must(merchant.call('POST', '/v1/order', body))
    return (await must(merchant.call('GET', `/v1/order/${order_id}/verdict`))).known
  }

  test('is the same whatever the publisher has told of the shopper', async () => {
    const emails_sha256 = [1, 2, 3].map((number) => emailHash(`told-${number}`))
    await must(publisher.call('POST', '/v1/customers', { id: 'told', emails_sha256 }))
    const nobody = { customer: null, email_sha256: 0, advertising_id: 0 }
    expect(await knownOf('names-nobody', undefined, 'told')).toEqual(nobody)
    expect(await knownOf('nobody-untold', undefined, 'untold')).toEqual(nobody)
    const own = { customer: false, email_sha256: 1, advertising_id: 0 }
    const customer = (id: string) => ({ id, email_sha256: emailHash(id) })
    expect(await knownOf('of-told', customer('ann'), 'told')).toEqual(own)
    expect(await knownOf('of-untold', customer('bob'), 'untold')).toEqual(own)
  })

  test('is no more of an order from before, which has more in its row', async () => {
    const known = await knownOf('of-old', { email_sha256: emailHash('old') }, 'old')
    await sql`
      update orders set known = known || '{"publisher_customer": {"customer": true}}'::jsonb`.execute(
      market.network.db,
    )
    expect((await must(merchant.call('GET', '/v1/order/of-old/verdict'))).known).toEqual(known)
  })
})
