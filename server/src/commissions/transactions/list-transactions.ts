import type { Db } from '../../kernel/database/database.ts'
import { DEFAULT_PAGE_SIZE, toPage, parsePosition, UUID } from '../../kernel/database/page.ts'
import type { Page } from '../../kernel/database/page.ts'
import { listOrders } from '../../orders/order-store.ts'
import type { Organization } from '../../organizations/organization.ts'
import {
  findScanEnd,
  findSumEnd,
  listTransactions,
  sumTransactions,
} from './transaction-list-store.ts'
import type {
  ListedTransaction,
  TimeColumn,
  TransactionQuery,
  TransactionSum,
} from './transaction-list-store.ts'
import { listTransactionsByKey } from './transaction-store.ts'
import { keyOfTransactionId, transactionStatus } from './transaction.ts'
import type { PaidSegment, Transaction, TransactionStatus } from './transaction.ts'
import type { Told } from './transaction-answer.ts'

export interface TransactionFilters {
  /** Whose list it is. */
  owner: Organization
  /** The number of the publisher, where only one is asked for of what a merchant owes. */
  publisher?: number | undefined
  /** The number of the merchant, where only one is asked for of what a publisher is owed. */
  merchant?: number | undefined
  /** The key of the publisher's customer. */
  customer?: string | undefined
  currency?: string | undefined
  country?: string | undefined
  status?: TransactionStatus | undefined
  segment?: PaidSegment | undefined
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
  now: Date,
): Promise<Page<Transaction>> {
  const { owner, timeField, ...rest } = filters
  const bound = { ...rest, timeField, owner: owner.id }
  const { isBackward, from } = parsePosition(cursor, bound, UUID)
  const query: TransactionQuery = {
    ...rest,
    ...{ owner, publisher: filters.publisher, now },
    ...{ currency: filters.currency, country: filters.country },
    column: COLUMNS[timeField],
    from,
    isDescending: (timeField === 'modified_date') === isBackward,
    limit: pageSize + 1,
  }
  const found = await listTransactions(db, query)
  const scanEnd = found.length > pageSize ? undefined : await findScanEnd(db, query)
  const positionOf = ({ listed_at: at, id }: ListedTransaction) => ({ at, id })
  return toPage(found, { pageSize, isBackward, from, positionOf, scanEnd, filters: bound })
}

/** What such a list adds up to, and up to where that was added up. */
export interface TransactionSums {
  sums: TransactionSum[]
  /** Before it nothing was looked at; null where all was. */
  lookedFrom: Date | null
}

/** The newest `MAX_SUMMED` of what a publisher is owed or a merchant owes, added up. */
export async function readSums(
  db: Db,
  filters: TransactionFilters,
  now: Date,
): Promise<TransactionSums> {
  const { timeField, ...rest } = filters
  const query: TransactionQuery = {
    ...rest,
    ...{ publisher: filters.publisher, currency: filters.currency, country: filters.country },
    ...{ column: COLUMNS[timeField], from: undefined, isDescending: true, limit: 0, now },
  }
  const sums = await sumTransactions(db, query)
  return { sums, lookedFrom: (await findSumEnd(db, query)) ?? null }
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
