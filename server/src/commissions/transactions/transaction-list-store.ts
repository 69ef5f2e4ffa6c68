import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Db } from '../../kernel/database/database.ts'
import { exactTime } from '../../kernel/database/list-order.ts'
import type { KeysetPosition } from '../../kernel/database/page.ts'
import type { Role } from '../../organizations/organization.ts'
import type { Transaction } from './transaction.ts'
import { TRANSACTION_COLUMNS, toTransaction } from './transaction-store.ts'

/** By which of its times a list is filtered and sorted. Each has an index of its own. */
export type TimeColumn = 'created_at' | 'modified_at' | 'attributed_at'

export interface TransactionQuery {
  /** Whose list it is: what it is owed as a publisher, or owes as a merchant. */
  owner: { role: Role; number: number }
  /** Of a merchant's list: only what is owed to this one. */
  publisher: number | undefined
  currency: string | undefined
  country: string | undefined
  column: TimeColumn
  /** Inclusive. */
  start: Date | undefined
  /** Exclusive. */
  end: Date | undefined
  /** Begin behind this one. */
  from: KeysetPosition | undefined
  /** The latest first. */
  isDescending: boolean
  limit: number
}

/** A transaction, and the time by which it was listed, to the microsecond. */
export interface ListedTransaction extends Transaction {
  listed_at: string
}

/** So many are looked at for one page: a rare country must not make a call take seconds. */
export const MAX_SCANNED = 10_000

const COLUMNS: Record<TimeColumn, RawBuilder<unknown>> = {
  created_at: sql.raw('created_at'),
  modified_at: sql.raw('modified_at'),
  attributed_at: sql.raw('attributed_at'),
}

const OWNERS: Record<Role, RawBuilder<unknown>> = {
  publisher: sql.raw('publisher'),
  merchant: sql.raw('merchant'),
}

function orderOf({ column, isDescending }: TransactionQuery): RawBuilder<unknown> {
  const time = COLUMNS[column]
  return isDescending ? sql`${time} desc, id desc` : sql`${time} asc, id asc`
}

/** What an index leads to without detours. */
function scanOf(query: TransactionQuery): RawBuilder<unknown> {
  const { owner, publisher, currency, column, start, end, from, isDescending } = query
  const time = COLUMNS[column]
  const side = isDescending ? sql`<` : sql`>`
  const isAccount = currency !== undefined && column === 'created_at'
  return sql`
    from transactions
    where ${OWNERS[owner.role]} = ${owner.number}
      ${isAccount && publisher !== undefined ? sql`and publisher = ${publisher}` : sql``}
      ${isAccount ? sql`and currency = ${currency}` : sql``}
      ${start === undefined ? sql`` : sql`and ${time} >= ${start}`}
      ${end === undefined ? sql`` : sql`and ${time} < ${end}`}
      ${from === undefined ? sql`` : sql`and (${time}, id) ${side} (${from.at}::timestamptz, ${from.id}::uuid)`}
    order by ${orderOf(query)}`
}

/** What has to be picked out of the scan; undefined: nothing has. */
function restOf(query: TransactionQuery): RawBuilder<unknown> | undefined {
  const { publisher, currency, country, column } = query
  const byCurrency = column === 'created_at' ? undefined : currency
  if (country === undefined && byCurrency === undefined) return undefined
  const byPublisher = byCurrency === undefined ? undefined : publisher
  return sql`
    where true ${country === undefined ? sql`` : sql`and country = ${country}`}
      ${byCurrency === undefined ? sql`` : sql`and currency = ${byCurrency}`}
      ${byPublisher === undefined ? sql`` : sql`and publisher = ${byPublisher}`}`
}

export async function listTransactions(
  db: Db,
  query: TransactionQuery,
): Promise<ListedTransaction[]> {
  const rest = restOf(query)
  const scanned = rest ? MAX_SCANNED : query.limit
  const { rows } = await sql<ListedTransaction>`
    select ${TRANSACTION_COLUMNS}, ${exactTime(COLUMNS[query.column])} as listed_at
    from (select ${TRANSACTION_COLUMNS} ${scanOf(query)} limit ${scanned}) scanned
    ${rest ?? sql``} order by ${orderOf(query)} limit ${query.limit}`.execute(db)
  return rows.map((row) => ({ ...toTransaction(row), listed_at: row.listed_at }))
}

/** The last transaction that a page looked at; undefined when it came to the end. */
export async function findScanEnd(
  db: Db,
  query: TransactionQuery,
): Promise<KeysetPosition | undefined> {
  if (!restOf(query)) return undefined
  const { rows } = await sql<KeysetPosition>`
    select ${exactTime(COLUMNS[query.column])} as at, id
    ${scanOf(query)} offset ${MAX_SCANNED - 1} limit 1`.execute(db)
  return rows[0]
}
