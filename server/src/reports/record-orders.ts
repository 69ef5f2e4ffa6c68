import { attributionsOf } from './attribute-reports.ts'
import type { CustomerDraft, WriteResult } from '../customers/write-drafts.ts'
import { writeDrafts } from '../customers/write-drafts.ts'
import { commissionOrders } from '../commissions/transactions/commission-orders.ts'
import type { OwingOrder } from '../commissions/transactions/owed.ts'
import { createRisingClock } from '../kernel/clock.ts'
import type { RisingClock } from '../kernel/clock.ts'
import type { Tx } from '../kernel/database/database.ts'
import { batchCalls } from '../kernel/database/batch-calls.ts'
import type { Outcome } from '../kernel/database/batch-calls.ts'
import { conflict } from '../kernel/problem.ts'
import { inTx, StaleRead } from '../kernel/database/transaction.ts'
import { sameBytes } from '../kernel/vault.ts'
import type { Publication } from '../commissions/transactions/publish-transactions.ts'
import { takeQuotes } from '../offers/take-quotes.ts'
import type { Organization } from '../organizations/organization.ts'
import { isConflict, isExpired } from '../orders/decide.ts'
import type { Judgement } from '../orders/judge.ts'
import { judgeOrders, judgeTest, knownOf } from '../orders/judge-orders.ts'
import type { Parties } from '../orders/judge-orders.ts'
import { customerOf, planCustomers } from '../orders/order-customer.ts'
import { datesOf, toRow } from '../orders/order-row.ts'
import type { AttributedOrder, JudgedOrder, PreparedOrder } from '../orders/order-row.ts'
import { insertOrders, listOrders } from '../orders/order-store.ts'
import { decryptOrder, digestOrder, isTest, orderKey } from '../orders/order.ts'
import type { Order, OrderDocument, Verdict } from '../orders/order.ts'
import { findReferredCustomers } from '../orders/referred-customer.ts'
import { updateMemberships } from '../segments/update-memberships.ts'
import { publishInLists } from './publish-in-lists.ts'
import type { ReportParts } from './report-parts.ts'

export interface OrderReport {
  merchant: Organization
  document: OrderDocument
}

export interface OrderParts extends ReportParts {
  /** Told of each verdict once it is committed, and whether the merchant had said otherwise. */
  observeVerdict?: (segment: Verdict['segment'], isConflict: boolean) => void
}

/**
 * Records orders, in the steps that ARCHITECTURE.md tells: each order is prepared, attributed, judged under
 * the identity locks before it counts, priced, written; its customer becomes a buyer, and memberships
 * that change by that are updated. Answers after the commit. The same order again answers the first; with
 * other content it is a 409. Concurrent calls are written in one tx, and count as accepted in the order in
 * which they came.
 */
export function createRecordOrder(parts: OrderParts): (report: OrderReport) => Promise<Order> {
  return batchCalls<OrderReport, Order>({
    work: (reports) => recordOrders(parts, reports),
    concurrency: parts.database.concurrency,
    ownerOf: ({ merchant }) => merchant.number,
    observe: (size) => parts.observeSet?.('orders', size),
  })
}

/** Records a set of orders in one tx; the outcome of each report, in their order. */
export async function recordOrders(
  parts: OrderParts,
  reports: OrderReport[],
): Promise<Outcome<Order>[]> {
  const writing = { ...parts, clock: createRisingClock(parts.clock) }
  const { outcomes, written } = await inTx(parts.database.db, (tx) =>
    writeReports(writing, tx, reports),
  )
  for (const order of written) parts.observeVerdict?.(order.verdict, isConflict(order))
  return outcomes
}

/** What one set of reports is written with. */
interface WritingParts extends OrderParts {
  clock: RisingClock
}

async function writeReports(
  parts: WritingParts,
  tx: Tx,
  reports: OrderReport[],
): Promise<{ outcomes: Outcome<Order>[]; written: Order[] }> {
  const prepared = reports.map((report) => prepare(parts, report))
  const known = await listOrders(tx, [...new Set(prepared.map(({ key }) => key))])
  const orders = new Map(known.map((order) => [order.id, order]))
  // Of several with one key in this set the first is the order.
  const fresh = new Map<string, PreparedOrder>()
  for (const each of prepared) {
    if (!orders.has(each.key) && !fresh.has(each.key)) fresh.set(each.key, each)
  }
  const written = fresh.size > 0 ? await writeOrders(parts, tx, [...fresh.values()]) : []
  for (const order of written) orders.set(order.id, order)
  const outcomes = prepared.map(({ key, organization, content }): Outcome<Order> => {
    const order = orders.get(key)
    if (!order) throw new Error('an order was left without its row')
    if (sameBytes(order.content, content) || isNow(parts, organization, order, content)) {
      return { answer: order }
    }
    return { problem: conflict('An order with this order_id was reported with other content.') }
  })
  return { outcomes, written }
}

/** Whether the content is what a change has made of the order. */
function isNow(
  { vault }: OrderParts,
  merchant: Organization,
  order: Order,
  content: Buffer,
): boolean {
  if (order.version === 0) return false
  return sameBytes(digestOrder(vault, merchant, decryptOrder(vault, order)), content)
}

function prepare({ vault }: OrderParts, { merchant, document }: OrderReport): PreparedOrder {
  return {
    organization: merchant,
    merchant: merchant.number,
    document,
    key: orderKey(vault, merchant, document.order_id),
    content: digestOrder(vault, merchant, document),
    customer: customerOf(vault, merchant, document),
    isTest: isTest(document),
  }
}

/** Writes orders that are not there yet: `PreparedOrder` → `AttributedOrder` → `JudgedOrder` → `Order`. */
async function writeOrders(
  parts: WritingParts,
  tx: Tx,
  prepared: PreparedOrder[],
): Promise<Order[]> {
  const at = parts.clock.now()
  const attributed = await attribute(parts, tx, prepared, at)
  const { judged, result } = await writeCustomersAndJudge(parts, tx, attributed, at)
  const rows = judged.map((each) => toRow(parts.vault, each, at))
  const { orders, publications } = await commission(parts, tx, judged, rows, at)
  const inserted = await insertOrders(tx, orders)
  if (inserted.length < orders.length) throw new StaleRead('an order')
  await updateMemberships(parts, tx, { ...result, cause: 'order', at })
  await publishInLists(parts, tx, { publications, conflicts: orders.filter(isConflict) })
  return orders
}

async function attribute(
  parts: OrderParts,
  tx: Tx,
  prepared: PreparedOrder[],
  at: Date,
): Promise<AttributedOrder[]> {
  const counting = prepared.filter((each) => !each.isTest)
  const found = await attributionsOf(parts, tx, counting, at)
  return prepared.map((each) => ({ ...each, attribution: found.get(each.key) ?? null }))
}

/**
 * Writes the orders' customers, which locks the rows of their identities, and takes the verdicts from
 * those rows as they were before.
 */
async function writeCustomersAndJudge(
  parts: WritingParts,
  tx: Tx,
  orders: AttributedOrder[],
  at: Date,
): Promise<{ judged: JudgedOrder[]; result: WriteResult }> {
  const counting = orders.filter((each) => !each.isTest)
  const parties = await findParties(parts, tx, counting)
  const result = await writeDrafts(
    tx,
    draftsOf(counting, parties, at),
    at,
    identitiesToLock(counting, parties),
  )
  const judgements = await judgeOrders(parts.vault, tx, counting, { parties, result, at })
  refuseEarlierClock(parts, judgements, at)
  for (const each of orders) {
    const test = each.isTest ? await judgeTest(parts.vault, tx, each, at) : undefined
    if (test) judgements.set(each.key, test)
  }
  const known = knownOf(counting, parties)
  const quoted = await takeQuotesOf(tx, counting, at)
  const judged = orders.map((each): JudgedOrder => ({
    ...each,
    judgement: judgements.get(each.key),
    known: known.get(each.key) ?? null,
    hasQuote: quoted.has(each.key),
  }))
  return { judged, result }
}

/**
 * What can tell against `new` without changing: the identities of those whom publishers sent, and of buyers
 * who may have become known only after the click, while others with the same identities were before.
 */
function identitiesToLock(orders: AttributedOrder[], { plans, referred }: Parties): string[] {
  const sent = [...referred.values()].flatMap(({ kinds }) => [...kinds.keys()])
  const own = orders.flatMap(({ attribution, customer }) => {
    const draft = attribution && customer && plans.get(customer.key)?.draft
    return draft?.purchase ? draft.identities : []
  })
  return [...new Set([...sent, ...own])]
}

async function findParties(
  { vault }: OrderParts,
  tx: Tx,
  orders: AttributedOrder[],
): Promise<Parties> {
  const sent = new Set(orders.flatMap(({ attribution }) => attribution?.customer ?? []))
  return {
    plans: await planCustomers(vault, tx, orders),
    referred: await findReferredCustomers(vault, tx, [...sent]),
  }
}

/** The orders' customers as buyers, each from its first order here on unless it was one before. */
function draftsOf(orders: AttributedOrder[], { plans }: Parties, at: Date): CustomerDraft[] {
  const firstOrders = new Map<string, string>()
  for (const { customer, key } of orders) {
    if (customer && !firstOrders.has(customer.key)) firstOrders.set(customer.key, key)
  }
  return [...plans.values()].map(({ draft }) => {
    const order = firstOrders.get(draft.key)
    const purchase = order === undefined ? null : { order, import: null, at }
    return { ...draft, purchase: draft.purchase ?? purchase }
  })
}

/**
 * The clock was read before the locks were had: the tx that had them first may have read it later, or
 * another process's clock, which is ahead. Begins again, no earlier than what has happened.
 */
function refuseEarlierClock(
  { clock }: WritingParts,
  judgements: Map<string, Judgement>,
  at: Date,
): void {
  // Also what does not count because it came after the click: it did not come after this order.
  const known = [...judgements.values()].flatMap(({ evidence, later: uncounted }) =>
    [evidence, uncounted].flatMap((each) => (each === null ? [] : new Date(each.since))),
  )
  const later = known.filter((since) => since > at)
  if (later.length === 0) return
  for (const since of later) clock.raise(since)
  throw new StaleRead('an earlier purchase')
}

/** Takes the quotes that orders came with in time; the keys of the orders that got theirs. */
async function takeQuotesOf(tx: Tx, orders: AttributedOrder[], at: Date): Promise<Set<string>> {
  const wanted = new Map<string, string>()
  for (const { key, document, organization, attribution } of orders) {
    const quote = attribution?.content.quote
    if (!quote || isExpired(quote, datesOf(document, organization, at).purchased_at)) continue
    if (!wanted.has(quote.id)) wanted.set(quote.id, key)
  }
  if (wanted.size === 0) return new Set()
  const taken = await takeQuotes(tx, wanted, at)
  return new Set([...taken].flatMap((id) => wanted.get(id) ?? []))
}

/** Writes what the orders owe; the rows with their transactions, and these, still to be published. */
async function commission(
  parts: OrderParts,
  tx: Tx,
  judged: JudgedOrder[],
  rows: Order[],
  at: Date,
): Promise<{ orders: Order[]; publications: Publication[] }> {
  const owing = judged.flatMap(({ attribution, document }, index): OwingOrder[] => {
    const order = rows[index]
    return attribution && order ? [{ order, document, attribution }] : []
  })
  if (owing.length === 0) return { orders: rows, publications: [] }
  const { transactions, publications } = await commissionOrders(parts, tx, owing, at)
  const orders = rows.map((order) => {
    return { ...order, transaction: transactions.get(order.id) ?? null }
  })
  return { orders, publications }
}
