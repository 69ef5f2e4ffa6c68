import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMarket } from '../commissions/market.ts'
import type { Market } from '../commissions/market.ts'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must } from '../support/network.ts'
import type { Member } from '../support/network.ts'

const PEOPLE = Array.from({ length: 25 }, (_, index) => index)

describe.each(databases)(
  'orders of one person that race after a click, on $name',
  (testDatabase) => {
    let market: Market
    let merchant: Member
    let publisher: Member

    beforeAll(async () => {
      market = await createMarket(testDatabase)
      merchant = market.network.merchants[0]!
      publisher = market.network.publishers[0]!
      const rates = [
        { segment: 'new', percent: 10 },
        { segment: 'active', percent: 2 },
      ]
      await must(merchant.call('POST', '/v1/rate-cards', { name: 'card', rates }))
    })
    afterAll(() => market.stop())

    const order = (order_id: string, total: number, more: object) =>
      must(merchant.call('POST', '/v1/order', { order_id, total, currency: 'USD', ...more }))
    const amountOf = async (id: string): Promise<number> =>
      (await must(merchant.call('GET', `/v1/order/${id}/verdict`))).commission.amount

    test('leave the new customer with the order that was sent, whatever comes beside it', async () => {
      const tokens = await Promise.all(
        PEOPLE.map((person) => market.click(publisher, merchant, { user: `u-${person}` })),
      )
      market.clock.advance(1)
      await Promise.all(
        PEOPLE.flatMap((person) => {
          const email_sha256 = emailHash(`racer-${person}`)
          const customer = { id: `racer-${person}`, email_sha256 }
          return [
            order(`decoy-${person}`, 0, { customer }),
            order(`guest-${person}`, 1, { customer: { email_sha256 } }),
            order(`small-${person}`, 2, { customer, btn_ref: tokens[person] }),
            order(`sent-${person}`, 10_000, { customer, btn_ref: tokens[person] }),
          ]
        }),
      )
      await Promise.all(
        PEOPLE.map((person) => must(merchant.call('DELETE', `/v1/order/decoy-${person}`))),
      )
      for (const person of PEOPLE) expect(await amountOf(`sent-${person}`)).toBe(1_000)
      expect(await market.drift()).toEqual([])
    })

    test('and of two that were sent one is new, also while that one is cancelled', async () => {
      const tokens = await Promise.all(
        PEOPLE.map((person) => market.click(publisher, merchant, { user: `v-${person}` })),
      )
      market.clock.advance(1)
      const sell = (name: string, person: number) =>
        order(`${name}-${person}`, 10_000, {
          customer: { id: `pair-${person}`, email_sha256: emailHash(`pair-${person}`) },
          btn_ref: tokens[person],
        })
      await Promise.all(PEOPLE.map((person) => sell('first', person)))
      await Promise.all(
        PEOPLE.flatMap((person) => [
          sell('second', person),
          must(merchant.call('DELETE', `/v1/order/first-${person}`)),
        ]),
      )
      for (const person of PEOPLE) expect(await amountOf(`second-${person}`)).toBe(1_000)
      expect(await market.drift()).toEqual([])
    })

    test('and none is accepted before what came after the click, by a clock that is behind', async () => {
      const btn_ref = await market.click(publisher, merchant, { user: 'late' })
      const customer = { id: 'late', email_sha256: emailHash('late') }
      market.clock.advance(2_000)
      const first = await order('late-1', 1_000, { customer, btn_ref })
      market.clock.advance(-1_000)
      const second = await order('late-2', 10_000, { customer, btn_ref })
      market.clock.advance(1_000)
      expect(await amountOf('late-2')).toBe(1_000)
      expect(second.created_date >= first.created_date).toBe(true)
      expect(await market.drift()).toEqual([])
    })
  },
)
