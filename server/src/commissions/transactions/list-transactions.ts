import type { Db } from '../../kernel/database/database.ts'
import { DEFAULT_PAGE_SIZE, toPage, parsePosition, UUID } from '../../kernel/database/page.ts'
import type { Page } from '../../kernel/database/page.ts'
import { listOrders } from '../../orders/order-store.ts'
import type { Organization } from '../../organizations/organization.ts'
import { findScanEnd, listTransactions } from './transaction-list-store.ts'
import type { ListedTransaction, TimeColumn, TransactionQuery } from './transaction-list-store.ts'
import { listTransactionsByKey } from './transaction-store.ts'
import { keyOfTransactionId, transactionStatus } from './transaction.ts'
import type { Transaction } from './transaction.ts'
import type { Told } from './transaction-answer.ts'

export interface TransactionFilters {
  /** Whose list it is. */
  owner: Organization
  /** The number of the publisher, where only one is asked for of what a merchant owes. */
  publisher?: number | undefined
  currency?: string | undefined
  country?: string | undefined
  timeField: TimeField
  start: Date | undefined
  end: Date | undefined
}

export type TimeField = 'created_date' | 'modified_date' | 'attribution_date'

const COLUMNS: Record<TimeField, TimeColumn> = {
  created_date: 'created_at',
  modified_date: 'modified_at',
  attribution_date: 'attributed_at',
}

export interface PageOptions {
  cursor: string | undefined
  pageSize: number | undefined
}

/**
 * One page of what a publisher is owed or a merchant owes, the newest first; by `modified_date` the oldest change
 * first, so that what changes meanwhile moves towards the reader and not past it. Where a country is
 * rare a page may be shorter than asked for, and even empty, although another follows.
 */
export async function pageTransactions(
  db: Db,
  filters: TransactionFilters,
  { cursor, pageSize = DEFAULT_PAGE_SIZE }: PageOptions,
): Promise<Page<Transaction>> {
  const { owner, timeField, ...rest } = filters
  const bound = { ...rest, timeField, owner: owner.id }
  const { isBackward, from } = parsePosition(cursor, bound, UUID)
  const query: TransactionQuery = {
    owner,
    publisher: filters.publisher,
    currency: filters.currency,
    country: filters.country,
    column: COLUMNS[timeField],
    start: filters.start,
    end: filters.end,
    from,
    isDescending: (timeField === 'modified_date') === isBackward,
    limit: pageSize + 1,
  }
  const found = await listTransactions(db, query)
  const scanEnd = found.length > pageSize ? undefined : await findScanEnd(db, query)
  const positionOf = ({ listed_at: at, id }: ListedTransaction) => ({ at, id })
  return toPage(found, { pageSize, isBackward, from, positionOf, scanEnd, filters: bound })
}

/** The transaction of this id that the organization is owed or owes. */
export async function findTransaction(
  db: Db,
  owner: Organization,
  publishers: readonly Organization[],
  id: string,
): Promise<Transaction | undefined> {
  // Keys begin with the publisher's number, which the id does not tell: of a merchant's it may be any.
  const numbers =
    owner.role === 'publisher' ? [owner.number] : publishers.map(({ number }) => number)
  const keys = numbers.flatMap((number) => keyOfTransactionId(number, id) ?? [])
  if (keys.length === 0) return undefined
  const found = await listTransactionsByKey(db, keys)
  return found.find((each) => owner.role === 'publisher' || each.merchant === owner.number)
}

/** Transactions with their orders, as they are now. */
export async function withOrders(db: Db, transactions: Transaction[], now: Date): Promise<Told[]> {
  const keys = new Set(transactions.map(({ order_key }) => order_key))
  const rows = keys.size === 0 ? [] : await listOrders(db, [...keys])
  const orders = new Map(rows.map((order) => [order.id, order]))
  return transactions.map((transaction) => {
    const order = orders.get(transaction.order_key)
    if (!order) throw new Error('a transaction is left without its order')
    return { transaction, order, status: transactionStatus(transaction, now) }
  })
}
