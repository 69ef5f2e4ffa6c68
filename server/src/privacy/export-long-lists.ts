import type { Static } from 'typebox'
import { answerTransaction } from '../commissions/transactions/transaction-answer.ts'
import { listTransactionsByKey } from '../commissions/transactions/transaction-store.ts'
import { transactionStatus } from '../commissions/transactions/transaction.ts'
import { retry } from '../kernel/database/transaction.ts'
import { listSubjectEvents } from '../events/event-store.ts'
import { decryptClick } from '../links/click.ts'
import { listOrders } from '../orders/order-store.ts'
import { decryptOrder } from '../orders/order.ts'
import type { Organization } from '../organizations/organization.ts'
import { answerEvent } from '../reports/look-up-answer.ts'
import { answerOrder } from '../reports/order-answer.ts'
import type { ReportParts } from '../reports/report-parts.ts'
import { decryptAnswer } from '../webhooks/attempts/answer-blob.ts'
import type { longLists } from './customer-export-schema.ts'
import {
  listAttemptsAfter,
  listClicksAfter,
  listJudgedBy,
  listKeysAfter,
} from './customer-export-store.ts'

/** How many rows of a list are read at once: an order has up to a thousand lines. */
const BATCH = 100

export interface Exported {
  parts: ReportParts
  organization: Organization
  /** The customer's key. */
  customer: string
}

type Lists = { [K in keyof typeof longLists]: Static<(typeof longLists)[K]> }

/** What is held of a customer in lists that may be long; a batch at a time, none of which is empty. */
export function longListsOf(its: Exported): { [K in keyof Lists]: AsyncIterable<Lists[K]> } {
  return {
    events: readEvents(its),
    deliveries: readAttempts(its),
    orders: readOrders(its),
    evidence_for: readJudgedOrders(its),
    clicks: readClicks(its),
    transactions: readTransactions(its),
  }
}

/** `list` is asked for the rows behind the last one of the batch before; `answer` makes of them what is told. */
async function* inBatches<Row, T>(
  list: (after: Row | undefined) => Promise<Row[]>,
  answer: (rows: Row[]) => T[] | Promise<T[]>,
): AsyncGenerator<T[]> {
  for (let after: Row | undefined; ;) {
    const from = after
    const { rows, objects } = await retry(async () => {
      const found = await list(from)
      return { rows: found, objects: await answer(found) }
    })
    if (objects.length > 0) yield objects
    if (rows.length < BATCH) return
    after = rows.at(-1)
  }
}

function readEvents({ parts, customer }: Exported) {
  const { db } = parts.database
  return inBatches(
    (after: { sequence: number } | undefined) =>
      listSubjectEvents(db, customer, { before: after?.sequence, limit: BATCH }),
    (rows) => rows.map((row) => answerEvent(row, parts.directory.current())),
  )
}

function readAttempts({ parts, organization, customer }: Exported) {
  const subject = { organization: organization.number, customer }
  return inBatches<
    Awaited<ReturnType<typeof listAttemptsAfter>>[number],
    Lists['deliveries'][number]
  >(
    (after) => listAttemptsAfter(parts.database.db, subject, after, BATCH),
    (rows) =>
      rows.map((row) => ({
        request_id: row.id,
        webhook_id: row.webhook,
        sequence: row.sequence,
        number: row.number,
        date: row.at.toISOString(),
        outcome: row.outcome,
        status: row.status,
        error: row.error,
        answer: decryptAnswer(parts.vault, row),
        replay_id: row.replay,
      })),
  )
}

function readOrders({ parts, customer }: Exported) {
  const { db } = parts.database
  return inBatches<string, Lists['orders'][number]>(
    (after) => listKeysAfter(db, 'orders', { customer, after, limit: BATCH }),
    async (keys) =>
      (await listOrders(db, keys)).map((order) => {
        const document = decryptOrder(parts.vault, order)
        const { customer: buyer, advertising_id } = document
        return {
          order: answerOrder(order, parts, document),
          customer: buyer,
          advertising_id,
          judged: order.verdict,
          segment: order.segment,
        }
      }),
  )
}

function readJudgedOrders({ parts, customer }: Exported) {
  return inBatches<Awaited<ReturnType<typeof listJudgedBy>>[number], Lists['evidence_for'][number]>(
    (after) => listJudgedBy(parts.database.db, customer, after, BATCH),
    (rows) =>
      rows.map(({ button_id, created_at }) => ({
        button_order_id: button_id,
        created_date: created_at.toISOString(),
      })),
  )
}

function readClicks({ parts, customer }: Exported) {
  return inBatches<Awaited<ReturnType<typeof listClicksAfter>>[number], Lists['clicks'][number]>(
    (after) => listClicksAfter(parts.database.db, customer, after, BATCH),
    (rows) =>
      rows.map((click) => {
        const { btn_ref, pub_ref, quote } = decryptClick(parts.vault, click)
        return {
          btn_ref,
          organization_id: parts.directory.current().byNumber(click.merchant)?.id ?? '',
          date: click.at.toISOString(),
          pub_ref,
          quote_expires_date: quote?.expires ?? null,
        }
      }),
  )
}

function readTransactions({ parts, customer }: Exported) {
  const { db } = parts.database
  return inBatches<string, Lists['transactions'][number]>(
    (after) => listKeysAfter(db, 'transactions', { customer, after, limit: BATCH }),
    async (keys) => {
      const transactions = await listTransactionsByKey(db, keys)
      const found = await listOrders(
        db,
        transactions.map((each) => each.order_key),
      )
      const orders = new Map(found.map((order) => [order.id, order]))
      const now = parts.clock.now()
      return transactions.flatMap((transaction) => {
        const order = orders.get(transaction.order_key)
        if (!order) return []
        const status = transactionStatus(transaction, now)
        return answerTransaction(parts, { transaction, order, status })
      })
    },
  )
}
