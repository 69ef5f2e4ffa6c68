import { beforeAll, describe, expect, test } from 'vitest'
import { manualClock } from '../support/clock.ts'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must, startFreshNetwork } from '../support/network.ts'
import type { Answer, Member } from '../support/network.ts'
import { readList } from '../commissions/market.ts'
import { percent, useWorld } from '../commissions/world.ts'

const HOUR_MS = 3_600_000
const TEST_TOKEN = 'fakesrctok-0123456789abcdef'

interface Listed {
  button_order_id: string
  order_id: string
  status: string
  segment: string
  judged: string
  claimed_new: boolean | null
  customer_id: string | null
  publisher_id: string | null
  created_date: string
}

describe.each(databases)('lists of orders on $name', (testDatabase) => {
  const world = useWorld(testDatabase, { merchants: 2 })
  let all: Listed[]

  beforeAll(async () => {
    await world.card([percent(10)])
    const policy = { verdict_policy: 'merchant' }
    const path = `/operator/v1/organizations/${world.merchant.organization.id}`
    await must(world.network.operator.call('PATCH', path, policy))
    for (let index = 0; index < 24; index++) {
      const person = `p${index % 7}`
      const isNew = [true, false, undefined][index % 3]
      const customer = {
        ...(index % 4 !== 0 && { id: person }),
        email_sha256: emailHash(person),
        ...(isNew !== undefined && { is_new: isNew }),
      }
      const by = index % 5 === 0 ? world.rival : world.publisher
      const token = index % 2 === 0 ? { btn_ref: await world.click({ by }) } : {}
      const finalization_date = index % 6 === 0 ? '2026-03-01T13:00:00.000Z' : undefined
      const more = { customer, ...token, ...(finalization_date && { finalization_date }) }
      await must(world.order(`order-${index}`, { btn_ref: null, ...more }))
      if (index % 8 === 3) await must(world.merchant.call('DELETE', `/v1/order/order-${index}`))
    }
    await must(world.order('tried', { btn_ref: TEST_TOKEN }))
    await world.advance(2 * HOUR_MS)
    await must(world.order('later', { btn_ref: null }))
    all = await readList(world.merchant.call, '/v1/orders')
  })

  const list = (query: string): Promise<Listed[]> =>
    readList(world.merchant.call, `/v1/orders?page_size=3&${query}`)
  const namesOf = (orders: Listed[]) => orders.map(({ order_id: id }) => id)

  test('have each order once, the newest first, as it is read alone', async () => {
    expect(all).toHaveLength(26)
    expect(namesOf(all).slice(0, 3)).toEqual(['later', 'tried', 'order-23'])
    const dates = all.map(({ created_date: date }) => date)
    expect(dates).toEqual(dates.toSorted().reverse())
    expect(await list('')).toEqual(all)
    for (const listed of all) {
      const path = `/v1/order/${listed.button_order_id}`
      const order = await must(world.merchant.call('GET', path))
      const verdict = await must(world.merchant.call('GET', `${path}/verdict`))
      expect({ ...order, ...listed }).toEqual({ ...listed, ...order })
      const { segment, judged, claimed_new, policy, decided_by, commission } = verdict
      expect(listed).toMatchObject({ segment, judged, claimed_new, policy, decided_by })
      expect(listed.publisher_id).toBe(commission?.publisher_id ?? null)
    }
    expect(all.filter((each) => 'is_test' in each && each.is_test === true)).toHaveLength(1)
  })

  test('and back again', async () => {
    const pathOf = (url: string): string => url.slice(url.indexOf('/v1'))
    const first: Answer = await world.merchant.call('GET', '/v1/orders?page_size=10')
    const second = await world.merchant.call('GET', pathOf(first.body.meta.next))
    const back = await world.merchant.call('GET', pathOf(second.body.meta.previous))
    expect(back.body.objects).toEqual(first.body.objects)
    expect(back.body.meta.previous).toBeNull()
  })

  test('are narrowed by each filter, and by several', async () => {
    const { publisher, rival } = world
    const filters: [string, (order: Listed) => boolean][] = [
      ...(['open', 'finalized', 'deleted'] as const).map(
        (status): [string, (order: Listed) => boolean] => [
          `status=${status}`,
          (order) => order.status === status,
        ],
      ),
      ['segment=active', ({ segment }) => segment === 'active'],
      ['judged=new', ({ judged }) => judged === 'new'],
      ['claimed=new', ({ claimed_new: claim }) => claim === true],
      ['claimed=active&judged=new', (each) => each.claimed_new === false && each.judged === 'new'],
      ['claimed=none', ({ claimed_new: claim }) => claim === null],
      ['customer_id=p1', ({ customer_id: id }) => id === 'p1'],
      ['customer_id=p1&status=open', (each) => each.customer_id === 'p1' && each.status === 'open'],
      [
        `publisher_id=${rival.organization.id}`,
        ({ publisher_id: id }) => id === rival.organization.id,
      ],
      [
        `publisher_id=${publisher.organization.id}&segment=new`,
        (each) => each.publisher_id === publisher.organization.id && each.segment === 'new',
      ],
      [
        `start=${all[20]!.created_date}&end=${all[4]!.created_date}`,
        ({ created_date: at }) => at >= all[20]!.created_date && at < all[4]!.created_date,
      ],
    ]
    for (const [query, isIn] of filters) {
      const expected = all.filter(isIn)
      expect([query, namesOf(await list(query))]).toEqual([query, namesOf(expected)])
      expect(expected.length, query).toBeGreaterThan(0)
      expect(expected.length, query).toBeLessThan(all.length)
    }
    expect(await list('publisher_id=org-0000000000000000')).toEqual([])
    expect(await list('customer_id=nobody')).toEqual([])
  })

  test("are the merchant's own, and nobody else's", async () => {
    const [, second] = world.network.merchants as [Member, Member]
    expect(await must(second.call('GET', '/v1/orders'))).toEqual([])
    expect((await world.publisher.call('GET', '/v1/orders')).status).toBe(401)
    const { body } = await world.merchant.call('GET', '/v1/orders?page_size=1')
    const { pathname, search } = new URL(body.meta.next)
    expect((await second.call('GET', pathname + search)).status).toBe(400)
    const other = `${pathname}${search}&status=open`
    expect((await world.merchant.call('GET', other)).status).toBe(400)
  })
})

describe.each(databases)('publishers of a merchant on $name', ({ create }) => {
  test('those that work with it or ask to, with what they are paid', async () => {
    const clock = manualClock('2026-03-01T12:00:00.000Z')
    const network = await startFreshNetwork(create, { clock, publishers: 3, merchants: 1 })
    try {
      const [merchant] = network.merchants as [Member]
      const [one, two, three] = network.publishers as [Member, Member, Member]
      const set = (publisher: Member, change: object) => {
        const { id } = publisher.organization
        const path = `/operator/v1/partnerships/${id}/${merchant.organization.id}`
        return must(network.operator.call('PUT', path, change))
      }
      clock.advance(HOUR_MS)
      await set(one, { status: 'approved', attribution_days: 7 })
      await set(two, { status: 'pending' })
      await set(three, { status: 'available' })
      const card = { name: 'Standard', rates: [{ percent: '5' }] }
      const { id } = await must(merchant.call('POST', '/v1/rate-cards', card))
      const listed = await must(merchant.call('GET', '/v1/publishers'))
      expect(listed).toEqual([
        {
          id: one.organization.id,
          name: 'publisher 1',
          status: 'approved',
          status_date: clock.now().toISOString(),
          attribution_days: 7,
          rates: [{ rate_card_id: id, segment: 'default', category: null, percent: '5' }],
        },
        expect.objectContaining({ id: two.organization.id, status: 'pending', rates: [] }),
      ])
      expect((await one.call('GET', '/v1/publishers')).status).toBe(401)
      const [mine] = await must(one.call('GET', '/v1/merchants'))
      expect(mine).toMatchObject({
        status: 'approved',
        status_date: listed[0].status_date,
        attribution_days: 7,
        rates: listed[0].rates,
      })
    } finally {
      await network.stop()
    }
  })
})
