import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Db } from '../../kernel/database/database.ts'
import { exactTime } from '../../kernel/database/list-order.ts'
import type { KeysetPosition } from '../../kernel/database/page.ts'
import type { Role, SegmentName } from '../../organizations/organization.ts'
import type { PaidSegment, Transaction, TransactionStatus } from './transaction.ts'
import { TRANSACTION_COLUMNS, toTransaction } from './transaction-store.ts'

/** By which of its times a list is filtered and sorted. Each has an index of its own. */
export type TimeColumn = 'created_at' | 'modified_at' | 'attributed_at'

export interface TransactionQuery {
  /** Whose list it is: what it is owed as a publisher, or owes as a merchant. */
  owner: { role: Role; number: number }
  /** Of a merchant's list: only what is owed to this one. */
  publisher: number | undefined
  /** Of a publisher's list: only what this one owes. */
  merchant?: number | undefined
  /** The key of the publisher's customer. */
  customer?: string | undefined
  currency: string | undefined
  country: string | undefined
  status?: TransactionStatus | undefined
  segment?: PaidSegment | undefined
  /** When the status is asked for. */
  now: Date
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

/** Whether an account's own index has publisher and currency; a merchant's begins with the publisher. */
const isOfAccount = ({ owner, publisher, currency, column }: TransactionQuery): boolean =>
  currency !== undefined &&
  column === 'created_at' &&
  (owner.role === 'publisher' || publisher !== undefined)

/** What an index leads to without detours. */
function scanOf(query: TransactionQuery): RawBuilder<unknown> {
  const { owner, publisher, customer, currency, column, start, end, from, isDescending } = query
  const time = COLUMNS[column]
  const side = isDescending ? sql`<` : sql`>`
  const isAccount = isOfAccount(query)
  return sql`
    from transactions
    where ${OWNERS[owner.role]} = ${owner.number}
      ${isAccount && publisher !== undefined ? sql`and publisher = ${publisher}` : sql``}
      ${isAccount ? sql`and currency = ${currency}` : sql``}
      ${customer === undefined ? sql`` : sql`and customer = ${customer}`}
      ${start === undefined ? sql`` : sql`and ${time} >= ${start}`}
      ${end === undefined ? sql`` : sql`and ${time} < ${end}`}
      ${from === undefined ? sql`` : sql`and (${time}, id) ${side} (${from.at}::timestamptz, ${from.id}::uuid)`}
    order by ${orderOf(query)}`
}

/** What has to be picked out of the scan; undefined: nothing has. */
function restOf(query: TransactionQuery): RawBuilder<unknown> | undefined {
  const { publisher, merchant, currency, country, segment } = query
  const isAccount = isOfAccount(query)
  const conditions = [
    country !== undefined && sql`country = ${country}`,
    currency !== undefined && !isAccount && sql`currency = ${currency}`,
    publisher !== undefined && !isAccount && sql`publisher = ${publisher}`,
    merchant !== undefined && sql`merchant = ${merchant}`,
    segment !== undefined &&
      (segment === 'none' ? sql`segment is null` : sql`segment = ${segment}`),
    statusIs(query),
  ].filter((each) => each !== false)
  return conditions.length === 0 ? undefined : sql`where ${sql.join(conditions, sql` and `)}`
}

/** As transactionStatus derives it. */
function statusIs({ status, now }: TransactionQuery): RawBuilder<unknown> | false {
  if (status === undefined) return false
  if (status === 'declined') return sql`declined_at is not null`
  const side = status === 'validated' ? sql`<=` : sql`>`
  return sql`(declined_at is null and finalize_at ${side} ${now}::timestamptz)`
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

/** What transactions of one currency, status and segment add up to. */
export interface TransactionSum {
  currency: string
  status: TransactionStatus
  segment: SegmentName | null
  transactions: number
  /** A decimal: it may be beyond 2^53. */
  amount: string
}

/** So many are added up at most: the newest. */
export const MAX_SUMMED = 100_000

/** Sums of what the list has, from its beginning on. */
export async function sumTransactions(db: Db, query: TransactionQuery): Promise<TransactionSum[]> {
  const { rows } = await sql<TransactionSum>`
    select currency, status, segment, count(*)::int as transactions, sum(amount)::text as amount
    from (
      select currency, segment, amount,
        case when declined_at is not null then 'declined'
          when finalize_at <= ${query.now}::timestamptz then 'validated' else 'pending' end as status
      from (
        select currency, segment, amount, declined_at, finalize_at, country, publisher, merchant
        ${scanOf(query)} limit ${MAX_SUMMED}
      ) scanned ${restOf(query) ?? sql``}
    ) each
    group by currency, status, segment
    order by currency, status, segment nulls last`.execute(db)
  return rows
}

/** The time of the last transaction that was looked at for sums; undefined where there are no others. */
export async function findSumEnd(db: Db, query: TransactionQuery): Promise<Date | undefined> {
  const { rows } = await sql<{ at: Date }>`
    select ${COLUMNS[query.column]} as at ${scanOf(query)}
    offset ${MAX_SUMMED - 1} limit 2`.execute(db)
  return rows.length > 1 ? rows[0]?.at : undefined
}
