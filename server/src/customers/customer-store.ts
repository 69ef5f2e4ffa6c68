import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'
import {
  booleanArray,
  bytesArray,
  dateArray,
  numberArray,
  uuidArray,
  uuidListArray,
} from '../kernel/database/sql-array.ts'
import { StaleRead } from '../kernel/database/transaction.ts'
import { keyRange } from '../kernel/key.ts'
import type { Customer, Purchase } from './customer.ts'

/** The rows with these keys, erased ones included: their counters go on. */
export async function listCustomers(db: Db, keys: string[]): Promise<Customer[]> {
  if (keys.length === 0) return []
  const { rows } = await sql<Customer>`
    select id, identities, is_guest, blob, version, imports, purchase_order, purchase_import,
      purchased_at, late_identities, event_sequence, created_at, modified_at, erased_at
    from customers where id = any(${uuidArray(keys)}::uuid[])`.execute(db)
  return rows
}

/** Of the customers with these keys, those that are there: what is known of them, and no more. */
export async function listContents(
  db: Db,
  keys: string[],
): Promise<Pick<Customer, 'id' | 'blob'>[]> {
  if (keys.length === 0) return []
  const { rows } = await sql<Pick<Customer, 'id' | 'blob'>>`
    select id, blob from customers
    where id = any(${uuidArray(keys)}::uuid[]) and erased_at is null`.execute(db)
  return rows
}

/** A merchant's customer that has purchased, and what first told so of all that still counts. */
export type Buyer = Pick<
  Customer,
  'id' | 'blob' | 'purchase_order' | 'purchase_import' | 'purchased_at' | 'late_identities'
>

/** Of these customers, those that have purchased; with their content where an import told so. */
export async function listBuyers(db: Db, keys: string[]): Promise<Buyer[]> {
  if (keys.length === 0) return []
  const { rows } = await sql<Buyer>`
    select id, purchase_order, purchase_import, purchased_at, late_identities,
      case when purchase_import is null then ''::bytea else blob end as blob
    from customers
    where id = any(${keys}::uuid[]) and purchased_at is not null`.execute(db)
  return rows
}

/**
 * How many customers an organization has, guests left out; `carrying`: those of them that have an identifier
 * or have purchased.
 */
export async function countPopulation(
  db: Db,
  organization: number,
): Promise<{ customers: number; carrying: number }> {
  const { first, last } = keyRange(organization)
  const { rows } = await sql<{ customers: number; carrying: number }>`
    select count(*)::int as customers,
      (count(*) filter (where identities <> '{}' or purchased_at is not null))::int as carrying
    from customers
    where id between ${first}::uuid and ${last}::uuid and erased_at is null and not is_guest`.execute(
    db,
  )
  return rows[0] ?? { customers: 0, carrying: 0 }
}

/** A customer as it is to be; `version` is one more than that of the row it was made from. */
export type CustomerWrite = Omit<Customer, 'event_sequence'>

/**
 * Writes the customers in order of key, and so locks them. Throws StaleRead, to start again, if any of
 * them changed after it was read.
 */
export async function writeCustomers(tx: Tx, customers: CustomerWrite[]): Promise<void> {
  if (customers.length === 0) return
  const pick = <K extends keyof CustomerWrite>(name: K) => customers.map((row) => row[name])
  const { numAffectedRows } = await sql`
    insert into customers (id, identities, is_guest, blob, version, imports, purchase_order,
      purchase_import, purchased_at, late_identities, created_at, modified_at, erased_at)
    select id, identities::uuid[], is_guest, blob, version, imports::uuid[], purchase_order,
      purchase_import, purchased_at, late_identities::jsonb, created_at, modified_at, erased_at
    from unnest(${uuidArray(pick('id'))}::uuid[], ${uuidListArray(pick('identities'))}::text[],
      ${booleanArray(pick('is_guest'))}::boolean[], ${bytesArray(pick('blob'))}::bytea[],
      ${numberArray(pick('version'))}::int[], ${uuidListArray(pick('imports'))}::text[],
      ${uuidArray(pick('purchase_order'))}::uuid[], ${uuidArray(pick('purchase_import'))}::uuid[],
      ${dateArray(pick('purchased_at'))}::timestamptz[],
      ${pick('late_identities').map((late) => late && JSON.stringify(late))}::text[],
      ${dateArray(pick('created_at'))}::timestamptz[],
      ${dateArray(pick('modified_at'))}::timestamptz[],
      ${dateArray(pick('erased_at'))}::timestamptz[])
      as c (id, identities, is_guest, blob, version, imports, purchase_order, purchase_import,
        purchased_at, late_identities, created_at, modified_at, erased_at)
    order by id
    on conflict (id) do update set
      identities = excluded.identities, blob = excluded.blob, version = excluded.version,
      imports = excluded.imports, purchase_order = excluded.purchase_order,
      purchase_import = excluded.purchase_import, purchased_at = excluded.purchased_at,
      late_identities = excluded.late_identities,
      created_at = excluded.created_at, modified_at = excluded.modified_at,
      erased_at = excluded.erased_at
    where customers.version = excluded.version - 1`.execute(tx)
  if (numAffectedRows !== BigInt(customers.length)) throw new StaleRead('a customer')
}

/** Customers that are alike but for what tells them apart; as arrays, see sql-array.ts. */
export interface WrittenCustomers {
  count: number
  /** `uuid[]` */
  ids: string
  /** A `uuid[]` each, as `text[]`. */
  identities: string
  /** `bytea[]` */
  blobs: string
  imports: string[]
  purchase: Purchase | null
}

/** Inserts customers in order of key. Throws StaleRead, to start again, if any of them is there. */
export async function insertCustomers(
  tx: Tx,
  { count, ids, identities, blobs, imports, purchase }: WrittenCustomers,
  at: Date,
): Promise<void> {
  const { numAffectedRows } = await sql`
    insert into customers (id, identities, blob, version, imports, purchase_order, purchase_import,
      purchased_at, created_at, modified_at)
    select id, identities::uuid[], blob, 1, ${uuidArray(imports)}::uuid[],
      ${purchase?.order ?? null}::uuid, ${purchase?.import ?? null}::uuid,
      ${purchase?.at ?? null}::timestamptz, ${at}::timestamptz, ${at}::timestamptz
    from unnest(${ids}::uuid[], ${identities}::text[], ${blobs}::bytea[])
      as c (id, identities, blob)
    order by id
    on conflict (id) do nothing`.execute(tx)
  if (numAffectedRows !== BigInt(count)) throw new StaleRead('a customer')
}

/**
 * Locks customers that exist, in order of key, and says which have purchased. An upsert, since it
 * locks in the order it is given the rows, and since a distributed table takes no `select … for
 * update` of many.
 */
export async function lockCustomers(
  tx: Tx,
  keys: string[],
): Promise<{ id: string; purchased: boolean }[]> {
  if (keys.length === 0) return []
  const { rows } = await sql<{ id: string; purchased: boolean; is_new: boolean }>`
    insert into customers (id) select id from unnest(${keys}::uuid[]) as k (id) order by id
    on conflict (id) do update set version = customers.version
    returning id, purchased_at is not null as purchased, created_at is null as is_new`.execute(tx)
  if (rows.some((row) => row.is_new))
    throw new Error('an identity names a customer that is not there')
  return rows
}

/**
 * Raises the event counters of customers whose locks the caller holds; answers them as they were
 * before that. Guests are left out: there is no id to tell of them by.
 */
export async function raiseEventSequences(
  tx: Tx,
  raises: { customer: string; by: number }[],
): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: string; before: number }>`
    update customers c set event_sequence = c.event_sequence + r.by
    from unnest(${raises.map((raise) => raise.customer)}::uuid[],
      ${raises.map((raise) => raise.by)}::int[]) as r (id, by)
    where c.id = r.id and not c.is_guest
    returning c.id, c.event_sequence - r.by as before`.execute(tx)
  return new Map(rows.map((row) => [row.id, row.before]))
}

/** Notes that a file which replaces what earlier ones gave names these customers, if they are there. */
export async function nameInImport(tx: Tx, key: string, customers: string[]): Promise<void> {
  if (customers.length === 0) return
  await sql`
    update customers set named_in = ${key}
    where id = any(${uuidArray(customers)}::uuid[]) and imports <> '{}'`.execute(tx)
}

/** Of these, the customers that imports other than this one gave something, unless its file names them. */
export async function listLeftOver(db: Db, key: string, customers: string[]): Promise<Customer[]> {
  const rows = await listCustomers(db, customers)
  const named = await listNamedIn(db, key, customers)
  return rows.filter(
    ({ id, imports }) => imports.length > 0 && !imports.includes(key) && !named.has(id),
  )
}

async function listNamedIn(db: Db, key: string, customers: string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select id from customers
    where id = any(${uuidArray(customers)}::uuid[]) and named_in = ${key}`.execute(db)
  return new Set(rows.map((row) => row.id))
}
