import { beforeAll, describe, expect, test, vi } from 'vitest'
import { FEWEST_PEOPLE } from '../../src/customers/privacy-floor.ts'
import { DAY_MS, percent, useWorld } from '../commissions/world.ts'
import { createImportCalls } from '../imports/import-calls.ts'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must } from '../support/network.ts'
import type { Answer, Member } from '../support/network.ts'

/* Who subtracts two answers learns what it may read one by one, and nothing beside. */

const PEOPLE = FEWEST_PEOPLE + 5
const HOUR_MS = 3_600_000

describe.each(databases)('differences of what is told, on $name', (testDatabase) => {
  const world = useWorld(testDatabase)

  const buy = (person: string) =>
    must(
      world.merchant.call('POST', '/v1/order', {
        ...{ order_id: `order-${person}`, total: 1_000, currency: 'USD' },
        customer: { id: `shopper-${person}`, email_sha256: emailHash(person) },
      }),
    )
  const fileOf = (ids: string[]): string =>
    ['id,email_sha256', ...ids.map((id) => `${id},${emailHash(id)}`)].join('\n')
  const ids = Array.from({ length: PEOPLE }, (_, index) => `p${index}`)

  /** The report once it is as of now: a count waits for nobody, and this machine may be slow. */
  async function get(path: string): Promise<Answer['body']> {
    const now = world.clock.now().toISOString()
    const read = () => must(world.publisher.call('GET', `/v1/reports/${path}`))
    await vi.waitFor(async () => expect((await read()).as_of_date).toBe(now), { timeout: 60_000 })
    return read()
  }

  /** How many of the publisher's customers are active, from what it reads of them one by one. */
  async function countActive(customers: string[]): Promise<number> {
    const read = await Promise.all(
      customers.map((id) => must(world.publisher.call('GET', `/v1/customers/${id}`))),
    )
    return read.filter(({ segments }) => segments[0]?.name === 'active').length
  }

  beforeAll(async () => {
    await world.card([percent(5)])
    for (const person of ['p0', 'p1', 'late']) await buy(person)
    await createImportCalls(world.network.url, world.publisher).run(fileOf(ids))
  })

  test('of two adjacent periods: one day’s own customers', async () => {
    await world.advance(HOUR_MS)
    expect(await countActive(ids)).toBe(2)
    const first = await get('segments')
    await world.advance(DAY_MS)
    await buy('p2')
    await buy('stranger')
    await world.advance(HOUR_MS)
    const { days } = await get('segments')
    expect(days).toHaveLength(first.days.length + 1)
    expect(days.slice(0, -1)).toEqual(first.days)
    expect(days.at(-1).matched).toBe(await countActive(ids))
    const day = days.at(-1).day as string
    const sumOf = (report: Answer['body']): number =>
      report.moves.reduce((sum: number, { moves }: { moves: number }) => sum + moves, 0)
    const [shorter, longer] = [await get(`moves?end=${day}`), await get('moves')]
    const { objects } = (await world.publisher.call('GET', '/v1/customers/p2/events')).body
    expect(sumOf(longer) - sumOf(shorter)).toBe(objects.length)
    expect(objects.length).toBe(1)
  })

  test('of two files that differ in a row: the segment of the customer in it', async () => {
    const imports = createImportCalls(world.network.url, world.publisher)
    const before = (await get('match')).customers
    for (const [person, active] of [
      ['late', 1],
      ['nobody', 0],
    ] as const) {
      const { matched } = (await get('match')).customers
      await imports.run(fileOf([...ids, person]))
      await world.advance(HOUR_MS)
      expect((await get('match')).customers.matched - matched).toBe(active)
      expect(await countActive([person])).toBe(active)
    }
    expect((await get('match')).customers.all).toBe(before.all + 2)
  })

  const OF_MERCHANT = [
    ...['/v1/publishers', '/v1/reports/commissions', '/v1/reports/commissions?by=category'],
    ...['/v1/organization/readiness', '/v1/orders', '/v1/rate-cards', '/v1/customers/shopper-p0'],
    ...['/v1/customers/shopper-p0/segments', '/v1/affiliation/transactions'],
  ]

  test('a merchant with one publisher sees none of whom it comes to know', async () => {
    const { merchant, publisher, rival, network } = world
    await must(
      network.operator.call(
        'PUT',
        `/operator/v1/partnerships/${rival.organization.id}/${merchant.organization.id}`,
        { status: 'available' },
      ),
    )
    const simulate = () => merchant.call('POST', '/v1/rate-cards/simulate', SIMULATED)
    const readAll = async (): Promise<unknown[]> => {
      const told = [await simulate()]
      for (const path of OF_MERCHANT) told.push(await merchant.call('GET', path))
      told.push(await check(merchant))
      return told.map(({ status, body }) => {
        expect(status).toBe(200)
        return body.objects ?? body.object
      })
    }
    await readAll()
    const before = await readAll()
    const all = Array.from({ length: 2 * FEWEST_PEOPLE }, (_, index) => `buyer-${index}`)
    await createImportCalls(network.url, publisher).run(fileOf(all))
    expect(await readAll()).toEqual(before)
  })

  const SIMULATED = { rates: [{ percent: '3' }] }

  /** What the merchant is told of a file of people of whom the publisher knows none, or then all. */
  async function check(merchant: Member): Promise<Answer> {
    const all = Array.from({ length: 2 * FEWEST_PEOPLE }, (_, index) => `buyer-${index}`)
    const imports = createImportCalls(world.network.url, merchant)
    const { id, preview } = await imports.check(fileOf(all))
    await must(imports.cancel(id))
    return { status: 200, body: { object: preview } }
  }
})
