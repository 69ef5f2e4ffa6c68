import { beforeAll, describe, expect, test } from 'vitest'
import { manualClock } from '../../support/clock.ts'
import { databases } from '../../support/databases.ts'
import { must, useNetwork } from '../../support/network.ts'
import type { Answer, Member } from '../../support/network.ts'

const DAY_MS = 86_400_000
const RATES = [
  { segment: 'new', percent: '12' },
  { segment: 'active', percent: '2' },
  { percent: '5', category: 'Shoes' },
  { fixed: 500, currency: 'USD' },
  { segment: 'new', fixed: 900, currency: 'EUR' },
]
const toNew = { segment: 'new', category: null, percent: '12' }
const toActive = { segment: 'active', category: null, percent: '2' }
const shoes = { segment: 'default', category: 'shoes', percent: '5' }
const dollars = { segment: 'default', category: null, fixed: 500, currency: 'USD' }
const euros = { segment: 'new', category: null, fixed: 900, currency: 'EUR' }

describe.each(databases)('the rates of a merchant, as publishers see them, on $name', (on) => {
  const clock = manualClock()
  const network = useNetwork(on.create, { clock, publishers: 3, merchants: 2 })
  let merchant: Member
  let card: string

  beforeAll(async () => {
    merchant = network.merchants[0]!
    card = await createCard({ name: 'For all', rates: RATES })
  })

  const createCard = async (body: object): Promise<string> =>
    (await must(merchant.call('POST', '/v1/rate-cards', body))).id

  async function seenBy(publisher: number, query = '', of = merchant): Promise<Answer['body'][]> {
    const merchants = await must(
      network.publishers[publisher]!.call('GET', `/v1/merchants${query}`),
    )
    const { id } = of.organization
    return merchants.find((each: { id: string }) => each.id === id).rates
  }
  const of = (rate_card_id: string, ...rates: object[]): object[] =>
    rates.map((rate) => ({ rate_card_id, ...rate }))
  const setPartnership = (publisher: number, status: string): Promise<unknown> => {
    const left = network.publishers[publisher]!.organization.id
    const path = `/operator/v1/partnerships/${left}/${merchant.organization.id}`
    return must(network.operator.call('PUT', path, { status }))
  }
  const switchSegments = (customer_segments: boolean): Promise<unknown> => {
    const path = `/operator/v1/organizations/${merchant.organization.id}`
    return must(network.operator.call('PATCH', path, { customer_segments }))
  }

  test('are those in force, each with its card; another merchant has none', async () => {
    expect(await seenBy(0)).toEqual(of(card, toNew, toActive, shoes, dollars, euros))
    expect(await seenBy(0, '', network.merchants[1])).toEqual([])
  })

  test('with a currency are percentages, and fixed rates in it', async () => {
    expect(await seenBy(0, '?currency=usd')).toEqual(of(card, toNew, toActive, shoes, dollars))
    expect(await seenBy(0, '?currency=EUR')).toEqual(of(card, toNew, toActive, shoes, euros))
    expect(await seenBy(0, '?currency=JPY&page_size=5')).toEqual(of(card, toNew, toActive, shoes))
  })

  test('are for approved publishers only', async () => {
    for (const status of ['pending', 'available']) {
      await setPartnership(1, status)
      expect(await seenBy(1)).toEqual([])
    }
    await setPartnership(1, 'approved')
    expect(await seenBy(1)).toHaveLength(5)
  })

  test('are the default ones while segments are off', async () => {
    await switchSegments(false)
    expect(await seenBy(0)).toEqual(of(card, shoes, dollars))
    await switchSegments(true)
    expect(await seenBy(0)).toHaveLength(5)
  })

  test('are those of the own card wholly, while it is in force', async () => {
    const own = await createCard({
      name: 'Own',
      publisher_id: network.publishers[2]!.organization.id,
      rates: [{ percent: 7 }],
      start_date: new Date(clock.now().getTime() + DAY_MS).toISOString(),
      end_date: new Date(clock.now().getTime() + 2 * DAY_MS).toISOString(),
    })
    expect(await seenBy(2)).toHaveLength(5)
    clock.advance(DAY_MS)
    const seven = { segment: 'default', category: null, percent: '7' }
    expect(await seenBy(2)).toEqual(of(own, seven))
    expect(await seenBy(0)).toHaveLength(5)
    clock.advance(DAY_MS)
    expect(await seenBy(2)).toHaveLength(5)
  })
})
