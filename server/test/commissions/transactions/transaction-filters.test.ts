import { beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../support/databases.ts'
import { emailHash } from '../../support/hash.ts'
import { must } from '../../support/network.ts'
import type { Member } from '../../support/network.ts'
import { readList } from '../market.ts'
import { percent, useWorld } from '../world.ts'

const LIST = '/v1/affiliation/transactions'
const DAY_MS = 86_400_000
const CUSTOMERS = ['anna', 'bert', undefined]

interface Listed {
  id: string
  status: string
  currency: string
  amount: number
  created_date: string
  customer_segment: { name: string } | null
  publisher_customer_id: string | null
  publisher_organization: string
}

describe.each(databases)('what transactions are looked for by on $name', (testDatabase) => {
  const world = useWorld(testDatabase)
  let all: Listed[]
  let owed: Listed[]

  beforeAll(async () => {
    await world.card([percent(10)])
    for (let index = 0; index < 18; index++) {
      const by = index % 4 === 3 ? world.rival : world.publisher
      const customer = CUSTOMERS[index % 3]
      const more = {
        btn_ref: await world.click({ by, ...(customer && { customer }) }),
        currency: index % 2 === 0 ? 'USD' : 'EUR',
        total: 1_000 + index,
        customer: { id: `c${index % 5}`, email_sha256: emailHash(`c${index % 5}`) },
        ...(index % 6 === 5 && { finalization_date: '2026-03-02T00:00:00.000Z' }),
      }
      await must(world.order(`order-${index}`, more))
      if (index % 7 === 1) await must(world.merchant.call('DELETE', `/v1/order/order-${index}`))
    }
    await world.advance(2 * DAY_MS)
    all = await readList(world.publisher.call, LIST)
    owed = await readList(world.merchant.call, LIST)
  })

  type Filter = [string, (each: Listed) => boolean]
  const idsOf = (listed: Listed[]) => listed.map(({ id }) => id)

  async function check(member: Member, whole: Listed[], filters: Filter[]): Promise<void> {
    for (const [query, isIn] of filters) {
      const expected = whole.filter(isIn)
      expect(expected.length, query).toBeGreaterThan(0)
      expect(expected.length, query).toBeLessThan(whole.length)
      const listed = await readList(member.call, `${LIST}?page_size=2&${query}`)
      expect([query, idsOf(listed)]).toEqual([query, idsOf(expected)])
      const { sums, looked_from_date: from } = await must(
        member.call('GET', `${LIST}/sums?${query}`),
      )
      expect([query, sums]).toEqual([query, add(expected)])
      expect(from).toBeNull()
    }
  }

  /** The same by hand. */
  function add(listed: Listed[]) {
    const keyOf = ({ currency, status, customer_segment: segment }: Listed) =>
      JSON.stringify([currency, status, segment?.name])
    return [...Map.groupBy(listed, keyOf)]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, its]) => ({
        currency: its[0]!.currency,
        status: its[0]!.status,
        segment: its[0]!.customer_segment!.name,
        transactions: its.length,
        amount: its.reduce((sum, { amount }) => sum + amount, 0),
      }))
  }

  const common: Filter[] = [
    ...['pending', 'validated', 'declined'].map((status): Filter => [
      `status=${status}`,
      (each) => each.status === status,
    ]),
    ['segment=active', (each) => each.customer_segment?.name === 'active'],
    [
      'segment=new&status=pending',
      (each) => each.customer_segment?.name === 'new' && each.status === 'pending',
    ],
  ]

  test('a publisher: by status, segment, customer and time; sums are of the filter', async () => {
    const start = all[6]!.created_date
    await check(world.publisher, all, [
      ...common,
      ['customer_id=anna', (each) => each.publisher_customer_id === 'anna'],
      [
        'customer_id=bert&status=pending',
        (each) => each.publisher_customer_id === 'bert' && each.status === 'pending',
      ],
      [`start=${start}`, (each) => each.created_date >= start],
    ])
    const { sums } = await must(world.publisher.call('GET', `${LIST}/sums`))
    expect(sums).toEqual(add(all))
    const mine = `merchant_id=${world.merchant.organization.id}`
    expect(idsOf(await readList(world.publisher.call, `${LIST}?${mine}`))).toEqual(idsOf(all))
  })

  test('a merchant: what it owes, by publisher too', async () => {
    const { id } = world.rival.organization
    await check(world.merchant, owed, [
      ...common,
      [`publisher_id=${id}`, (each) => each.publisher_organization === id],
    ])
    const accounts = await must(world.merchant.call('GET', '/v1/affiliation/accounts'))
    const own = accounts.find((each: Listed) => each.publisher_organization !== id)
    const path = `/v1/affiliation/accounts/${own.id}/transactions`
    expect(await readList(world.merchant.call, `${path}?publisher_id=${id}`)).toEqual([])
    const same = await readList(
      world.merchant.call,
      `${path}?publisher_id=${own.publisher_organization}`,
    )
    expect(same).toEqual(await readList(world.merchant.call, path))
  })

  test("what is the other role's, and what there is not", async () => {
    for (const query of ['customer_id=anna', 'merchant_id=org-1']) {
      expect((await world.merchant.call('GET', `${LIST}?${query}`)).status).toBe(400)
      expect((await world.merchant.call('GET', `${LIST}/sums?${query}`)).status).toBe(400)
    }
    expect((await world.publisher.call('GET', `${LIST}?publisher_id=org-1`)).status).toBe(400)
    for (const query of ['merchant_id=org-0000000000000000', 'customer_id=nobody']) {
      expect(await readList(world.publisher.call, `${LIST}?${query}`)).toEqual([])
      expect(await must(world.publisher.call('GET', `${LIST}/sums?${query}`))).toEqual({
        sums: [],
        looked_from_date: null,
      })
    }
  })

  test('sums leave nobody else in', async () => {
    const { sums } = await must(world.rival.call('GET', `${LIST}/sums`))
    const theirs: Listed[] = await readList(world.rival.call, LIST)
    expect(sums).toEqual(add(theirs))
    expect(theirs.length + all.length).toBe(owed.length)
  })
})
