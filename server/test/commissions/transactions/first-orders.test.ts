import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPostgres } from '../../../src/kernel/database/database.ts'
import type { Database } from '../../../src/kernel/database/database.ts'
import { parseOrder } from '../../../src/orders/parse-order.ts'
import { recordOrders } from '../../../src/reports/record-orders.ts'
import type { OrderParts } from '../../../src/reports/record-orders.ts'
import { follow, linkTo, register } from '../../links/shoppers.ts'
import { databases, postgresql } from '../../support/databases.ts'
import type { FreshDatabase } from '../../support/databases.ts'
import { emailHash } from '../../support/hash.ts'
import { must, startNetwork } from '../../support/network.ts'
import type { Member, Network } from '../../support/network.ts'
import { createMarket } from '../market.ts'
import type { Market } from '../market.ts'

const PAIRS = 200
const CONNECTIONS = 32
const pairs = Array.from({ length: PAIRS }, (_, index) => index)

/** How a merchant is told of one person twice. */
interface Pair {
  name: string
  /** Of the two orders of a pair: what they say beside their number. */
  orders(pair: number, tokens: string[]): [object, object]
}

const named = (id: string, email?: string) => ({
  customer: { id, ...(email && { email_sha256: emailHash(email) }) },
})

const kinds: Pair[] = [
  { name: 'by the id', orders: (pair) => [named(`id-${pair}`), named(`id-${pair}`)] },
  {
    name: 'by an e-mail address under two ids',
    orders: (pair) => [named(`a-${pair}`, `two-${pair}`), named(`b-${pair}`, `two-${pair}`)],
  },
  {
    name: 'by an e-mail address, as a customer and as a guest',
    orders: (pair) => [
      named(`c-${pair}`, `guest-${pair}`),
      { customer: { email_sha256: emailHash(`guest-${pair}`) } },
    ],
  },
  {
    name: 'by what the publishers know, with addresses that have nothing in common',
    orders: (pair, tokens) => [
      { ...named(`d-${pair}`, `left-${pair}`), btn_ref: tokens[pair] },
      { ...named(`e-${pair}`, `right-${pair}`), btn_ref: tokens[pair] },
    ],
  },
]

describe('two first orders of one person at once', () => {
  let fresh: FreshDatabase
  let wide: Database
  let network: Network
  let parts: OrderParts
  let merchant: Member
  let tokens: string[]

  beforeAll(async () => {
    fresh = await postgresql.create()
    network = await startNetwork({ database: fresh.database, publishers: 2 })
    merchant = network.merchants[0]!
    wide = await openPostgres(fresh.url ?? '', { poolSize: CONNECTIONS })
    const { vault, clock, directory } = network.server.parts
    parts = { database: wide, vault, clock, directory }
    await register(merchant, 'shop.example')
    await Promise.all(pairs.map(reportPeople))
    tokens = await Promise.all(
      pairs.map(async (pair) => {
        const experience = { btn_pub_user: `u-${pair}` }
        const link = await linkTo(network.publishers[0]!, 'https://shop.example/', { experience })
        return (await follow(link)).token ?? ''
      }),
    )
  }, 60_000)
  afterAll(async () => {
    await wide.close()
    await network.stop()
    await fresh.drop()
  })

  /** The rows exist: everybody is known to a publisher, and the merchant has signed some of them up. */
  async function reportPeople(pair: number): Promise<void> {
    const hashes = (kinds: string[]) => kinds.map((kind) => emailHash(`${kind}-${pair}`))
    const [sender, other] = network.publishers as [Member, Member]
    const [own, all] = [hashes(['left', 'right']), hashes(['two', 'guest', 'left', 'right'])]
    await must(sender.call('POST', '/v1/customers', { id: `u-${pair}`, emails_sha256: own }))
    await must(other.call('POST', '/v1/customers', { id: `v-${pair}`, emails_sha256: all }))
    for (const id of [`id-${pair}`, `a-${pair}`]) {
      await must(merchant.call('POST', '/v1/customers', { id }))
    }
  }

  async function record(order: object): Promise<'new' | 'active'> {
    const { directory, clock } = network.server.parts
    const organization = directory.current().byId(merchant.organization.id)!
    const document = parseOrder({ total: 100, currency: 'USD', ...order } as never, clock.now())
    const [outcome] = await recordOrders(parts, [{ merchant: organization, document }])
    if (!outcome || 'problem' in outcome) throw new Error('not accepted', { cause: outcome })
    return outcome.answer.verdict
  }

  test.each(kinds)('$name: exactly one is new', { timeout: 60_000 }, async ({ name, orders }) => {
    const verdicts = new Map(pairs.map((pair) => [pair, [] as string[]]))
    // Next to each other in line, so that the two of a pair are under way at the same time.
    const queue = pairs.flatMap((pair) =>
      orders(pair, tokens).map((order, index) => ({ pair, index, order })),
    )
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const { pair, index, order } = next
        const verdict = await record({ ...order, order_id: `${name} ${pair} ${index}` })
        verdicts.get(pair)![index] = verdict
      }
    }
    await Promise.all(Array.from({ length: CONNECTIONS }, work))
    const all = [...verdicts.values()]
    const fresh = all.map((pair) => pair.filter((each) => each === 'new').length)
    expect(fresh).toEqual(pairs.map(() => 1))
  })

  test('nothing drifted', async () => {
    const { checks } = await network.server.parts.verify()
    expect(checks.filter(({ drift }) => drift > 0)).toEqual([])
  })
})

describe.each(databases)('a first order that is cancelled, on $name', (testDatabase) => {
  let market: Market
  let merchant: Member

  beforeAll(async () => {
    market = await createMarket(testDatabase)
    merchant = market.network.merchants[0]!
    const rates = [
      { segment: 'new', percent: 10 },
      { segment: 'active', percent: 1 },
    ]
    await must(merchant.call('POST', '/v1/rate-cards', { name: 'card', rates }))
  })
  afterAll(() => market.stop())

  async function order(person: string, number: number): Promise<void> {
    const btn_ref = await market.click(market.network.publishers[0]!, merchant)
    const body = { order_id: `${person}-${number}`, total: 1_000, currency: 'USD', btn_ref }
    const customer = { id: `${person}-${number}`, email_sha256: emailHash(person) }
    await must(merchant.call('POST', '/v1/order', { ...body, customer }))
  }
  const verdict = async (person: string, number: number) => {
    const path = `/v1/order/${person}-${number}/verdict`
    const { judged, evidence, commission } = await must(merchant.call('GET', path))
    return [judged, evidence?.button_order_id ?? null, commission.amount]
  }
  const buttonId = async (person: string, number: number) =>
    (await must(merchant.call('GET', `/v1/order/${person}-${number}`))).button_order_id
  const cancel = (person: string, number: number) =>
    must(merchant.call('DELETE', `/v1/order/${person}-${number}`))

  test('makes the next one new, and the one after it active, by the next', async () => {
    await order('alone', 1)
    await cancel('alone', 1)
    await order('alone', 2)
    await order('alone', 3)
    expect(await verdict('alone', 1)).toEqual(['new', null, 0])
    expect(await verdict('alone', 2)).toEqual(['new', null, 100])
    expect(await verdict('alone', 3)).toEqual(['active', await buttonId('alone', 2), 10])
    // What was judged active by an order stays so when that order is cancelled.
    await cancel('alone', 2)
    expect(await verdict('alone', 3)).toEqual(['active', await buttonId('alone', 2), 10])
    await order('alone', 4)
    expect(await verdict('alone', 4)).toEqual(['active', await buttonId('alone', 3), 10])
  })

  test('makes one of the next new, when many come at once', async () => {
    const people = Array.from({ length: 20 }, (_, index) => `crowd-${index}`)
    await Promise.all(people.map((person) => order(person, 1)))
    await Promise.all(people.flatMap((person) => [cancel(person, 1), cancel(person, 1)]))
    await Promise.all(people.flatMap((person) => [2, 3, 4].map((number) => order(person, number))))
    for (const person of people) {
      const verdicts = await Promise.all([2, 3, 4].map((number) => verdict(person, number)))
      expect(verdicts.filter(([judged]) => judged === 'new')).toHaveLength(1)
    }
    expect(await market.drift()).toEqual([])
  })

  test('at the same time as the next, leaves one that counts or none before it', async () => {
    const people = Array.from({ length: 20 }, (_, index) => `beside-${index}`)
    await Promise.all(people.map((person) => order(person, 1)))
    await Promise.all(people.flatMap((person) => [order(person, 2), cancel(person, 1)]))
    for (const person of people) {
      const [judged, because] = await verdict(person, 2)
      expect(because).toBe(judged === 'new' ? null : await buttonId(person, 1))
      await order(person, 3)
      expect(await verdict(person, 3)).toEqual(['active', await buttonId(person, 2), 10])
    }
    expect(await market.drift()).toEqual([])
  })
})
