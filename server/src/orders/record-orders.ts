import { meet } from '../customers/meet.ts'
import type { ReportParts } from '../customers/report-part.ts'
import type { Tx } from '../kernel/database.ts'
import { gather } from '../kernel/gather.ts'
import type { Outcome } from '../kernel/gather.ts'
import { newId } from '../kernel/id.ts'
import { conflict } from '../kernel/problem.ts'
import { inTx, Stale } from '../kernel/transaction.ts'
import { sameBytes } from '../kernel/vault.ts'
import type { Organization } from '../organizations/organization.ts'
import { judgeOrders, judgeTest } from './judge-orders.ts'
import { customerOf, planCustomers } from './order-customer.ts'
import type { OfCustomer } from './order-customer.ts'
import { insertOrders, readOrders } from './order-store.ts'
import { btnRefKey, digestOrder, encryptOrder, isTest, orderKey } from './order.ts'
import type { Order, OrderDocument, Verdict } from './order.ts'

export interface OrderReport {
  merchant: Organization
  document: OrderDocument
}

export interface OrderParts extends ReportParts {
  /** Told of each verdict once it is committed. */
  observeVerdict?: (segment: Verdict['segment']) => void
}

/**
 * Records orders: finds each one's customer, takes the verdict under the identity locks before the
 * order counts, makes the customer a buyer, moves whom that moves, and answers after the commit.
 * The same order again answers the first; with other content it is a 409. Concurrent calls go into
 * the database together, and count as accepted in the order in which they came.
 */
export function createRecordOrder(parts: OrderParts): (report: OrderReport) => Promise<Order> {
  return gather<OrderReport, Order>({
    work: (reports) => recordOrders(parts, reports),
    writers: parts.database.writers,
    observe: (size) => parts.observeSet?.('orders', size),
  })
}

/** An order that the database does not have yet. */
interface Fresh extends OfCustomer {
  merchant: Organization
  content: Buffer
  isTest: boolean
}

export async function recordOrders(
  parts: OrderParts,
  reports: OrderReport[],
): Promise<Outcome<Order>[]> {
  const { outcomes, lanes, fresh } = await inTx(parts.database.db, (tx) =>
    writeOrders(parts, tx, reports),
  )
  if (lanes > 0) parts.wake()
  for (const order of fresh) parts.observeVerdict?.(order.verdict)
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
    merchant,
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
  const plans = await planCustomers(parts.vault, tx, counting)
  for (const { customer, key } of counting) {
    const draft = customer && plans.get(customer.key)?.draft
    if (draft) draft.purchase ??= { order: key, at }
  }
  const drafts = [...plans.values()].map(({ draft }) => draft)
  const met = await meet(tx, drafts, at)
  const verdicts = await judgeOrders(tx, counting, plans, met, at)
  // The clock was read before the locks were had: who got them first may have read it later.
  const isEarlier = [...verdicts.values()].some(
    ({ evidence }) => evidence !== null && new Date(evidence.since) > at,
  )
  if (isEarlier) throw new Stale('an earlier purchase')
  const tests = fresh.filter((each) => each.isTest)
  for (const each of tests) verdicts.set(each.key, await judgeTest(parts.vault, tx, each, at))
  const orders = fresh.map((each) => toRow(parts, each, verdicts.get(each.key) ?? NEW, at))
  const inserted = await insertOrders(tx, orders)
  if (inserted.length < orders.length) throw new Stale('an order')
  const { lanes } = await parts.segments.settle(tx, { ...met, cause: 'order', at })
  return { orders, lanes }
}

const NEW: Verdict = { segment: 'new', evidence: null }
const DAY_MS = 86_400_000

function toRow({ vault }: OrderParts, fresh: Fresh, verdict: Verdict, at: Date): Order {
  const { document, merchant, key, customer } = fresh
  const dates = datesOf(document, merchant, at)
  return {
    id: key,
    button_id: newId('btnorder'),
    merchant: merchant.number,
    customer: customer?.key ?? null,
    content: fresh.content,
    total: document.total,
    currency: document.currency,
    btn_ref: document.btn_ref === null ? null : btnRefKey(vault, merchant, document.btn_ref),
    is_test: fresh.isTest,
    blob: encryptOrder(vault, key, document),
    verdict: verdict.segment,
    evidence: verdict.evidence,
    segment: verdict.segment,
    policy: 'network',
    claim: document.customer?.is_new ?? null,
    known: null,
    quote: null,
    transaction: null,
    version: 0,
    ...dates,
    created_at: at,
    modified_at: at,
    deleted_at: null,
  }
}

/**
 * When the order was placed and when it becomes final. Days are counted from its acceptance, not
 * from its purchase: an order that is reported late can still be corrected.
 */
export function datesOf(
  document: OrderDocument,
  { finalizationDays }: Organization,
  accepted: Date,
): { purchased_at: Date; finalize_at: Date } {
  const { purchase_date, finalization_date } = document
  return {
    purchased_at: purchase_date === null ? accepted : new Date(purchase_date),
    finalize_at:
      finalization_date === null
        ? new Date(accepted.getTime() + finalizationDays * DAY_MS)
        : new Date(finalization_date),
  }
}
