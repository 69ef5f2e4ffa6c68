import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { simulateCard } from '../../../src/commissions/what-if/simulate-card.ts'
import { databases } from '../../support/databases.ts'
import { must } from '../../support/network.ts'
import { percent, useWorld } from '../world.ts'

const rates = [
  { segment: 'new', percent: '12.5' },
  { segment: 'active', percent: 1 },
]
const sums = (orders: number, total: number, cost: number, actual: number) => ({
  orders,
  order_total: total,
  cost,
  actual_cost: actual,
})

describe.each(databases)('a draft of a card on $name', (kind) => {
  const world = useWorld(kind)
  const simulate = (body: object) =>
    world.merchant.call('POST', '/v1/rate-cards/simulate', { rates, ...body })
  const buyer = (id: string) => ({ customer: { id } })

  beforeAll(async () => {
    await world.card([percent(10)])
    // More orders than are read at once: the publisher sends 55 customers, each of whom buys
    // twice; its rival sends one.
    for (let person = 0; person < 55; person++) {
      await must(world.order(`first-${person}`, buyer(`buyer-${person}`)))
      await must(world.order(`second-${person}`, { total: 2_299, ...buyer(`buyer-${person}`) }))
    }
    const token = await world.click({ by: world.rival })
    await must(world.order('rival', { btn_ref: token, ...buyer('somebody') }))
    await must(world.order('yen', { currency: 'JPY', total: 999, ...buyer('buyer-0') }))
    await must(world.order('from nowhere', { btn_ref: null, ...buyer('stranger') }))
    await must(world.order('cancelled', buyer('buyer-1')))
    await must(world.merchant.call('DELETE', '/v1/order/cancelled'))
  })

  test('gives what the orders would have cost, by segment and by publisher', async () => {
    const { object } = (await simulate({})).body
    // 12.5 % of 10,000 is 1,250; 1 % of 2,299 is 22; 10 % of 2,299 was 229.
    expect(object.currencies).toEqual([
      {
        currency: 'JPY',
        ...sums(1, 999, 9, 99),
        segments: [{ segment: 'active', ...sums(1, 999, 9, 99) }],
        publishers: [],
        other_publishers: { publishers: 1, ...sums(1, 999, 9, 99) },
      },
      {
        currency: 'USD',
        ...sums(111, 686_445, 71_210, 68_595),
        segments: [
          { segment: 'new', ...sums(56, 560_000, 70_000, 56_000) },
          { segment: 'active', ...sums(55, 126_445, 1_210, 12_595) },
        ],
        publishers: [
          {
            publisher_id: world.publisher.organization.id,
            name: world.publisher.organization.name,
            ...sums(110, 676_445, 69_960, 67_595),
          },
        ],
        other_publishers: { publishers: 1, ...sums(1, 10_000, 1_250, 1_000) },
      },
    ])
    expect(await world.drift()).toEqual([])
  })

  test('is over a period, or one publisher', async () => {
    const verdict = await must(world.merchant.call('GET', '/v1/order/second-0/verdict'))
    const period = { start_date: verdict.judged_date, end_date: null }
    const [, since] = (await simulate(period)).body.object.currencies
    expect(since.orders).toBe(110)
    const [before] = (await simulate({ end_date: verdict.judged_date })).body.object.currencies
    expect(before).toMatchObject(sums(1, 10_000, 1_250, 1_000))
    const rival = { publisher_id: world.rival.organization.id }
    const [only] = (await simulate(rival)).body.object.currencies
    expect(only).toMatchObject(sums(1, 10_000, 1_250, 1_000))
  })

  test('refuses what a card would be refused for', async () => {
    const bad = async (body: object) => {
      const answer = await simulate(body)
      return [answer.status, answer.body.error.details.field]
    }
    expect(await bad({ rates: [{ percent: '0.00005' }] })).toEqual([400, 'rates[0].percent'])
    expect(await bad({ publisher_id: world.merchant.organization.id })).toEqual([
      400,
      'publisher_id',
    ])
    expect(await bad({ start_date: 'last year' })).toEqual([400, 'start_date'])
    expect((await world.publisher.call('POST', '/v1/rate-cards/simulate', { rates })).status).toBe(
      401,
    )
  })

  test('one at a time: others beside it are told so', async () => {
    let release = (): void => undefined
    const gate = new Promise<void>((resolve) => (release = resolve))
    let held: Promise<unknown> = Promise.resolve()
    await new Promise<void>((resolve) => {
      held = world.network.db.transaction().execute(async (tx) => {
        await sql`lock table orders in access exclusive mode`.execute(tx)
        resolve()
        await gate
      })
    })
    const calls = [simulate({}), simulate({}), simulate({})]
    const statuses: number[] = []
    // The one that was first waits for the orders until the other two are answered.
    await new Promise<void>((resolve) => {
      for (const call of calls) {
        void call.then(({ status }) => {
          if (statuses.push(status) === 2) resolve()
        })
      }
    })
    expect(statuses).toEqual([409, 409])
    release()
    await Promise.all([held, ...calls])
    expect(statuses).toEqual([409, 409, 200])
    expect((await simulate({})).status).toBe(200)
  })

  test('ends when nobody waits for it any more', async () => {
    const { parts } = world.network.server
    const merchant = parts.directory.current().byId(world.merchant.organization.id)
    if (!merchant) throw new Error('the directory does not have it')
    const draft = { rates: [percent(1)], publisher: null, start: null, end: null }
    const signal = AbortSignal.abort()
    const { currencies } = await simulateCard(parts, merchant, draft, signal)
    // The batch under way is all that was looked at.
    expect(currencies.get('USD')?.orders).toBeLessThan(111)
  })
})
