import type { Tx } from '../../kernel/database/database.ts'
import { invalidField } from '../../kernel/problem.ts'
import type { Attribution } from '../../orders/attribution.ts'
import { itemsTotal, ratedAt } from '../../orders/order.ts'
import type { Order, OrderDocument } from '../../orders/order.ts'
import type { SegmentName } from '../../organizations/organization.ts'
import { openAccounts } from './account-store.ts'
import { chooseVersion, firstStart } from '../rates/choose-rate.ts'
import { addUp, computeCommissions } from '../rates/compute-commission.ts'
import type { LineCommission } from '../rates/compute-commission.ts'
import { insertEntries } from './ledger-store.ts'
import type { LedgerEntry } from './ledger-store.ts'
import { listVersions } from '../rates/rate-card-store.ts'
import type { RateCardVersion } from '../rates/rate-card.ts'
import type { Rate } from '../rates/rate.ts'
import type { Owed, OwingOrder } from './owed.ts'
import { enqueuePublications } from './publish-transactions.ts'
import type { Publication } from './publish-transactions.ts'
import { viewOf } from './transaction-answer.ts'
import type { AnswerParts, Told, ToldContent } from './transaction-answer.ts'
import { transactionEvent } from './transaction-event.ts'
import { encryptTransaction, newTransactionKey } from './transaction.ts'
import type { Transaction, TransactionContent } from './transaction.ts'

/**
 * Works out what attributed orders owe: a transaction each. Writes the first entry of its ledger and the
 * account it is kept in, and enqueues the event; the transaction itself is yet to be published. Runs in the
 * tx that writes the orders. Throws a Problem where an order cannot be paid: bought before the merchant's
 * first card, or more than can be counted.
 */
export async function commissionOrders(
  parts: AnswerParts,
  tx: Tx,
  orders: OwingOrder[],
  at: Date,
): Promise<Owed> {
  const merchants = new Set(orders.map(({ order }) => order.merchant))
  const versions = Map.groupBy(await listVersions(tx, [...merchants]), (each) => each.merchant)
  const drafts = orders.map((each) => {
    const version = versionFor(versions.get(each.order.merchant) ?? [], each)
    return draftTransaction(parts, each, version, at)
  })
  const transactions = drafts.map(({ transaction }) => transaction)
  await insertEntries(
    tx,
    drafts.map(({ transaction }, index) => firstEntry(transaction, orders[index]?.document)),
  )
  await openAccounts(tx, transactions, at)
  const publications = drafts.map((draft): Publication => {
    const event = transactionEvent(parts, draft, at, draft)
    return { transaction: draft.transaction, isNew: true, event }
  })
  await enqueuePublications(tx, publications)
  return {
    transactions: new Map(transactions.map((row) => [row.order_key, row.id])),
    publications,
  }
}

/** What each line of an order pays; nothing where no card is in force. */
export function commissionsFor(
  rates: readonly Rate[],
  segment: SegmentName | null,
  order: Order,
  document: OrderDocument,
): LineCommission[] {
  const { currency, total } = order
  return computeCommissions(rates, { segment, currency, total, lines: document.line_items })
}

/** The version in force at the purchase; undefined where none was, or none is in force any more. */
function versionFor(
  versions: RateCardVersion[],
  { order, document, attribution }: OwingOrder,
): RateCardVersion | undefined {
  const { publisher } = attribution
  const at = ratedAt(order, document)
  const version = chooseVersion(versions, publisher, at)
  if (version) return version
  const first = firstStart(versions, publisher)
  if (first === undefined || first <= at) return undefined
  const date = first.toISOString()
  throw invalidField(
    'purchase_date',
    `purchase_date is before ${date}, when your first rate card for this publisher starts`,
  )
}

function draftTransaction(
  { vault, directory }: AnswerParts,
  { order, document, attribution }: OwingOrder,
  version: RateCardVersion | undefined,
  at: Date,
): Told & ToldContent {
  const id = newTransactionKey(attribution.publisher)
  const content = contentOf(attribution)
  const tellsSegments = directory.current().byNumber(order.merchant)?.segmentsOnAt != null
  const segment = tellsSegments ? order.segment : null
  const transaction: Transaction = {
    id,
    publisher: attribution.publisher,
    merchant: order.merchant,
    order_key: order.id,
    customer: attribution.customer,
    currency: order.currency,
    country: document.country ?? null,
    segment,
    rate_card: version?.card ?? null,
    rate_version: version?.version ?? null,
    ...addUp(commissionsFor(version?.rates ?? [], segment, order, document)),
    blob: encryptTransaction(vault, id, content),
    attributed_at: attribution.clickedAt,
    finalize_at: order.finalize_at,
    validated_at: null,
    declined_at: null,
    created_at: at,
    modified_at: at,
    entries: 1,
    event_sequence: 1,
    version: 0,
  }
  return { transaction, order, status: 'pending', content, view: viewOf(order, document) }
}

/** What a transaction keeps of the click. */
export function contentOf({ content }: Attribution): TransactionContent {
  const { btn_ref, publisher_customer_id, pub_ref } = content
  return { btn_ref, publisher_customer_id, pub_ref, order: null }
}

function firstEntry(
  { id, amount, created_at }: Transaction,
  document: OrderDocument | undefined,
): LedgerEntry {
  return { transaction: id, number: 1, amount, cause: 'order', at: created_at, ...paidOn(document) }
}

/** What an entry of the ledger says of the order: what is paid on, and what lines there were for it. */
export function paidOn(
  document: OrderDocument | undefined,
): Pick<LedgerEntry, 'order_total' | 'line_items_total'> {
  if (!document) return { order_total: null, line_items_total: null }
  return { order_total: document.total, line_items_total: itemsTotal(document) }
}
