import type { Db } from '../kernel/database/database.ts'
import { idPattern } from '../kernel/id.ts'
import { notFound } from '../kernel/problem.ts'
import type { Vault } from '../kernel/vault.ts'
import type { Organization } from '../organizations/organization.ts'
import { findOrderByButtonId, listOrders } from './order-store.ts'
import { orderKey } from './order.ts'
import type { Order } from './order.ts'

const ORDER_ID = idPattern('btnorder')

/** The merchant's order, by our id or by its own; a 404 for an absent one or another merchant's. */
export async function getOrder(
  db: Db,
  vault: Vault,
  merchant: Organization,
  id: string,
): Promise<Order> {
  const isOurs = id.startsWith('btnorder-')
  if (isOurs && !ORDER_ID.test(id)) throw notFound(id)
  const order = isOurs
    ? await findOrderByButtonId(db, merchant.number, id)
    : (await listOrders(db, [orderKey(vault, merchant, id)]))[0]
  if (!order) throw notFound(id)
  return order
}
