import { describe, expect, onTestFinished, test } from 'vitest'
import { customerKey } from '../../../src/customers/customer.ts'
import { inTx } from '../../../src/kernel/database/transaction.ts'
import { insertClicks } from '../../../src/links/click-store.ts'
import { encryptClick } from '../../../src/links/click.ts'
import type { QuotePromise } from '../../../src/orders/order.ts'
import { btnRefKey } from '../../../src/orders/order.ts'
import { parseOrder } from '../../../src/orders/parse-order.ts'
import { recordOrders } from '../../../src/reports/record-orders.ts'
import { createDice } from '../../crash/dice.ts'
import { databases } from '../../support/databases.ts'
import type { TestDatabase } from '../../support/databases.ts'
import { must } from '../../support/network.ts'
import type { Answer, Member } from '../../support/network.ts'
import { generateBuyer, generateContent, generateRates, hashOf, pick } from '../rates/generated.ts'
import { createMarket, setMerchant } from '../market.ts'
import type { Market } from '../market.ts'

const SEED = 20_260_313
const CHAPTERS = 6
const PEOPLE = 6
const HOUR_MS = 3_600_000
const START = Date.parse('2026-03-01T12:00:00.000Z')

interface Click {
  token: string
  publisher: number
  user: string
  quote: QuotePromise | null
}

/** What happened in one instant, one after the other. */
interface Chapter {
  customers: { publisher: number; body: object }[]
  clicks: Click[]
  orders: { order_id: string }[]
  cancelled: string[]
}

/** A story with nothing in it that chance makes anew: it can be told again. */
function writeStory(seed: number, cancelling: number): { rates: object[]; chapters: Chapter[] } {
  const dice = createDice(seed)
  const rates = [...generateRates(dice), { segment: 'new', percent: '12.5' }]
  const tokens: string[] = []
  const told: string[] = []
  const chapters = Array.from({ length: CHAPTERS }, (_, chapter): Chapter => {
    const customers = Array.from({ length: 4 }, () => {
      const person = dice.whole(PEOPLE)
      const emails_sha256 = [hashOf('replay', `${person}-${dice.whole(2)}`)]
      return { publisher: dice.whole(2), body: { id: `u-${person}`, emails_sha256 } }
    })
    const clicks = Array.from({ length: 5 }, (_, index): Click => {
      const token = `srctok-${String(chapter * 10 + index).padStart(16, '0')}`
      tokens.push(token)
      const quote = dice.chance(0.6) ? promise(chapter, index) : null
      return { token, publisher: dice.whole(2), user: `u-${dice.whole(PEOPLE)}`, quote }
    })
    const cancelled = told.filter(() => dice.chance(cancelling))
    const orders = Array.from({ length: 14 }, (_, index) => {
      const { body } = generateBuyer(dice, 'replay', dice.whole(PEOPLE))
      const btn_ref = dice.chance(0.8) ? pick(dice, tokens.slice(-9)) : null
      const customer = body && { ...body, is_new: pick(dice, [true, false, null]) }
      const order_id = `order-${chapter}-${index}`
      told.push(order_id)
      return { order_id, ...generateContent(dice), customer, btn_ref }
    })
    return { customers, clicks, orders, cancelled }
  })
  const single = new Map(rates.map((rate) => [JSON.stringify(Object.keys(rate)), rate]))
  return { rates: [...single.values()], chapters }
}

function promise(chapter: number, index: number): QuotePromise {
  const at = START + chapter * HOUR_MS
  return {
    id: `00000000-0000-4000-8000-${String(chapter * 10 + index).padStart(12, '0')}`,
    segment: 'new',
    at: new Date(at).toISOString(),
    expires: new Date(at + 2 * HOUR_MS).toISOString(),
  }
}

interface Kind {
  policy: string
  /** How likely an order is cancelled at each turn. */
  cancelling: number
}

const kinds: Kind[] = [
  { policy: 'network', cancelling: 0.08 },
  { policy: 'both_must_agree', cancelling: 0 },
]

type Tell = (market: Market, merchant: Member, orders: Chapter['orders']) => Promise<void>

const oneByOne: Tell = async (_market, { call }, orders) => {
  for (const order of orders) await must(call('POST', '/v1/order', order))
}

const inSets: Tell = async ({ network }, { organization }, orders) => {
  const { parts } = network.server
  const merchant = parts.directory.current().byId(organization.id)!
  const reports = orders.map((order) => {
    return { merchant, document: parseOrder(order as never, parts.clock.now()) }
  })
  const outcomes = await recordOrders(parts, reports)
  expect(outcomes.filter((outcome) => 'problem' in outcome)).toEqual([])
}

/** All that is said of the orders, without what is made by chance. */
async function tell(testDatabase: TestDatabase, kind: Kind, how: Tell): Promise<unknown[]> {
  const { policy, cancelling } = kind
  const market = await createMarket(testDatabase)
  onTestFinished(() => market.stop())
  const { network } = market
  const merchant = network.merchants[0]!
  await setMerchant(network, merchant, { verdict_policy: policy })
  const { rates, chapters } = writeStory(SEED, cancelling)
  await must(merchant.call('POST', '/v1/rate-cards', { name: 'card', rates }))
  for (const { customers, clicks, orders, cancelled } of chapters) {
    for (const { publisher, body } of customers) {
      await must(network.publishers[publisher]!.call('POST', '/v1/customers', body))
    }
    await followAll(market, merchant, clicks)
    for (const order of cancelled) await must(merchant.call('DELETE', `/v1/order/${order}`))
    await how(market, merchant, orders)
    await market.advance(HOUR_MS)
  }
  expect(await market.drift()).toEqual([])
  const ids = chapters.flatMap(({ orders }) => orders.map(({ order_id: id }) => id))
  const verdicts: Answer['body'][] = []
  for (const id of ids) verdicts.push(await must(merchant.call('GET', `/v1/order/${id}/verdict`)))
  const orderOf = new Map(verdicts.map((each) => [each.button_order_id, each.order_id]))
  // Of several that came in one instant, any may take the place of one that was cancelled.
  const because = (id: string) => (cancelling > 0 ? null : orderOf.get(id))
  const nameOf = new Map(network.publishers.map((each, index) => [each.organization.id, index]))
  const name = (evidence: Answer['body']) =>
    evidence && { ...evidence, button_order_id: because(evidence.button_order_id) }
  return verdicts.map(({ button_order_id: _button, evidence, commission, ...verdict }) => ({
    ...verdict,
    evidence: name(evidence),
    later_evidence: name(verdict.later_evidence),
    commission: commission && {
      ...commission,
      publisher_id: nameOf.get(commission.publisher_id),
      rate_card_id: null,
      transaction_id: null,
    },
  }))
}

/** As if their links had been followed, with tokens that are the same each time. */
async function followAll(market: Market, merchant: Member, clicks: Click[]): Promise<void> {
  const { vault, directory } = market.network.server.parts
  const find = ({ organization }: Member) => directory.current().byId(organization.id)!
  const rows = clicks.map(({ token, publisher, user, quote }) => {
    const from = find(market.network.publishers[publisher]!)
    const id = btnRefKey(vault, find(merchant), token)
    const content = { btn_ref: token, publisher_customer_id: user, pub_ref: null, quote }
    return {
      id,
      publisher: from.number,
      merchant: find(merchant).number,
      customer: customerKey(vault, from, user),
      blob: encryptClick(vault, id, content),
      at: market.clock.now(),
    }
  })
  await inTx(market.network.db, (tx) => insertClicks(tx, rows))
}

describe.each(databases)('the same history again on $name', (testDatabase) => {
  test.each(kinds)(
    'gives the same verdicts and amounts under $policy, one by one and in sets',
    { timeout: 120_000 },
    async (kind) => {
      const first = await tell(testDatabase, kind, oneByOne)
      expect(first).toHaveLength(CHAPTERS * 14)
      const text = JSON.stringify(first)
      for (const word of ['"kept"', '"known-before"', '"used-before"', '"through":"publisher"']) {
        expect(text).toContain(word)
      }
      expect(await tell(testDatabase, kind, inSets)).toEqual(first)
    },
  )
})
