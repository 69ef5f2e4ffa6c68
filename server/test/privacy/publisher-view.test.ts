import { describe, expect, onTestFinished, test } from 'vitest'
import { createMarket } from '../commissions/market.ts'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must } from '../support/network.ts'
import type { Member } from '../support/network.ts'

const SECOND = 1_000

describe.each(databases)(
  'what a publisher is told of a shared customer, on $name',
  (testDatabase) => {
    test('is nothing of the other publisher, nor of the merchant’s orders', async () => {
      const market = await createMarket(testDatabase)
      onTestFinished(() => market.stop())
      const [first, second] = market.network.publishers as [Member, Member]
      const merchant = market.network.merchants[0]!
      const rates = [{ percent: 2 }]
      await must(merchant.call('POST', '/v1/rate-cards', { name: 'card', rates }))
      const email_sha256 = emailHash('shared')
      const order = async (order_id: string, more: object): Promise<void> => {
        market.clock.advance(SECOND)
        const body = { order_id, total: 2_299, currency: 'USD', ...more }
        await must(merchant.call('POST', '/v1/order', body))
      }
      for (const [publisher, id] of [
        [first, 'user-of-first'],
        [second, 'user-of-second'],
      ] as const) {
        await must(publisher.call('POST', '/v1/customers', { id, email_sha256 }))
      }
      const tokens = [
        await market.click(first, merchant, { user: 'user-of-first', ref: 'ref-of-first' }),
      ]
      await order('number-one', { btn_ref: tokens[0], customer: { id: 'shopper', email_sha256 } })
      const sent = { user: 'user-of-second', ref: 'ref-of-second' }
      market.clock.advance(SECOND)
      tokens.push(await market.click(second, merchant, sent))
      await order('number-two', { btn_ref: tokens[1], customer: { id: 'shopper-too' } })
      const path = '/v1/affiliation/transactions'
      const [earlier] = await must(first.call('GET', path))
      const [transaction] = await must(second.call('GET', path))
      expect(transaction.amount).toBe(45)
      expect(transaction.verdict).toEqual({
        segment: 'active',
        judged: 'active',
        policy: 'network',
        decided_by: 'network',
        judged_date: '2026-03-01',
        evidence: { source: 'order', known_date: '2026-03-01' },
        quote: null,
      })
      const told = JSON.stringify([
        transaction,
        await must(second.call('GET', `${path}/${transaction.id}/ledger`)),
        await must(second.call('GET', `${path}/${transaction.id}/verdict`)),
      ])
      const { id, name } = first.organization
      for (const secret of [
        ...[id, `"${name}"`, earlier.id, earlier.button_order_id, tokens[0]!],
        ...['of-first', 'number-', 'shopper', email_sha256, earlier.created_date],
      ]) {
        expect(told).not.toContain(secret)
      }
      for (const part of ['', '/ledger', '/verdict']) {
        const foreign = await second.call('GET', `${path}/${earlier.id}${part}`)
        const absent = await second.call('GET', `${path}/tx-0123456789abcdef${part}`)
        expect([foreign.status, foreign.body.error.type]).toEqual([404, absent.body.error.type])
        expect((await merchant.call('GET', `${path}/${earlier.id}${part}`)).status).toBe(200)
      }
      expect((await second.call('GET', '/v1/order/number-one/verdict')).status).toBe(401)
      const owed = JSON.stringify(await must(merchant.call('GET', path)))
      for (const theirs of ['of-first', 'of-second']) expect(owed).not.toContain(theirs)
    })
  },
)
