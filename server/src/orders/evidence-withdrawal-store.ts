import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'
import { dateArray, numberArray, uuidArray, wordArray } from '../kernel/database/sql-array.ts'
import type { Evidence } from './order.ts'

/** What a publisher's order was judged by, or beside. */
export interface RestingOrder {
  id: string
  merchant: number
  transaction: string
  evidence: Evidence | null
  later_evidence: Evidence | null
}

/** Publishers' orders whose evidence is a purchase of one of these customers. */
export async function listRestingOn(db: Db, buyers: string[]): Promise<RestingOrder[]> {
  if (buyers.length === 0) return []
  const { rows } = await sql<RestingOrder>`
    select id, merchant, transaction, evidence, later_evidence from orders
    where transaction is not null and evidence ->> 'buyer' is not null
      and evidence ->> 'buyer' = any(${uuidArray(buyers)}::text[]) and deleted_at is null
    union
    select id, merchant, transaction, evidence, later_evidence from orders
    where transaction is not null and later_evidence is not null
      and later_evidence ->> 'buyer' = any(${uuidArray(buyers)}::text[]) and deleted_at is null
    order by id`.execute(db)
  return rows
}

export const WITHDRAWAL_CAUSES = [
  'order',
  'order-deleted',
  'import',
  'customer',
  'erasure',
] as const

/** Evidence that was taken back after an order had been judged by it, or beside it. */
export interface EvidenceWithdrawal {
  order_key: string
  merchant: number
  publisher: number
  /** The key of what the order owed then. */
  transaction: string
  /** Whether the verdict rests on it; else it was known only after the click. */
  counted: boolean
  cause: (typeof WITHDRAWAL_CAUSES)[number]
  at: Date
}

/** Of an order the first withdrawal is kept. Answers those that were. */
export async function insertWithdrawals(
  tx: Tx,
  withdrawals: EvidenceWithdrawal[],
): Promise<{ order_key: string; merchant: number }[]> {
  if (withdrawals.length === 0) return []
  const pick = <K extends keyof EvidenceWithdrawal>(name: K) =>
    withdrawals.map((withdrawal) => withdrawal[name])
  const { rows } = await sql<{ order_key: string; merchant: number }>`
    insert into evidence_withdrawals
      (order_key, merchant, publisher, transaction, counted, cause, at)
    select order_key, merchant, publisher, transaction, counted, cause, at
    from unnest(${uuidArray(pick('order_key'))}::uuid[], ${numberArray(pick('merchant'))}::int[],
      ${numberArray(pick('publisher'))}::int[], ${uuidArray(pick('transaction'))}::uuid[],
      ${pick('counted')}::boolean[], ${wordArray(pick('cause'))}::text[],
      ${dateArray(pick('at'))}::timestamptz[])
      as w (order_key, merchant, publisher, transaction, counted, cause, at)
    order by order_key
    on conflict (order_key) do nothing
    returning order_key, merchant`.execute(tx)
  return rows
}

/** When evidence of this order was withdrawn; null where none was. */
export async function findWithdrawal(
  db: Db,
  order: string,
): Promise<EvidenceWithdrawal | undefined> {
  const { rows } = await sql<EvidenceWithdrawal>`
    select order_key, merchant, publisher, transaction, counted, cause, at
    from evidence_withdrawals where order_key = ${order}`.execute(db)
  return rows[0]
}
