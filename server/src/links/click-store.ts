import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'
import type { Click, Visit } from './click.ts'

/** What holds for a visit now. */
export interface VisitFacts {
  is_approved: boolean
  is_registered: boolean
  /** Whether the publisher had its customer erased; a link outlives that. */
  is_erased: boolean
}

/** One a visit, in order. Read in the tx and not from memory: an old copy would send shoppers on. */
export async function listVisitFacts(tx: Tx, visits: Visit[]): Promise<VisitFacts[]> {
  const { rows } = await sql<VisitFacts>`
    select p.status is not distinct from 'approved' as is_approved,
      h.host is not null as is_registered, c.id is not null as is_erased
    from unnest(${visits.map((visit) => visit.publisher)}::int[],
        ${visits.map((visit) => visit.merchant)}::int[],
        ${visits.map((visit) => visit.host)}::text[],
        ${visits.map((visit) => visit.click?.customer ?? null)}::uuid[])
        with ordinality as v (publisher, merchant, host, customer, position)
      left join partnerships p on p.publisher = v.publisher and p.merchant = v.merchant
      left join link_hosts h on h.host = v.host and h.merchant = v.merchant
      left join customers c on c.id = v.customer and c.erased_at is not null
    order by v.position`.execute(tx)
  return rows
}

/** A click that is there already stays as it is: it was written by a tx whose answer was lost. */
export async function insertClicks(tx: Tx, clicks: Click[]): Promise<void> {
  if (clicks.length === 0) return
  const pick = <K extends keyof Click>(name: K) => clicks.map((click) => click[name])
  await sql`
    insert into clicks (id, publisher, merchant, customer, blob, at)
    select id, publisher, merchant, customer, blob, at
    from unnest(${pick('id')}::uuid[], ${pick('publisher')}::int[], ${pick('merchant')}::int[],
        ${pick('customer')}::uuid[], ${pick('blob')}::bytea[], ${pick('at')}::timestamptz[])
      as c (id, publisher, merchant, customer, blob, at)
    order by id
    on conflict (id) do nothing`.execute(tx)
}

/** The clicks with these keys, each if it is the merchant's beside it. */
export async function listClicks(
  db: Db,
  keys: { id: string; merchant: number }[],
): Promise<Click[]> {
  const { rows } = await sql<Click>`
    select c.id, c.publisher, c.merchant, c.customer, c.blob, c.at
    from (select distinct id, merchant from unnest(${keys.map((key) => key.id)}::uuid[],
        ${keys.map((key) => key.merchant)}::int[]) as k (id, merchant)) k
      join clicks c on c.id = k.id and c.merchant = k.merchant`.execute(db)
  return rows
}

/** A batch of the clicks of a publisher's customer. */
export async function listClicksOfCustomer(
  db: Db,
  customer: string,
  limit: number,
): Promise<Pick<Click, 'id' | 'blob'>[]> {
  const { rows } = await sql<Pick<Click, 'id' | 'blob'>>`
    select id, blob from clicks where customer = ${customer} order by id limit ${limit}`.execute(db)
  return rows
}

/** Writes what is left of the clicks of a customer who is to be forgotten. */
export async function detachClicks(tx: Tx, clicks: Pick<Click, 'id' | 'blob'>[]): Promise<void> {
  await sql`
    update clicks c set customer = null, blob = f.blob
    from unnest(${clicks.map((click) => click.id)}::uuid[],
      ${clicks.map((click) => click.blob)}::bytea[]) as f (id, blob)
    where c.id = f.id`.execute(tx)
}

/** How many of the clicks before a time were deleted; at most `limit`. */
export async function deleteClicksBefore(tx: Tx, time: Date, limit: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with deleted as (
      delete from clicks
      where id = any(array(select id from clicks where at < ${time} limit ${limit}))
      returning 1)
    select count(*)::integer as count from deleted`.execute(tx)
  return rows[0]?.count ?? 0
}
