import { isDeepStrictEqual } from 'node:util'
import type { Tx } from '../../kernel/database/database.ts'
import { conflict } from '../../kernel/problem.ts'
import { StaleRead } from '../../kernel/database/transaction.ts'
import type { Vault } from '../../kernel/vault.ts'
import type { Attribution } from '../../orders/attribution.ts'
import { decryptOrder } from '../../orders/order.ts'
import type { OrderDocument } from '../../orders/order.ts'
import { addUp } from '../rates/compute-commission.ts'
import { commissionOrders, commissionsFor, contentOf, paidOn } from './commission-orders.ts'
import { insertEntries } from './ledger-store.ts'
import type { EntryCause } from './ledger-store.ts'
import { listVersions } from '../rates/rate-card-store.ts'
import { enqueuePublications } from './publish-transactions.ts'
import type { OrderChange, Owed } from './owed.ts'
import { answerTransaction, viewOf } from './transaction-answer.ts'
import type { AnswerParts, Told } from './transaction-answer.ts'
import { transactionEvent } from './transaction-event.ts'
import { listTransactionsByKey, updateTransaction } from './transaction-store.ts'
import { decryptTransaction, encryptTransaction } from './transaction.ts'
import type { Transaction } from './transaction.ts'

/**
 * Writes what an order owes after a change. Under the same publisher and in the same currency its
 * transaction is computed again, with the version of the rate card that it began with, and with the
 * order's segment if it began with one. Else it is declined for good, and another begins where the order
 * is owed for still. Runs in the tx that writes the order, and leaves what a publisher sees of it to be
 * published.
 */
export async function adjustTransaction(
  parts: AnswerParts,
  tx: Tx,
  change: OrderChange,
  at: Date,
): Promise<Owed> {
  const current = await findCurrent(tx, change)
  const attribution = attributionAfter(parts.vault, change, current)
  const { after, document } = change
  if (current && attribution?.publisher === current.publisher) {
    const isSame = after.currency === current.currency
    if (isSame) return revise(parts, tx, { current, change, attribution, at })
  }
  const declined = current ? await decline(parts, tx, { current, change, at }) : NOTHING
  if (!attribution) return declined
  const begun = await commissionOrders(parts, tx, [{ order: after, document, attribution }], at)
  return { ...begun, publications: [...declined.publications, ...begun.publications] }
}

const NOTHING: Owed = { transactions: new Map(), publications: [] }

/** The transaction that the order was owed for under until now. */
async function findCurrent(tx: Tx, { before }: OrderChange): Promise<Transaction | undefined> {
  if (before.transaction === null) return undefined
  const [row] = await listTransactionsByKey(tx, [before.transaction])
  if (row?.validated_at) throw conflict("The order is finalized and can't be changed.")
  return row?.declined_at === null ? row : undefined
}

/** Null: the order is owed to nobody any more. */
function attributionAfter(
  vault: Vault,
  { after, attribution }: OrderChange,
  current: Transaction | undefined,
): Attribution | null {
  if (after.deleted_at !== null) return null
  if (attribution !== undefined) return attribution
  if (!current) return null
  const { btn_ref, publisher_customer_id, pub_ref } = decryptTransaction(vault, current)
  return {
    publisher: current.publisher,
    customer: current.customer,
    clickedAt: current.attributed_at,
    content: { btn_ref, publisher_customer_id, pub_ref, quote: null },
  }
}

interface Revision {
  current: Transaction
  change: OrderChange
  attribution: Attribution
  at: Date
}

async function revise(parts: AnswerParts, tx: Tx, revision: Revision): Promise<Owed> {
  const { current, change, attribution, at } = revision
  const { before, after, document } = change
  const rates = await ratesOf(tx, current)
  const segment = current.segment && after.segment
  const revised: Transaction = {
    ...current,
    customer: attribution.customer,
    country: document.country ?? null,
    segment,
    ...addUp(commissionsFor(rates, segment, after, document)),
    blob: encryptTransaction(parts.vault, current.id, contentOf(attribution)),
    attributed_at: attribution.clickedAt,
    finalize_at: after.finalize_at,
  }
  const was = answerTransaction(parts, { transaction: current, order: before, status: 'pending' })
  const told: Told = { transaction: revised, order: after, status: 'pending' }
  const isTold = !isDeepStrictEqual(answerTransaction(parts, told), was)
  return write(parts, tx, { current, told, cause: 'order-updated', isTold, at, document })
}

/** The rates of the version that the transaction began with. */
async function ratesOf(tx: Tx, { merchant, rate_card, rate_version }: Transaction) {
  if (rate_card === null) return []
  const versions = await listVersions(tx, [merchant])
  const version = versions.find((each) => each.card === rate_card && each.version === rate_version)
  if (!version) throw new Error('a version of a rate card is gone')
  return version.rates
}

async function decline(
  parts: AnswerParts,
  tx: Tx,
  { current, change, at }: Omit<Revision, 'attribution'>,
): Promise<Owed> {
  const { before, after } = change
  const isDeleted = after.deleted_at !== null
  const document = decryptOrder(parts.vault, before)
  const content = {
    ...decryptTransaction(parts.vault, current),
    order: isDeleted ? null : viewOf(before, document),
  }
  const transaction: Transaction = {
    ...current,
    amount: 0,
    commissions: current.commissions.map(() => 0),
    bases: current.bases && current.bases.map(() => 0),
    blob: encryptTransaction(parts.vault, current.id, content),
    declined_at: at,
  }
  const told: Told = { transaction, order: after, status: 'declined' }
  const cause = isDeleted ? 'order-deleted' : 'order-updated'
  return write(parts, tx, { current, told, cause, isTold: true, at })
}

interface Writing {
  current: Transaction
  /** What it becomes; its counters are raised here. */
  told: Told
  cause: EntryCause
  /** Whether the publisher sees any difference. */
  isTold: boolean
  at: Date
  /** What is paid for; absent where nothing is any more. */
  document?: OrderDocument
}

async function write(parts: AnswerParts, tx: Tx, writing: Writing): Promise<Owed> {
  const { current, told, cause, isTold, at, document } = writing
  const { transaction } = told
  const amount = transaction.amount - current.amount
  if (amount !== 0) transaction.entries += 1
  if (isTold) transaction.event_sequence += 1
  if (!(await updateTransaction(tx, transaction))) throw new StaleRead('a transaction')
  const number = transaction.entries
  const entry = { transaction: transaction.id, number, amount, cause, at, ...paidOn(document) }
  if (amount !== 0) await insertEntries(tx, [entry])
  const event = isTold ? transactionEvent(parts, told, at) : null
  const publications = event ? [{ transaction, isNew: false, event }] : []
  await enqueuePublications(tx, publications)
  return { transactions: new Map([[transaction.order_key, transaction.id]]), publications }
}
