import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'
import { planWithout } from '../kernel/database/plan-without.ts'
import type { Order } from './order.ts'

// By name: a statement that was prepared before a column was added goes on working.
export const ORDER_COLUMNS =
  sql.raw(`id, button_id, merchant, customer, content, total, currency, decimals, btn_ref,
  is_test, blob, verdict, evidence, evidence_policy, clicked_at, later_evidence, known_since,
  counted_at, coalesce(segment, verdict) as segment, policy, claim, known, quote,
  transaction, version, purchased_at, finalize_at, created_at, listed_at, modified_at, deleted_at`)

async function read(db: Db, condition: RawBuilder<unknown>): Promise<Order[]> {
  const { rows } = await sql<Order>`select ${ORDER_COLUMNS} from orders where ${condition}`.execute(
    db,
  )
  return rows
}

export function listOrders(db: Db, keys: string[]): Promise<Order[]> {
  return read(db, sql`id = any(${keys}::uuid[])`)
}

export async function findOrderByButtonId(
  db: Db,
  merchant: number,
  buttonId: string,
): Promise<Order | undefined> {
  const [order] = await read(db, sql`button_id = ${buttonId} and merchant = ${merchant}`)
  return order
}

// An attribution token belongs to one click; many orders under it are a mistake or an attack.
const MAX_ORDERS_OF_BTN_REF = 500

export function listOrdersByBtnRef(db: Db, merchant: number, btnRef: string): Promise<Order[]> {
  return read(
    db,
    sql`merchant = ${merchant} and btn_ref = ${btnRef}
      order by created_at, id limit ${MAX_ORDERS_OF_BTN_REF}`,
  )
}

/** A batch of the merchant's orders that owe something to a publisher, in an order of its own. */
export async function listAttributedOrders(
  tx: Tx,
  merchant: number,
  { after, limit }: { after: Pick<Order, 'btn_ref' | 'id'> | undefined; limit: number },
): Promise<Order[]> {
  // Where it counts few rows the planner would rather read all that are left, and sort them, than
  // follow the index for a batch: measured, 58 ms instead of 1 at 15,000 orders, and growing with them.
  await planWithout(tx, 'bitmapscan')
  return read(
    tx,
    sql`merchant = ${merchant} and btn_ref is not null
      ${after ? sql`and (btn_ref, id) > (${after.btn_ref}::uuid, ${after.id}::uuid)` : sql``}
      and transaction is not null and deleted_at is null
      order by btn_ref, id limit ${limit}`,
  )
}

/** A customer's order that still counts, as evidence of a purchase. */
export interface CountingOrder {
  customer: string
  id: string
  /** Since when it counts for the customer. */
  known_at: Date
}

/**
 * Each customer's order that counted first of those that count, without the one that is about to count no
 * more. Orders that a change gave to the customer count since then; they are few, and have an index.
 */
export async function listFirstCountingOrders(
  db: Db,
  customers: string[],
  without: string | null = null,
): Promise<CountingOrder[]> {
  if (customers.length === 0) return []
  const first = (condition: RawBuilder<unknown>, time: RawBuilder<unknown>) => sql`(
    select id, ${time} as known_at, created_at from orders
    where customer = c.customer and ${condition} and deleted_at is null and not is_test
      and id is distinct from ${without}::uuid
    order by ${time}, created_at, id limit 1)`
  const { rows } = await sql<CountingOrder>`
    select c.customer, o.id, o.known_at
    from unnest(${customers}::uuid[]) as c (customer)
      cross join lateral (
        select id, known_at from (
          ${first(sql`counted_at is null`, sql`created_at`)}
          union all ${first(sql`counted_at is not null`, sql`counted_at`)}
        ) each
        order by known_at, created_at, id limit 1
      ) o`.execute(db)
  return rows
}

/** Inserts orders, sorted by key; those that another tx inserted meanwhile are left out. */
export async function insertOrders(tx: Tx, orders: Order[]): Promise<string[]> {
  if (orders.length === 0) return []
  const pick = <K extends keyof Order>(name: K) => orders.map((order) => order[name])
  const json = (name: 'evidence' | 'later_evidence' | 'known' | 'quote') =>
    orders.map((order) => order[name] && JSON.stringify(order[name]))
  const { rows } = await sql<{ id: string }>`
    insert into orders (id, button_id, merchant, customer, content, total, currency, decimals,
      btn_ref, is_test, blob, verdict, evidence, evidence_policy, clicked_at, later_evidence,
      known_since, segment, policy, claim, known, quote, transaction,
      purchased_at, finalize_at, created_at, modified_at)
    select id, button_id, merchant, customer, content, total, currency, decimals,
      btn_ref, is_test, blob, verdict, evidence::jsonb, evidence_policy, clicked_at,
      later_evidence::jsonb, known_since, segment, policy, claim, known::jsonb, quote::jsonb, transaction,
      purchased_at, finalize_at, created_at, created_at
    from unnest(${pick('id')}::uuid[], ${pick('button_id')}::text[], ${pick('merchant')}::int[],
      ${pick('customer')}::uuid[], ${pick('content')}::bytea[], ${pick('total')}::bigint[],
      ${pick('currency')}::text[], ${pick('decimals')}::int[], ${pick('btn_ref')}::uuid[],
      ${pick('is_test')}::boolean[],
      ${pick('blob')}::bytea[], ${pick('verdict')}::text[], ${json('evidence')}::text[],
      ${pick('evidence_policy')}::text[], ${pick('clicked_at')}::timestamptz[],
      ${json('later_evidence')}::text[], ${pick('known_since')}::timestamptz[],
      ${pick('segment')}::text[], ${pick('policy')}::text[], ${pick('claim')}::boolean[],
      ${json('known')}::text[], ${json('quote')}::text[], ${pick('transaction')}::uuid[],
      ${pick('purchased_at')}::timestamptz[], ${pick('finalize_at')}::timestamptz[],
      ${pick('created_at')}::timestamptz[])
      as o (id, button_id, merchant, customer, content, total, currency, decimals,
        btn_ref, is_test, blob, verdict, evidence, evidence_policy, clicked_at, later_evidence,
        known_since, segment, policy, claim, known, quote, transaction, purchased_at, finalize_at,
        created_at)
    order by id
    on conflict (id) do nothing
    returning id`.execute(tx)
  return rows.map((row) => row.id)
}

/** Writes an order back, one version on; false if it changed since it was read. */
export async function updateOrder(tx: Tx, order: Order): Promise<boolean> {
  const { rows } = await sql`
    update orders set customer = ${order.customer}, counted_at = ${order.counted_at},
      segment = ${order.segment}, total = ${order.total},
      currency = ${order.currency}, decimals = ${order.decimals},
      btn_ref = ${order.btn_ref}, is_test = ${order.is_test},
      blob = ${order.blob}, transaction = ${order.transaction},
      purchased_at = ${order.purchased_at},
      finalize_at = ${order.finalize_at}, modified_at = ${order.modified_at},
      deleted_at = ${order.deleted_at}, version = version + 1
    where id = ${order.id} and version = ${order.version}
    returning id`.execute(tx)
  return rows.length > 0
}

/** A batch of the customer's orders, any status. */
export function listOrdersOfCustomer(db: Db, customer: string, limit: number): Promise<Order[]> {
  return read(db, sql`customer = ${customer} order by id limit ${limit}`)
}

/** Open orders that are active only by this one, which came through the same publisher; the first accepted first. */
export function listActiveBy(
  db: Db,
  { id, customer }: Pick<Order, 'id' | 'customer'>,
  now: Date,
): Promise<Order[]> {
  return read(
    db,
    sql`transaction is not null and evidence ->> 'buyer' is not null
      and evidence ->> 'buyer' = ${customer}::text and evidence ->> 'order' = ${id}::text
      and evidence ->> 'timing' = 'same-publisher' and coalesce(segment, verdict) = 'active'
      and deleted_at is null and finalize_at > ${now}
    order by created_at, id`,
  )
}
