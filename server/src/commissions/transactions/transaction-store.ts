import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'
import { exactTime, nextDate } from '../../kernel/database/list-order.ts'
import type { ListDate } from '../../kernel/database/list-order.ts'
import type { Transaction } from './transaction.ts'

// By name: a statement that was prepared before a column was added goes on working.
export const TRANSACTION_COLUMNS =
  sql.raw(`id, publisher, merchant, order_key, customer, currency, country, segment,
  rate_card, rate_version, amount, commissions, bases, blob, attributed_at, finalize_at,
  validated_at, declined_at, created_at, modified_at, entries, event_sequence, version`)

/** Drivers read arrays of bigints as they please. */
export function toTransaction(row: Transaction): Transaction {
  const { commissions, bases } = row
  return { ...row, commissions: commissions.map(Number), bases: bases && bases.map(Number) }
}

async function read(db: Db, condition: RawBuilder<unknown>): Promise<Transaction[]> {
  const { rows } = await sql<Transaction>`
    select ${TRANSACTION_COLUMNS} from transactions where ${condition}`.execute(db)
  return rows.map(toTransaction)
}

export async function listTransactionsByKey(db: Db, keys: string[]): Promise<Transaction[]> {
  if (keys.length === 0) return []
  return read(db, sql`id = any(${keys}::uuid[])`)
}

/** A batch of the transactions that this publisher's customer made. */
export function listTransactionsOfCustomer(
  db: Db,
  customer: string,
  limit: number,
): Promise<Transaction[]> {
  return read(db, sql`customer = ${customer} order by id limit ${limit}`)
}

/** Whose lists a transaction is in. */
type Sides = Pick<Transaction, 'publisher' | 'merchant'>

/**
 * The dates of what is added to lists now, by whose lists they are. They and `created_at` are later than all that is
 * in either list already. Under the lists' locks.
 */
export async function nextListDates(
  tx: Tx,
  added: Sides[],
  now: Date,
): Promise<(sides: Sides) => ListDate | undefined> {
  const keyOf = ({ publisher, merchant }: Sides): string => `${publisher} ${merchant}`
  const pairs = [...new Map(added.map((sides) => [keyOf(sides), sides])).values()]
  const latest = sql`greatest((select max(modified_at) from transactions where publisher = p.publisher),
    (select max(modified_at) from transactions where merchant = p.merchant))`
  const { rows } = await sql<ListDate & Sides>`
    select publisher, merchant, at, ${exactTime(sql`at`)} as exact
    from (
      select p.publisher, p.merchant, ${nextDate(now, latest)} as at
      from unnest(${pairs.map(({ publisher }) => publisher)}::int[],
        ${pairs.map(({ merchant }) => merchant)}::int[]) as p (publisher, merchant)
    ) d`.execute(tx)
  const dates = new Map(
    rows.map(({ publisher, merchant, at, exact }) => [`${publisher} ${merchant}`, { at, exact }]),
  )
  return (sides) => dates.get(keyOf(sides))
}

/** Inserts transactions as created and modified at `dateOf` them, to the microsecond. */
export async function insertTransactions(
  tx: Tx,
  transactions: Transaction[],
  dateOf: (row: Transaction) => string | undefined,
): Promise<void> {
  if (transactions.length === 0) return
  const pick = <K extends keyof Transaction>(name: K) => transactions.map((row) => row[name])
  const listed = transactions.map(dateOf)
  const { rows } = await sql`
    insert into transactions (id, publisher, merchant, order_key, customer, currency, country,
      segment, rate_card, rate_version, amount, commissions, bases, blob, attributed_at,
      finalize_at, created_at, modified_at, entries, event_sequence)
    select id, publisher, merchant, order_key, customer, currency, country,
      segment, rate_card, rate_version, amount, commissions::bigint[], bases::bigint[], blob,
      attributed_at, finalize_at, created_at, modified_at, entries, event_sequence
    from unnest(${pick('id')}::uuid[], ${pick('publisher')}::int[], ${pick('merchant')}::int[],
      ${pick('order_key')}::uuid[], ${pick('customer')}::uuid[], ${pick('currency')}::text[],
      ${pick('country')}::text[], ${pick('segment')}::text[], ${pick('rate_card')}::text[],
      ${pick('rate_version')}::int[], ${pick('amount')}::bigint[],
      ${transactions.map(({ commissions }) => toArray(commissions))}::text[],
      ${transactions.map(({ bases }) => bases && toArray(bases))}::text[],
      ${pick('blob')}::bytea[],
      ${pick('attributed_at')}::timestamptz[], ${pick('finalize_at')}::timestamptz[],
      ${listed}::timestamptz[], ${listed}::timestamptz[],
      ${pick('entries')}::int[], ${pick('event_sequence')}::int[])
      as t (id, publisher, merchant, order_key, customer, currency, country, segment, rate_card,
        rate_version, amount, commissions, bases, blob, attributed_at, finalize_at,
        created_at, modified_at, entries, event_sequence)
    returning id`.execute(tx)
  if (rows.length < transactions.length) throw new Error('a transaction was not inserted')
}

/** Arrays of arrays must be rectangles in SQL: each goes as text. */
function toArray(amounts: number[]): string {
  return `{${amounts.join(',')}}`
}

/**
 * Writes a transaction back, one version on; false if it changed since it was read. Not when it was
 * modified: see `moveInLists`.
 */
export async function updateTransaction(tx: Tx, row: Transaction): Promise<boolean> {
  const { rows } = await sql`
    update transactions set customer = ${row.customer}, country = ${row.country},
      segment = ${row.segment},
      amount = ${row.amount}, commissions = ${toArray(row.commissions)}::text::bigint[],
      bases = ${row.bases && toArray(row.bases)}::text::bigint[],
      blob = ${row.blob}, attributed_at = ${row.attributed_at}, finalize_at = ${row.finalize_at},
      declined_at = ${row.declined_at},
      entries = ${row.entries}, event_sequence = ${row.event_sequence}, version = version + 1
    where id = ${row.id} and version = ${row.version}
    returning id`.execute(tx)
  return rows.length > 0
}

/** Dates transactions that this tx has written as modified; they move to the ends of their lists. */
export async function moveInLists(
  tx: Tx,
  transactions: Transaction[],
  dateOf: (row: Transaction) => string | undefined,
): Promise<void> {
  if (transactions.length === 0) return
  await sql`
    update transactions t set modified_at = d.at
    from unnest(${transactions.map(({ id }) => id)}::uuid[],
      ${transactions.map(dateOf)}::timestamptz[]) as d (id, at)
    where t.id = d.id`.execute(tx)
}

const UNTOLD = sql`validated_at is null and declined_at is null`

/** A batch of transactions that are validated by now, of which nobody was told. */
export async function listDue(db: Db, now: Date, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from transactions where ${UNTOLD} and finalize_at <= ${now}
    order by finalize_at limit ${limit}`.execute(db)
  return rows.map(({ id }) => id)
}

/** When the next transaction comes due; undefined: none is to. */
export async function findNextDue(db: Db): Promise<Date | undefined> {
  const { rows } = await sql<{ finalize_at: Date }>`
    select finalize_at from transactions where ${UNTOLD}
    order by finalize_at limit 1`.execute(db)
  return rows[0]?.finalize_at
}

/**
 * Validates those of the transactions that still are due, and counts the event; see `moveInLists`. An upsert of rows
 * that are there, since it locks them in the order it is given them: whoever waited for another
 * finds them validated.
 */
export async function markValidated(tx: Tx, keys: string[], now: Date): Promise<Transaction[]> {
  const { rows } = await sql<Transaction>`
    insert into transactions as t (${TRANSACTION_COLUMNS})
    select ${TRANSACTION_COLUMNS} from transactions where id = any(${keys}::uuid[]) order by id
    on conflict (id) do update set validated_at = ${now},
      event_sequence = t.event_sequence + 1, version = t.version + 1
    where t.validated_at is null and t.declined_at is null and t.finalize_at <= ${now}
    returning ${TRANSACTION_COLUMNS}`.execute(tx)
  return rows.map(toTransaction)
}
