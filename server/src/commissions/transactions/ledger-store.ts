import { sql } from 'kysely'
import type { Db, Tx } from '../../kernel/database/database.ts'

export type EntryCause = 'order' | 'order-updated' | 'order-deleted'

/** One change of a transaction's amount. */
export interface LedgerEntry {
  transaction: string
  /** Counted by the transaction, from 1, without gaps. */
  number: number
  /** What was added to the amount; negative where it was taken back. */
  amount: number
  cause: EntryCause
  at: Date
  /** What is paid on from then on; null where nothing is any more, and in entries of before this was kept. */
  order_total: number | null
  /** What the order's lines add up to; null also where it has none. */
  line_items_total: number | null
}

export async function insertEntries(tx: Tx, entries: LedgerEntry[]): Promise<void> {
  if (entries.length === 0) return
  await sql`
    insert into ledger_entries (transaction, number, amount, cause, at, order_total, line_items_total)
    select * from unnest(
      ${entries.map((entry) => entry.transaction)}::uuid[],
      ${entries.map((entry) => entry.number)}::integer[],
      ${entries.map((entry) => entry.amount)}::bigint[],
      ${entries.map((entry) => entry.cause)}::text[],
      ${entries.map((entry) => entry.at.toISOString())}::timestamptz[],
      ${entries.map((entry) => entry.order_total)}::bigint[],
      ${entries.map((entry) => entry.line_items_total)}::bigint[])`.execute(tx)
}

/** An entry, and what the amount was after it. */
export interface Balance extends LedgerEntry {
  balance: number
}

export interface LedgerQuery {
  transaction: string
  /** Entries beyond this number. */
  from: number
  /** Towards the first entry; the answer's order is so, too. */
  isBackward: boolean
  limit: number
}

/** Entries of a transaction, oldest first, backward newest first. */
export async function listEntries(db: Db, query: LedgerQuery): Promise<Balance[]> {
  const { transaction, from, isBackward, limit } = query
  const side = isBackward ? sql`<` : sql`>`
  const direction = isBackward ? sql`desc` : sql`asc`
  const { rows } = await sql<Balance>`
    select transaction, number, amount, cause, at, order_total, line_items_total,
      balance::bigint as balance
    from (
      select e.*, sum(amount) over (order by number) as balance from ledger_entries e
      where transaction = ${transaction}
    ) e
    where number ${side} ${from}
    order by number ${direction} limit ${limit}`.execute(db)
  return rows
}
