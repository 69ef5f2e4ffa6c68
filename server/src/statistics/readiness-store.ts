import { sql } from 'kysely'
import type { Db } from '../kernel/database/database.ts'

export interface HistoryImport {
  rows: number
  mode: 'merge' | 'replace'
}

/** The last files of purchasers that were written and not undone, the newest first, without rejected rows. */
export async function listHistoryImports(
  db: Db,
  merchant: number,
  limit: number,
): Promise<HistoryImport[]> {
  const { rows } = await sql<{ rows: string; mode: HistoryImport['mode'] }>`
    select rows - rejected as rows, mode from (
      select rows, rejected, mode, state, kind from imports
      where organization = ${merchant}
      order by created_at desc, key desc limit ${limit}) i
    where state = 'finished' and kind = 'purchasers'`.execute(db)
  return rows.map(({ rows: count, mode }) => ({ rows: Number(count), mode }))
}

/** Which of these spans have an order that is no test, by their places; `mostLooked`: orders a span. */
export async function findSpansWithOrders(
  db: Db,
  merchant: number,
  spans: { starts: readonly Date[]; ends: readonly Date[]; mostLooked: number },
): Promise<number[]> {
  const textOf = (dates: readonly Date[]) => dates.map((date) => date.toISOString())
  const { rows } = await sql<{ place: number }>`
    select s.place::integer as place
    from unnest(${textOf(spans.starts)}::timestamptz[], ${textOf(spans.ends)}::timestamptz[])
      with ordinality as s (start, before, place)
    where exists (
      select 1 from (
        select is_test from orders
        where merchant = ${merchant} and created_at >= s.start and created_at < s.before
        order by created_at, id limit ${spans.mostLooked}) o
      where not o.is_test)
    order by s.place`.execute(db)
  return rows.map(({ place }) => place - 1)
}

export interface LastOrders {
  looked_at: number
  /** Of customers without an id of the merchant's own. */
  guests: number
  /** Of nobody that is known. */
  unidentified: number
  /** Of which the merchant said whether its customer is new. */
  claimed: number
  /** Where the network judged otherwise. */
  conflicts: number
}

/** Of the last orders, deleted and test orders left out. */
export async function countLastOrders(
  db: Db,
  merchant: number,
  limit: number,
): Promise<LastOrders> {
  const { rows } = await sql<LastOrders>`
    select count(*)::integer as looked_at,
      count(*) filter (where c.is_guest)::integer as guests,
      count(*) filter (where o.customer is null)::integer as unidentified,
      count(o.claim)::integer as claimed,
      count(*) filter (where o.claim <> (o.verdict = 'new'))::integer as conflicts
    from (
      select customer, claim, verdict, is_test, deleted_at from orders
      where merchant = ${merchant} order by created_at desc, id desc limit ${limit}) o
    left join customers c on c.id = o.customer
    where not o.is_test and o.deleted_at is null`.execute(db)
  const [counted] = rows
  if (!counted) throw new Error('a count without a row')
  return counted
}
