import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'
import { uuidArray, uuidListArray } from '../kernel/database/sql-array.ts'
import { keyRange } from '../kernel/key.ts'
import { SHARED_LIMIT } from './identity.ts'
import type { Identity } from './identity.ts'

/** One customer joining or leaving one side of one identity row. */
export interface IdentityMove {
  identity: string
  customer: string
  side: 'holder' | 'buyer'
  joins: boolean
}

/**
 * Meets: writes the moves and answers the rows as they are then, and those that are only to be
 * locked. Locks them in order of id, also where a row stays as it was: the lock is what makes the
 * match safe, so `do nothing` would not do.
 */
export async function moveIdentities(
  tx: Tx,
  moves: IdentityMove[],
  toLock: string[] = [],
): Promise<Identity[]> {
  if (moves.length === 0 && toLock.length === 0) return []
  const joining = joiningOf(moves, toLock)
  const rows = await upsertIdentities(tx, joining)
  // Its last carrier has left meanwhile, and locking it has made the row again.
  const empty = rows.filter((row) => row.holders.length === 0).map((row) => row.id)
  const abandoned = new Set(empty).intersection(new Set(toLock))
  if (abandoned.size > 0) await deleteEmptyIdentities(tx, [...abandoned])
  const leaving = moves.filter((move) => !move.joins)
  if (leaving.length === 0) return rows
  const left = new Map((await leaveIdentities(tx, leaving)).map((row) => [row.id, row]))
  return rows.map((row) => left.get(row.id) ?? row)
}

/** A row as it is returned: one that has a single holder says so in place of listing it. */
interface ReturnedIdentity {
  id: string
  holders: string[] | null
  buyers: string[] | null
  buyer_count: number
}

async function upsertIdentities(tx: Tx, joining: Map<string, Identity>): Promise<Identity[]> {
  const sent = [...joining.values()]
  // Of a row that a customer has just joined, and that has one holder, it is known who that is; most
  // rows are such, and lists are what is slow to read. A buyer is a holder.
  const tellsAll = sent.some((row) => row.holders.length === 0)
  const isPlain = sql`(not ${tellsAll}::boolean and cardinality(holders) = 1)`
  const { rows } = await sql<ReturnedIdentity>`
    insert into identities (id, holders, buyers)
    select id, holders::uuid[], buyers::uuid[]
    from unnest(
      ${uuidArray(sent.map((row) => row.id))}::uuid[],
      ${uuidListArray(sent.map((row) => row.holders))}::text[],
      ${uuidListArray(sent.map((row) => row.buyers))}::text[]
    ) as j (id, holders, buyers)
    order by id
    on conflict (id) do update set
      holders = case when identities.holders @> excluded.holders then identities.holders
        else identities.holders || array(
          select unnest(excluded.holders) except select unnest(identities.holders)) end,
      buyers = case when identities.buyers @> excluded.buyers then identities.buyers
        else identities.buyers || array(
          select unnest(excluded.buyers) except select unnest(identities.buyers)) end
    returning id, case when ${isPlain} then null else holders end as holders,
      case when ${isPlain} then null else buyers end as buyers,
      cardinality(buyers) as buyer_count`.execute(tx)
  return rows.map(({ id, holders, buyers, buyer_count: count }) => {
    if (holders && buyers) return { id, holders, buyers }
    const only = joining.get(id)?.holders.slice(0, 1) ?? []
    return { id, holders: only, buyers: count > 0 ? [...only] : [] }
  })
}

/** Identities, each once, and the customers that join them; as arrays, see sql-array.ts. */
export interface WrittenIdentities {
  /** `uuid[]` */
  ids: string
  /** A `uuid[]` each, as `text[]`. */
  holders: string
  /** Whether all of them have purchased. */
  areBuyers: boolean
}

/** Joins and locks as moveIdentities does; answers only the rows that have another holder besides. */
export async function joinIdentities(
  tx: Tx,
  { ids, holders, areBuyers }: WrittenIdentities,
): Promise<Identity[]> {
  const { rows } = await sql<Identity>`
    with met as (
      insert into identities (id, holders, buyers)
      select id, holders::uuid[], case when ${areBuyers}::boolean then holders else '{}' end::uuid[]
      from unnest(${ids}::uuid[], ${holders}::text[]) as j (id, holders)
      order by id
      on conflict (id) do update set
        holders = identities.holders || array(
          select unnest(excluded.holders) except select unnest(identities.holders)),
        buyers = identities.buyers || array(
          select unnest(excluded.buyers) except select unnest(identities.buyers))
      returning id, holders, buyers
    )
    select id, holders, buyers from met where cardinality(holders) > 1`.execute(tx)
  return rows
}

/** Who joins each row; nobody where customers only leave it, or where it is only to be locked. */
function joiningOf(moves: IdentityMove[], toLock: string[]): Map<string, Identity> {
  const rows = new Map<string, Identity>()
  for (const id of toLock) rows.set(id, { id, holders: [], buyers: [] })
  for (const { identity, customer, side, joins } of moves) {
    const row = rows.get(identity) ?? { id: identity, holders: [], buyers: [] }
    rows.set(identity, row)
    if (joins) row[side === 'holder' ? 'holders' : 'buyers'].push(customer)
  }
  return rows
}

/** Takes the customers off the rows, whose locks moveIdentities already holds. */
async function leaveIdentities(tx: Tx, moves: IdentityMove[]): Promise<Identity[]> {
  const { rows } = await sql<Identity>`
    with moves as (
      select identity as id,
        coalesce(array_agg(customer) filter (where side = 'holder'), '{}') as holders,
        coalesce(array_agg(customer) filter (where side = 'buyer'), '{}') as buyers
      from unnest(
        ${moves.map((move) => move.identity)}::uuid[], ${moves.map((move) => move.customer)}::uuid[],
        ${moves.map((move) => move.side)}::text[]
      ) as m (identity, customer, side)
      group by identity
    )
    update identities i set
      holders = array(select h from unnest(i.holders) h where not h = any(m.holders)),
      buyers = array(select b from unnest(i.buyers) b where not b = any(m.buyers))
    from moves m where m.id = i.id
    returning i.id, i.holders, i.buyers`.execute(tx)
  const empty = rows.filter((row) => row.holders.length === 0).map((row) => row.id)
  if (empty.length > 0) await deleteEmptyIdentities(tx, empty)
  return rows
}

/** What nobody carries any more is not kept. The rows are locked, so that nobody can have joined. */
async function deleteEmptyIdentities(tx: Tx, identities: string[]): Promise<void> {
  await sql`delete from identities where id = any(${identities}::uuid[]) and holders = '{}'`.execute(
    tx,
  )
}

/** The rows as they stand, unlocked. */
export async function listIdentities(db: Db, ids: string[]): Promise<Identity[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<Identity>`
    select id, holders, buyers from identities where id = any(${ids}::uuid[])`.execute(db)
  return rows
}

/**
 * The keys of the organization's customers that carry one of the identities, each once, in order of key; guests
 * among them.
 */
export async function listHolders(
  db: Db,
  identities: string[],
  { organization, limit }: { organization: number; limit: number },
): Promise<string[]> {
  if (identities.length === 0) return []
  const { first, last } = keyRange(organization)
  const { rows } = await sql<{ key: string }>`
    select distinct h.key from identities i cross join lateral unnest(i.holders) as h (key)
    where i.id = any(${identities}::uuid[]) and h.key between ${first}::uuid and ${last}::uuid
    order by h.key limit ${limit}`.execute(db)
  return rows.map(({ key }) => key)
}

/** The identity rows that the customers carry and that somebody has bought under. */
export interface Match extends Identity {
  customer: string
}

export async function listMatches(db: Db, customers: string[]): Promise<Match[]> {
  if (customers.length === 0) return []
  // The holders matter only where they may be too many; short lists stay in the database. Each row is
  // looked up by itself (`offset 0`): a plan made while the table was small would read all of it.
  const { rows } = await sql<Match>`
    select c.id as customer, i.id, i.buyers, i.holders
    from customers c cross join lateral unnest(c.identities) as carried (id)
      cross join lateral (
        select id, buyers,
          case when cardinality(holders) > ${SHARED_LIMIT} then holders else '{}' end as holders
        from identities
        where id = carried.id and (buyers <> '{}' or cardinality(holders) > ${SHARED_LIMIT})
        offset 0
      ) i
    where c.id = any(${customers}::uuid[])`.execute(db)
  return rows
}
