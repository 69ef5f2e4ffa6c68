import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import { decryptPayload } from '../../../src/events/event-payload.ts'
import { createDice } from '../../crash/dice.ts'
import { databases } from '../../support/databases.ts'
import { must } from '../../support/network.ts'
import type { Answer, Member } from '../../support/network.ts'
import { History } from '../history.ts'
import type { Policy, Sale } from '../history.ts'
import { createMarket, expectShape, readList, setMerchant, setPartnership } from '../market.ts'
import type { Market } from '../market.ts'
import type { OwedTransaction } from '../transactions/owed.ts'

const HOUR_MS = 3_600_000
const SEED = 20_260_312
const PHASES = 6
const PAGE = 7

// The histories' oracle knows what was reported, not when in a day: it lets all of it count.
const evidence_policy = 'any_time'
const policies: Policy[] = [
  { verdict_policy: 'network', finalization_days: 4 },
  { verdict_policy: 'merchant', finalization_days: 2 },
  { verdict_policy: 'both_must_agree', finalization_days: 30 },
]
const DAYS = [1, 3, 30]

type Body = Answer['body']

describe.each(databases)('generated histories over HTTP on $name', (testDatabase) => {
  test(
    `owe what the calculator says, to the last cent (seed ${SEED})`,
    { timeout: 240_000 },
    async () => {
      const market = await createMarket(testDatabase, { merchants: policies.length })
      onTestFinished(() => market.stop())
      const dice = createDice(SEED)
      const histories = await beginHistories(market, dice)
      for (let phase = 0; phase < PHASES; phase++) {
        const last = histories.at(-1)!
        if (phase === 2)
          await setMerchant(market.network, last.merchant, { customer_segments: true })
        last.hasSegments = phase >= 2
        for (const history of histories) {
          await history.changeCards()
          await history.reportPeople()
          await history.followLinks()
        }
        await Promise.all(histories.map((history) => history.changeSales()))
        for (const history of histories) await history.sell()
        for (const history of histories) await expectOrders(market, history)
        await market.advance((1 + dice.whole(50)) * HOUR_MS + dice.whole(1_000))
        if (dice.chance(0.6)) await Promise.all([market.validate(), market.validate()])
      }
      await market.validate()
      expect(await market.drift()).toEqual([])
      await expectLists(market, histories)
      await expectEvents(market)
      const kinds = histories.flatMap(({ sales }) => sales.flatMap(({ owed }) => owed.transactions))
      expect(kinds.filter(({ amount }) => amount > 0).length).toBeGreaterThan(25)
      expect(kinds.filter(({ isDeclined }) => isDeclined).length).toBeGreaterThan(5)
    },
  )
})

async function beginHistories(market: Market, dice: ReturnType<typeof createDice>) {
  const { network } = market
  for (const [index, merchant] of network.merchants.entries()) {
    await setMerchant(network, merchant, { ...policies[index]!, evidence_policy })
    const change = { status: 'approved', attribution_days: DAYS[index]! }
    for (const each of network.publishers) await setPartnership(network, each, merchant, change)
  }
  await setMerchant(network, network.merchants.at(-1)!, { customer_segments: false })
  return network.merchants.map(
    (merchant, index) => new History(market, dice, merchant, policies[index]!, DAYS[index]!),
  )
}

function statusOf(market: Market, history: History, sale: Sale, owed: OwedTransaction): string {
  if (owed.isDeclined) return 'declined'
  return new Date(history.finalizesAt(sale)) <= market.clock.now() ? 'validated' : 'pending'
}

function ledgerOf({ entries }: OwedTransaction) {
  let balance = 0
  return entries.map(([amount, cause, document], index) => {
    balance += amount
    const lines = document?.line_items?.map(({ total }) => total) ?? []
    const sum = lines.length === 0 ? null : lines.reduce((left, right) => left + right)
    const paidOn = { order_total: document?.total ?? null, line_items_total: sum }
    return { number: index + 1, amount, balance, cause, ...paidOn }
  })
}

const withoutDates = (entries: Body[]) => entries.map(({ date: _date, ...entry }) => entry)

/** What each merchant is told of its orders. */
async function expectOrders(market: Market, history: History): Promise<void> {
  await Promise.all(
    history.sales.map(async (sale) => {
      const path = `/v1/order/${sale.id}/verdict`
      const { commission, segment } = await must(history.merchant.call('GET', path))
      expect(segment, 'a verdict stays').toBe(sale.segment)
      const owed = sale.owed.transactions.at(-1)
      if (!owed) return expect(commission, sale.id).toBeNull()
      const { ledger, transaction_id: id, ...rest } = commission
      expect(id).toMatch(/^tx-/)
      expect(rest, JSON.stringify(sale)).toEqual({
        publisher_id: owed.publisher,
        status: statusOf(market, history, sale, owed),
        amount: owed.amount,
        currency: owed.currency,
        rate_card_id: owed.card,
        rate_card_version: owed.version,
        line_commissions: owed.commissions,
        line_bases: owed.bases,
      })
      expect(withoutDates(ledger)).toEqual(ledgerOf(owed))
    }),
  )
}

/** What each publisher is told: every transaction once, whatever list it reads. */
async function expectLists(market: Market, histories: History[]): Promise<void> {
  for (const publisher of market.network.publishers) {
    const { call } = publisher
    const expected = histories.flatMap((history) =>
      history.sales.flatMap((sale) =>
        sale.owed.transactions
          .filter((owed) => owed.publisher === publisher.organization.id)
          .map((owed) => ({ history, sale, owed })),
      ),
    )
    const all = await readList(call, `/v1/affiliation/transactions?page_size=${PAGE}`)
    expect(all).toHaveLength(expected.length)
    const ids = all.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const field of ['modified_date', 'attribution_date']) {
      const path = `/v1/affiliation/transactions?page_size=${PAGE}&time_field=${field}`
      const same: string[] = (await readList(call, path)).map(({ id }) => id)
      expect(same, field).toHaveLength(ids.length)
      expect(new Set(same), field).toEqual(new Set(ids))
    }
    await expectAccounts(publisher, all)
    const its = Map.groupBy(all.toReversed(), (each) => each.button_order_id)
    for (const [order, group] of Map.groupBy(expected, ({ sale }) => sale.buttonId)) {
      for (const [index, { history, sale, owed }] of group.entries()) {
        const status = statusOf(market, history, sale, owed)
        await expectTransaction(publisher, its.get(order)![index], { history, sale, owed, status })
      }
    }
  }
}

async function expectAccounts({ call }: Member, all: Body[]): Promise<void> {
  const accounts = await must(call('GET', '/v1/affiliation/accounts'))
  const currencies: string[] = accounts.map(({ currency }: Body) => currency)
  expect(currencies).toHaveLength(new Set(currencies).size)
  expect(new Set(currencies)).toEqual(new Set(all.map(({ currency }) => currency)))
  for (const { id, currency } of accounts) {
    const path = `/v1/affiliation/accounts/${id}/transactions?page_size=${PAGE}`
    const own = all.filter((each) => each.currency === currency)
    expect(await readList(call, path)).toEqual(own)
    expect(new Set(own.map(({ account_id: account }) => account))).toEqual(new Set([id]))
  }
}

async function expectTransaction(
  { call }: Member,
  transaction: Body,
  known: { history: History; sale: Sale; owed: OwedTransaction; status: string },
): Promise<void> {
  const { history, sale, owed, status } = known
  expectShape(transaction)
  const isValidated = status === 'validated'
  expect(transaction).toMatchObject({
    status,
    amount: owed.amount,
    currency: owed.currency,
    rate_card_id: owed.card,
    created_date: new Date(owed.begun).toISOString(),
    validated_date: isValidated ? new Date(history.finalizesAt(sale)).toISOString() : null,
    customer_segment: owed.segment === null ? null : { name: owed.segment },
    commerce_organization: history.merchant.organization.id,
  })
  const lines = transaction.order_line_items.map((line: Body) => line.publisher_commission)
  if (lines.length > 0) {
    expect(lines, JSON.stringify(transaction)).toEqual(owed.commissions)
    expect(transaction.order_line_items.map((line: Body) => line.commission_base)).toEqual(
      owed.bases,
    )
  }
  if (status !== 'declined') {
    const { document, click } = sale.owed
    expect(transaction).toMatchObject({
      order_total: document.total,
      btn_ref: document.btn_ref,
      attribution_date: new Date(click!.at).toISOString(),
      publisher_customer_id: click!.user,
      order_purchased_date: new Date(sale.owed.purchasedAt()).toISOString(),
    })
  }
  const path = `/v1/affiliation/transactions/${transaction.id}`
  expect(await must(call('GET', path))).toEqual(transaction)
  expect(withoutDates(await readList(call, `${path}/ledger`))).toEqual(ledgerOf(owed))
  const { body } = await call('GET', `${path}/verdict`)
  expect(body.object).toEqual(transaction.verdict)
  expect(transaction.verdict?.segment ?? null).toBe(owed.segment)
}

const NEXT: Record<string, string[]> = {
  'tx-pending': ['tx-pending', 'tx-validated', 'tx-declined'],
  'tx-validated': [],
  'tx-declined': [],
}

/** Of each transaction the events are a story without gaps, which ends as the transaction is. */
async function expectEvents({ network }: Market): Promise<void> {
  const { vault } = network.server.parts
  const { rows } = await sql<{
    id: string
    subject: string
    sequence: number
    type: string
    blob: Uint8Array
  }>`
    select id, subject, sequence, type, blob from events where type like 'tx-%'
    order by subject, sequence`.execute(network.db)
  const stories = Map.groupBy(rows, ({ subject }) => subject)
  const transactions = new Map<string, Body>()
  for (const { call } of network.publishers) {
    for (const each of await readList(call, '/v1/affiliation/transactions?page_size=500')) {
      transactions.set(each.id, each)
    }
  }
  expect(stories.size).toBe(transactions.size)
  for (const story of stories.values()) {
    expect(story.map(({ sequence }) => sequence)).toEqual(story.map((_, index) => index + 1))
    expect(story[0]!.type).toBe('tx-pending')
    for (const [index, { type }] of story.entries()) {
      const next = story[index + 1]
      if (next) expect(NEXT[type]).toContain(next.type)
    }
    const told = decryptPayload(vault, story.at(-1)!) as Body
    const is = transactions.get(told.id)!
    expectShape(told)
    expect(story.at(-1)!.type).toBe(`tx-${is.status}`)
    expect({ ...told, publisher_customer_id: is.publisher_customer_id }).toEqual(is)
  }
}
