import { sql } from 'kysely'
import type { Tx } from '../kernel/database/database.ts'
import { uuidArray } from '../kernel/database/sql-array.ts'
import { ownerOf } from '../kernel/key.ts'
import type { NewOrder } from './judge.ts'

/**
 * Orders of these customers that came through a publisher, are paid as new customers' without a quote, and
 * stand; the first accepted first. Locks them: an order that is judged by one of them must not miss that it is
 * cancelled.
 */
export async function lockNewOrders(tx: Tx, customers: string[]): Promise<NewOrder[]> {
  if (customers.length === 0) return []
  const { rows } = await sql<Omit<NewOrder, 'publisher'> & { transaction: string }>`
    update orders set version = version
    where customer = any(${uuidArray(customers)}::uuid[]) and transaction is not null
      and coalesce(segment, verdict) = 'new' and quote ->> 'outcome' is distinct from 'kept'
      and deleted_at is null and not is_test
      and exists (select from transactions t where t.id = orders.transaction and t.declined_at is null)
    returning id as "order", customer, transaction, total, currency, created_at as at`.execute(tx)
  return rows
    .map(({ transaction, ...order }) => ({ ...order, publisher: ownerOf(transaction) }))
    .sort((a, b) => a.at.getTime() - b.at.getTime() || (a.order < b.order ? -1 : 1))
}
