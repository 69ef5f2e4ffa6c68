import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Db } from '../kernel/database/database.ts'
import { exactTime } from '../kernel/database/list-order.ts'
import type { KeysetPosition } from '../kernel/database/page.ts'
import { keyRange } from '../kernel/key.ts'
import type { SegmentName } from '../organizations/organization.ts'
import { ORDER_COLUMNS } from './order-store.ts'
import type { Order, OrderStatus } from './order.ts'

/** What a merchant said of an order's customer. */
export const CLAIMS = ['new', 'active', 'none'] as const
export type OrderClaim = (typeof CLAIMS)[number]

export interface OrderListing {
  merchant: number
  /** The key of the merchant's customer. */
  customer: string | undefined
  /** The number of the publisher that is owed for it. */
  publisher: number | undefined
  status: OrderStatus | undefined
  /** What it is paid as. */
  segment: SegmentName | undefined
  judged: SegmentName | undefined
  claimed: OrderClaim | undefined
  /** Inclusive; when the order was accepted. */
  start: Date | undefined
  /** Exclusive. */
  end: Date | undefined
  now: Date
  from: KeysetPosition | undefined
  /** The oldest first, to go back to a newer page. */
  isBackward: boolean
  limit: number
}

/** An order, and when it was accepted, to the microsecond. */
export interface PlacedOrder extends Order {
  place: string
}

/** So many are looked at for one page: what is rare must not make a call take seconds. */
export const MAX_ORDERS_SCANNED = 10_000

function sortOf({ isBackward }: OrderListing): RawBuilder<unknown> {
  return isBackward ? sql`created_at, id` : sql`created_at desc, id desc`
}

/** What an index leads to without detours: a merchant's orders, or a customer's, by their time. */
function scanOf(query: OrderListing): RawBuilder<unknown> {
  const { merchant, customer, start, end, from, isBackward } = query
  const side = isBackward ? sql`>` : sql`<`
  return sql`
    from orders
    where merchant = ${merchant}
      ${customer === undefined ? sql`` : sql`and customer = ${customer}`}
      ${start === undefined ? sql`` : sql`and created_at >= ${start}`}
      ${end === undefined ? sql`` : sql`and created_at < ${end}`}
      ${from === undefined ? sql`` : sql`and (created_at, id) ${side} (${from.at}::timestamptz, ${from.id}::uuid)`}
    order by ${sortOf(query)}`
}

/** What has to be picked out of the scan; undefined: nothing has. */
function restOf(query: OrderListing): RawBuilder<unknown> | undefined {
  const { publisher, status, segment, judged, claimed, now } = query
  const conditions: RawBuilder<unknown>[] = []
  if (publisher !== undefined) {
    const { first, last } = keyRange(publisher)
    conditions.push(sql`transaction between ${first}::uuid and ${last}::uuid`)
  }
  if (status === 'deleted') conditions.push(sql`deleted_at is not null`)
  if (status === 'finalized')
    conditions.push(sql`deleted_at is null and finalize_at <= ${now}::timestamptz`)
  if (status === 'open')
    conditions.push(sql`deleted_at is null and finalize_at > ${now}::timestamptz`)
  if (segment !== undefined) conditions.push(sql`segment = ${segment}`)
  if (judged !== undefined) conditions.push(sql`verdict = ${judged}`)
  if (claimed === 'none') conditions.push(sql`claim is null`)
  else if (claimed !== undefined) conditions.push(sql`claim = ${claimed === 'new'}`)
  return conditions.length === 0 ? undefined : sql`where ${sql.join(conditions, sql` and `)}`
}

/** The newest first; backward the oldest. Test orders are among them. */
export async function listMerchantOrders(db: Db, query: OrderListing): Promise<PlacedOrder[]> {
  const rest = restOf(query)
  const scanned = rest ? MAX_ORDERS_SCANNED : query.limit
  const { rows } = await sql<PlacedOrder>`
    select scanned.*, ${exactTime(sql`created_at`)} as place
    from (select ${ORDER_COLUMNS} ${scanOf(query)} limit ${scanned}) scanned
    ${rest ?? sql``} order by ${sortOf(query)} limit ${query.limit}`.execute(db)
  return rows
}

/** The last order that a page looked at; undefined when it came to the end. */
export async function findOrderScanEnd(
  db: Db,
  query: OrderListing,
): Promise<KeysetPosition | undefined> {
  if (!restOf(query)) return undefined
  const { rows } = await sql<KeysetPosition>`
    select ${exactTime(sql`created_at`)} as at, id
    ${scanOf(query)} offset ${MAX_ORDERS_SCANNED - 1} limit 1`.execute(db)
  return rows[0]
}
