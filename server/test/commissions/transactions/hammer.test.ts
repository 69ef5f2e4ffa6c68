import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import { databases } from '../../support/databases.ts'
import { must } from '../../support/network.ts'
import type { Member } from '../../support/network.ts'
import { DAY_MS, createWorld, percent } from '../world.ts'
import type { World } from '../world.ts'

const ORDERS = 8
const ROUNDS = 12

describe.each(databases)('changes that meet on $name', (testDatabase) => {
  /** The same numbers at each run. */
  function createDice(seed = 7): (sides: number) => number {
    let state = seed
    return (sides) => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31
      return Math.floor((state / 2 ** 31) * sides)
    }
  }

  async function start(): Promise<{ world: World; changes: (() => object)[] }> {
    const world = await createWorld(testDatabase)
    onTestFinished(() => world.stop())
    await world.card([percent(7.25)])
    await world.card([percent(1), percent(9, { category: 'tea' })], { publisher: world.rival })
    const dice = createDice()
    const tokens = [await world.click(), await world.click({ by: world.rival }), null]
    const line = (identifier: string) => ({ identifier, total: dice(5_000) - 1_000 })
    const changes = [
      () => ({ total: dice(100_000) }),
      () => ({ line_items: [line('a'), { ...line('b'), category: ['tea'] }, line('c')] }),
      () => ({ line_items: [] }),
      // Lines are in the old currency: a change of it says them anew.
      () => ({ currency: dice(2) === 0 ? 'USD' : 'EUR', total: dice(100_000), line_items: [] }),
      () => ({ btn_ref: tokens[dice(3)] }),
    ]
    const mixed = Array.from({ length: ORDERS * ROUNDS }, () => {
      const change = (changes[dice(changes.length)] ?? changes[0])!()
      return () => change
    })
    return { world, changes: mixed }
  }

  test('leave ledgers that add up, and one transaction of an order at most', async () => {
    const { world, changes } = await start()
    const final = new Date(world.clock.now().getTime() + DAY_MS).toISOString()
    for (let index = 0; index < ORDERS; index++) {
      await must(world.order(`order-${index}`, { finalization_date: final }))
    }
    const calls = changes.map(async (change, index) => {
      const path = `/v1/order/order-${index % ORDERS}`
      if (index % (3 * ORDERS) === 2 * ORDERS + 1) return world.merchant.call('DELETE', path)
      return world.merchant.call('POST', path, change())
    })
    const statuses = (await Promise.all(calls)).map(({ status }) => status)
    // Calls that meet on one order too often are told to come again.
    expect(statuses.filter((status) => ![200, 409, 503].includes(status))).toEqual([])
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(ORDERS)
    await world.advance(DAY_MS)
    const [, , late] = await Promise.all([
      world.validate(),
      world.validate(),
      world.merchant.call('POST', '/v1/order/order-0', { total: 1 }),
    ])
    expect(late.status).toBe(409)
    expect(await world.validate()).toBe(0)
    expect(await world.drift()).toEqual([])
    await expectFinal(world, world.publisher)
    await expectFinal(world, world.rival)
  })

  /** Each is what its last event says, and nothing is pending any more. */
  async function expectFinal(world: World, publisher: Member): Promise<void> {
    const path = '/v1/affiliation/transactions?page_size=500'
    const transactions = await must(publisher.call('GET', path))
    const events = Map.groupBy(await world.events(publisher), ({ payload }) => payload.id)
    for (const { id, status, amount, order_line_items: lines } of transactions) {
      expect(['validated', 'declined']).toContain(status)
      expect(events.get(id)?.at(-1)?.payload).toMatchObject({ status, amount })
      const sum = lines.reduce(
        (total: number, line: { publisher_commission: number }) =>
          total + line.publisher_commission,
        0,
      )
      if (lines.length > 0) expect(sum).toBe(amount)
    }
    const { rows } = await sql<{ most: number }>`
      select coalesce(max(count), 0)::int as most from (
        select count(*) from transactions where declined_at is null group by order_key) c`.execute(
      world.network.db,
    )
    expect(rows[0]?.most).toBeLessThanOrEqual(1)
  }
})
