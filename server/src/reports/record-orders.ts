import { meet } from '../customers/write-drafts.ts'
import type { ReportParts } from '../customers/standing.ts'
import type { Tx } from '../kernel/database/database.ts'
import { batchCalls } from '../kernel/database/batch-calls.ts'
import type { Outcome } from '../kernel/database/batch-calls.ts'
import { conflict } from '../kernel/problem.ts'
import { inTx, Stale } from '../kernel/database/transaction.ts'
import { sameBytes } from '../kernel/vault.ts'
import type { Organization } from '../organizations/organization.ts'
import { isConflict, isExpired } from '../orders/decide.ts'
import { judgeOrders, judgeTest, knownOf } from '../orders/judge-orders.ts'
import type { People } from '../orders/judge-orders.ts'
import { customerOf, planCustomers } from '../orders/order-customer.ts'
import type { AttributedOrder, Commissions } from '../orders/attribution.ts'
import { datesOf, toRow } from '../orders/order-row.ts'
import type { Fresh } from '../orders/order-row.ts'
import { insertOrders, readOrders } from '../orders/order-store.ts'
import { btnRefKey, digestOrder, isTest, orderKey } from '../orders/order.ts'
import type { Order, OrderDocument, Verdict } from '../orders/order.ts'
import { readVisitors } from '../orders/referred-customer.ts'

export interface OrderReport {
  merchant: Organization
  document: OrderDocument
}

export interface OrderParts extends ReportParts {
  commissions: Commissions
  /** Told of each verdict once it is committed, and whether the merchant had said otherwise. */
  observeVerdict?: (segment: Verdict['segment'], isConflict: boolean) => void
}

/**
 * Records orders: finds each one's customer, takes the verdict under the identity locks before the
 * order counts, makes the customer a buyer, moves whom that moves, and answers after the commit.
 * The same order again answers the first; with other content it is a 409. Concurrent calls go into
 * the database together, and count as accepted in the order in which they came.
 */
export function createRecordOrder(parts: OrderParts): (report: OrderReport) => Promise<Order> {
  return batchCalls<OrderReport, Order>({
    work: (reports) => recordOrders(parts, reports),
    concurrency: parts.database.writers,
    ownerOf: ({ merchant }) => merchant.number,
    observe: (size) => parts.observeSet?.('orders', size),
  })
}

export async function recordOrders(
  parts: OrderParts,
  reports: OrderReport[],
): Promise<Outcome<Order>[]> {
  const { outcomes, lanes, fresh } = await inTx(parts.database.db, (tx) =>
    writeOrders(parts, tx, reports),
  )
  if (lanes > 0) parts.wake()
  for (const order of fresh) parts.observeVerdict?.(order.verdict, isConflict(order))
  return outcomes
}

async function writeOrders(
  parts: OrderParts,
  tx: Tx,
  reports: OrderReport[],
): Promise<{ outcomes: Outcome<Order>[]; lanes: number; fresh: Order[] }> {
  const all = reports.map((report) => prepare(parts, report))
  const known = await readOrders(tx, [...new Set(all.map((each) => each.key))])
  const orders = new Map(known.map((order) => [order.id, order]))
  // Of several with one key in this set the first is the order.
  const fresh = new Map<string, Fresh>()
  for (const each of all) {
    if (!orders.has(each.key) && !fresh.has(each.key)) fresh.set(each.key, each)
  }
  const written = await writeFresh(parts, tx, [...fresh.values()])
  for (const order of written.orders) orders.set(order.id, order)
  const outcomes = all.map(({ key, content }): Outcome<Order> => {
    const order = orders.get(key)
    if (!order) throw new Error('an order was left without its row')
    if (sameBytes(order.content, content)) return { answer: order }
    return { problem: conflict('An order with this order_id was reported with other content.') }
  })
  return { outcomes, lanes: written.lanes, fresh: written.orders }
}

function prepare({ vault }: OrderParts, { merchant, document }: OrderReport): Fresh {
  return {
    organization: merchant,
    merchant: merchant.number,
    attribution: null,
    document,
    key: orderKey(vault, merchant, document.order_id),
    content: digestOrder(vault, merchant, document),
    customer: customerOf(vault, merchant, document),
    isTest: isTest(document),
  }
}

async function writeFresh(
  parts: OrderParts,
  tx: Tx,
  fresh: Fresh[],
): Promise<{ orders: Order[]; lanes: number }> {
  if (fresh.length === 0) return { orders: [], lanes: 0 }
  const at = parts.clock.now()
  const counting = fresh.filter((each) => !each.isTest)
  await attribute(parts, tx, counting, at)
  const people = await readPeople(parts, tx, counting)
  for (const { customer, key } of counting) {
    const draft = customer && people.plans.get(customer.key)?.draft
    if (draft) draft.purchase ??= { order: key, import: null, at }
  }
  const drafts = [...people.plans.values()].map(({ draft }) => draft)
  const visitors = [...people.visitors.values()].flatMap(({ kinds }) => [...kinds.keys()])
  const met = await meet(tx, drafts, at, visitors)
  const judgements = await judgeOrders(parts.vault, tx, counting, { people, met, at })
  // The clock was read before the locks were had: who got them first may have read it later.
  const isEarlier = [...judgements.values()].some(
    ({ evidence }) => evidence !== null && new Date(evidence.since) > at,
  )
  if (isEarlier) throw new Stale('an earlier purchase')
  for (const each of fresh) {
    const test = each.isTest ? await judgeTest(parts.vault, tx, each, at) : undefined
    if (test) judgements.set(each.key, test)
  }
  const known = knownOf(counting, people)
  const quotes = await takeQuotes(parts, tx, counting, at)
  const orders = fresh.map((each) => {
    const judgement = judgements.get(each.key)
    const grounds = { judgement, known: known.get(each.key) ?? null, quotes }
    return toRow(parts.vault, each, grounds, at)
  })
  const owed = await commission(parts, tx, fresh, orders, at)
  const inserted = await insertOrders(tx, orders)
  if (inserted.length < orders.length) throw new Stale('an order')
  const { lanes } = await parts.segments.settle(tx, { ...met, cause: 'order', at })
  return { orders, lanes: lanes + owed }
}

/** Finds the clicks that orders came from. */
async function attribute(parts: OrderParts, tx: Tx, fresh: Fresh[], at: Date): Promise<void> {
  const tokens = fresh.flatMap(({ key, organization, merchant, document }) =>
    document.btn_ref === null
      ? []
      : [
          {
            order: key,
            merchant,
            btnRef: btnRefKey(parts.vault, organization, document.btn_ref),
            purchasedAt: datesOf(document, organization, at).purchased_at,
          },
        ],
  )
  if (tokens.length === 0) return
  const found = await parts.commissions.attribute(tx, tokens)
  for (const each of fresh) each.attribution = found.get(each.key) ?? null
}

async function readPeople({ vault }: OrderParts, tx: Tx, fresh: Fresh[]): Promise<People> {
  const sent = new Set(fresh.flatMap(({ attribution }) => attribution?.customer ?? []))
  return {
    plans: await planCustomers(vault, tx, fresh),
    visitors: await readVisitors(vault, tx, [...sent]),
  }
}

/** Takes the quotes that orders came with in time; answers the orders that got theirs. */
async function takeQuotes(
  { commissions }: OrderParts,
  tx: Tx,
  fresh: Fresh[],
  at: Date,
): Promise<Set<string>> {
  const wanted = new Map<string, string>()
  for (const { key, document, organization, attribution } of fresh) {
    const quote = attribution?.content.quote
    if (!quote || isExpired(quote, datesOf(document, organization, at).purchased_at)) continue
    if (!wanted.has(quote.id)) wanted.set(quote.id, key)
  }
  if (wanted.size === 0) return new Set()
  const taken = await commissions.takeQuotes(tx, wanted, at)
  return new Set([...taken].flatMap((id) => wanted.get(id) ?? []))
}

/** Writes what the orders owe, and into each which transaction that is. */
async function commission(
  { commissions }: OrderParts,
  tx: Tx,
  fresh: Fresh[],
  orders: Order[],
  at: Date,
): Promise<number> {
  const attributed = fresh.flatMap(({ attribution, document }, index): AttributedOrder[] => {
    const order = orders[index]
    return attribution && order ? [{ order, document, attribution }] : []
  })
  if (attributed.length === 0) return 0
  const { transactions, lanes } = await commissions.commission(tx, attributed, at)
  for (const { order } of attributed) order.transaction = transactions.get(order.id) ?? null
  return lanes
}
