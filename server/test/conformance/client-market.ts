import { expect } from 'vitest'
import type {
  Client,
  LinkFields,
  Order,
  OrderFields,
  Rate,
  RateCard,
} from '../../../client/src/index.ts'
import { follow } from '../links/shoppers.ts'
import { manualClock } from '../support/clock.ts'
import type { ManualClock } from '../support/clock.ts'
import type { TestDatabase } from '../support/databases.ts'
import { startFreshNetwork } from '../support/network.ts'
import type { Network } from '../support/network.ts'
import { clientOf } from './own-client.ts'

/** When the clock begins to be moved. */
export const START = '2025-03-04T10:00:00.000Z'
export const TEA = 'https://shop.example/tea'

/** What the first merchant pays, as it is sent and as it is answered. */
export const RATES: Rate[] = [
  { segment: 'new', category: null, percent: '10' },
  { segment: 'active', category: null, percent: '2' },
  { segment: 'default', category: 'gift cards', percent: '0' },
]

/** Two publishers and a merchant who pays them, each with a client; and a second merchant. */
export interface Market {
  network: Network
  clock: ManualClock
  publisher: Client
  other: Client
  merchant: Client
  second: Client
  ids: { publisher: string; other: string; merchant: string; second: string }
  card: RateCard
  /** The token that a shopper gets who follows a new link of the publisher's. */
  click(by: Client, user: string, more?: Partial<LinkFields>): Promise<string>
  /** Reports an order of 22.99 USD. */
  report(orderId: string, more?: Partial<OrderFields>): Promise<Order>
}

export async function openMarket(create: TestDatabase['create']): Promise<Market> {
  const clock = manualClock(START)
  const network = await startFreshNetwork(create, { clock, publishers: 2, merchants: 2 })
  const members = [...network.publishers, ...network.merchants]
  const [publisher, other, merchant, second] = members.map((each) => clientOf(network, each)) as [
    Client,
    Client,
    Client,
    Client,
  ]
  const idOf = (index: number): string => members[index]!.organization.id
  await merchant.linkHosts.add('shop.example')
  const fields = { name: 'Standard', start_date: '2025-01-01T00:00:00Z', rates: RATES }
  return {
    network,
    clock,
    publisher,
    other,
    merchant,
    second,
    ids: { publisher: idOf(0), other: idOf(1), merchant: idOf(2), second: idOf(3) },
    card: await merchant.rateCards.create(fields),
    async click(by, user, more = {}) {
      const experience = { btn_pub_user: user, btn_pub_ref: `mail to ${user}` }
      const { links } = await by.links.create({ url: TEA, experience, ...more })
      const { token } = await follow(links.universal)
      return token ?? expect.fail('the shopper got no token')
    },
    report: (orderId, more) =>
      merchant.orders.create({ order_id: orderId, total: 2299, currency: 'USD', ...more }),
  }
}
