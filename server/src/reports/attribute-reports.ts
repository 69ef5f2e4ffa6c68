import type { Tx } from '../kernel/database/database.ts'
import { attributeOrders } from '../links/attribute.ts'
import type { AttributeParts } from '../links/attribute.ts'
import type { Attribution } from '../orders/attribution.ts'
import { datesOf } from '../orders/order-row.ts'
import type { PreparedOrder } from '../orders/order-row.ts'
import { btnRefKey } from '../orders/order.ts'
import type { Order } from '../orders/order.ts'

/** The clicks that reported orders came from, by the order's key. */
export async function attributionsOf(
  parts: AttributeParts,
  tx: Tx,
  orders: PreparedOrder[],
  at: Date,
): Promise<Map<string, Attribution>> {
  const tokens = orders.flatMap(({ key, organization, merchant, document }) =>
    document.btn_ref === null
      ? []
      : [
          {
            order: key,
            merchant,
            btnRef: btnRefKey(parts.vault, organization, document.btn_ref),
            purchasedAt: datesOf(document, organization, at).purchased_at,
          },
        ],
  )
  return attributeOrders(parts, tx, tokens)
}

/** Where an order came from after a change; undefined: from where it came before. */
export async function attributeAgain(
  parts: AttributeParts,
  tx: Tx,
  before: Order,
  after: Order,
): Promise<Attribution | null | undefined> {
  const isSame =
    before.btn_ref === after.btn_ref &&
    before.purchased_at.getTime() === after.purchased_at.getTime()
  if (isSame) return undefined
  if (after.btn_ref === null || after.is_test) return null
  const { id: order, merchant, btn_ref: btnRef, purchased_at: purchasedAt } = after
  const found = await attributeOrders(parts, tx, [{ order, merchant, btnRef, purchasedAt }])
  return found.get(order) ?? null
}
