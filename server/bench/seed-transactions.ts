import { sql } from 'kysely'
import { openAccounts } from '../src/commissions/transactions/account-store.ts'
import { addUp } from '../src/commissions/rates/compute-commission.ts'
import { commissionsFor, paidOn } from '../src/commissions/transactions/commission-orders.ts'
import { insertEntries } from '../src/commissions/transactions/ledger-store.ts'
import type { LedgerEntry } from '../src/commissions/transactions/ledger-store.ts'
import { listVersions } from '../src/commissions/rates/rate-card-store.ts'
import type { RateCardVersion } from '../src/commissions/rates/rate-card.ts'
import { insertTransactions } from '../src/commissions/transactions/transaction-store.ts'
import {
  encryptTransaction,
  newTransactionKey,
} from '../src/commissions/transactions/transaction.ts'
import type { Transaction } from '../src/commissions/transactions/transaction.ts'
import { customerKey } from '../src/customers/customer.ts'
import type { Database } from '../src/kernel/database/database.ts'
import { newId } from '../src/kernel/id.ts'
import { createLog } from '../src/kernel/log.ts'
import { inTx } from '../src/kernel/database/transaction.ts'
import type { Vault } from '../src/kernel/vault.ts'
import { toRow } from '../src/orders/order-row.ts'
import { insertOrders } from '../src/orders/order-store.ts'
import { digestOrder, orderKey } from '../src/orders/order.ts'
import type { Order, OrderDocument } from '../src/orders/order.ts'
import { createDirectory } from '../src/organizations/directory.ts'
import type { Organization } from '../src/organizations/organization.ts'
import type { Network } from './network.ts'

const SET = 1_000
// Younger than the days after which they become final: nothing comes due while they are read.
const AGE_MS = 25 * 86_400_000
const CLICK_TO_ORDER_MS = 3_600_000
const USERS = 50_000

interface Seeding {
  vault: Vault
  publisher: Organization
  merchant: Organization
  card: RateCardVersion
}

interface Rows {
  order: Order
  transaction: Transaction
  entry: LedgerEntry
}

/**
 * Writes so many orders of guests with what they owe the publisher, evenly over the last weeks, as if
 * nobody had subscribed to hear of them: not through the API, which would take half an hour.
 */
export async function seedTransactions(
  database: Database,
  vault: Vault,
  { publisher, merchants }: Network,
  count: number,
): Promise<void> {
  const { db } = database
  const directory = createDirectory({ database, log: createLog('warn') })
  await directory.refresh()
  const organization = (id: string | undefined): Organization => {
    const found = directory.current().byId(id ?? '')
    if (!found) throw new Error('the organizations are not there yet')
    return found
  }
  const merchant = organization(merchants[0]?.id)
  const [card] = await listVersions(db, [merchant.number])
  if (!card) throw new Error('transactions need a rate card')
  const seeding = { vault, publisher: organization(publisher.id), merchant, card }
  const now = Date.now()
  let next = 0
  async function work(): Promise<void> {
    for (let from = next; from < count; from = next) {
      next += SET
      const rows = Array.from({ length: Math.min(SET, count - from) }, (_, index) => {
        const at = new Date(now - Math.floor((AGE_MS * (count - from - index)) / count))
        return draftRows(seeding, from + index, at)
      })
      await writeRows(database, rows)
    }
  }
  await Promise.all(Array.from({ length: database.concurrency }, work))
  // As autovacuum would have done by and by; it should not begin to while the lists are read.
  for (const table of ['orders', 'transactions', 'ledger_entries']) {
    await sql`vacuum (analyze) ${sql.table(table)}`.execute(db)
  }
}

async function writeRows({ db }: Database, rows: Rows[]): Promise<void> {
  const transactions = rows.map(({ transaction }) => transaction)
  await inTx(db, async (tx) => {
    await insertTransactions(tx, transactions, ({ created_at: at }) => at.toISOString())
    await insertEntries(
      tx,
      rows.map(({ entry }) => entry),
    )
    await openAccounts(tx, transactions, new Date())
    await insertOrders(
      tx,
      rows.map(({ order }) => order),
    )
  })
}

function draftRows({ vault, publisher, merchant, card }: Seeding, index: number, at: Date): Rows {
  const user = `user-${index % USERS}`
  const document = documentOf(index)
  const key = orderKey(vault, merchant, document.order_id)
  const fresh = {
    organization: merchant,
    merchant: merchant.number,
    attribution: null,
    document,
    key,
    content: digestOrder(vault, merchant, document),
    customer: null,
    isTest: false,
  }
  const judged = { ...fresh, judgement: undefined, known: null, hasQuote: false }
  const id = newTransactionKey(publisher.number)
  const order: Order = { ...toRow(vault, judged, at), transaction: id }
  const { segment, currency, finalize_at } = order
  const owed = addUp(commissionsFor(card.rates, segment, order, document))
  const transaction: Transaction = {
    id,
    publisher: publisher.number,
    merchant: merchant.number,
    order_key: key,
    customer: customerKey(vault, publisher, user),
    currency,
    country: 'US',
    segment,
    rate_card: card.card,
    rate_version: card.version,
    ...owed,
    blob: encryptTransaction(vault, id, {
      btn_ref: document.btn_ref ?? '',
      publisher_customer_id: user,
      pub_ref: 'campaign-1',
      order: null,
    }),
    attributed_at: new Date(at.getTime() - CLICK_TO_ORDER_MS),
    finalize_at,
    validated_at: null,
    declined_at: null,
    created_at: at,
    modified_at: at,
    entries: 1,
    event_sequence: 0,
    version: 0,
  }
  const entry: LedgerEntry = {
    transaction: id,
    number: 1,
    amount: owed.amount,
    cause: 'order',
    at,
    ...paidOn(document),
  }
  return { order, transaction, entry }
}

function documentOf(index: number): OrderDocument {
  const total = 1_000 + (index % 9_000)
  return {
    order_id: `sold-${index}`,
    total,
    currency: 'USD',
    purchase_date: null,
    finalization_date: null,
    btn_ref: newId('srctok'),
    customer: null,
    customer_order_id: null,
    advertising_id: null,
    country: 'US',
    partner_order_channel: null,
    line_items: [
      {
        identifier: 'sku-1',
        total,
        amount: null,
        quantity: 1,
        description: 'A record',
        sku: null,
        upc: null,
        gtin: null,
        category: ['music', 'records'],
        attributes: {},
      },
    ],
  }
}
