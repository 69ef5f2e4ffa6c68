import { sql } from 'kysely'
import type { Db } from '../kernel/database/database.ts'
import { keyRange } from '../kernel/key.ts'
import type { Role, SegmentName } from '../organizations/organization.ts'

/** A customer, as it is counted. */
export interface CountedCustomer {
  id: string
  blob: Uint8Array
  /** The numbers of the merchants at which it is active, whether or not its organization may see that. */
  active: number[]
}

/** The next customers of the organization by key, guests and erased ones left out. */
export async function listCountedCustomers(
  db: Db,
  organization: number,
  after: string | undefined,
  limit: number,
): Promise<CountedCustomer[]> {
  const { first, last } = keyRange(organization)
  const { rows } = await sql<CountedCustomer>`
    select c.id, c.blob, array(
        select m.merchant from memberships m where m.customer = c.id and m.left_at is null) as active
    from (
      select id, blob from customers
      where id ${after === undefined ? sql`>= ${first}` : sql`> ${after}`}::uuid and id <= ${last}::uuid
        and erased_at is null and not is_guest
      order by id limit ${limit}) c
    order by c.id`.execute(db)
  return rows
}

export interface EventCount {
  merchant: number
  segment: SegmentName
  cause: string
  moves: number
}

/** How many changes of segment the organization was told of in a time. */
export async function countEvents(
  db: Db,
  organization: number,
  { start, end }: { start: Date; end: Date },
): Promise<EventCount[]> {
  const { rows } = await sql<EventCount>`
    select merchant, current as segment, cause, count(*)::int as moves from events
    where organization = ${organization} and at >= ${start} and at < ${end}
      and type in ('segment-change', 'segment-change-quiet')
    group by merchant, current, cause
    order by merchant, current, cause`.execute(db)
  return rows
}

/** A transaction's side, whose days are counted. */
export interface Owner {
  role: Role
  number: number
}

const columnOf = ({ role }: Owner) => sql.raw(role)

/** The days of which a transaction was written since then. */
export async function listChangedDays(
  db: Db,
  owner: Owner,
  since: Date | undefined,
): Promise<string[]> {
  const { rows } = await sql<{ day: string }>`
    select distinct (created_at at time zone 'UTC')::date::text as day from transactions
    where ${columnOf(owner)} = ${owner.number}
      ${since === undefined ? sql`` : sql`and modified_at >= ${since}`}`.execute(db)
  return rows.map(({ day }) => day).sort()
}
