import { holdOffErasures } from '../customers/erasure-lock.ts'
import type { Db } from '../kernel/database/database.ts'
import type { Vault } from '../kernel/vault.ts'
import type { Attribution, ToAttribute } from '../orders/attribution.ts'
import type { Directory } from '../organizations/directory.ts'
import { listClicks } from './click-store.ts'
import { decryptClick } from './click.ts'
import type { Click } from './click.ts'
import { DAY_MS } from '../kernel/durations.ts'

// Purchase dates may be days without a time, and clocks differ.
const BEFORE_CLICK_MS = DAY_MS
// What a partnership has unless it was said otherwise.
const DEFAULT_DAYS = 30

export interface AttributeParts {
  directory: Pick<Directory, 'current'>
  vault: Vault
}

/**
 * Where orders came from: the click of the token that was sent, if the purchase is within the
 * partnership's window after it. By the order's key; what came from nowhere is absent.
 */
export async function attributeOrders(
  { directory, vault }: AttributeParts,
  db: Db,
  orders: ToAttribute[],
): Promise<Map<string, Attribution>> {
  const attributions = new Map<string, Attribution>()
  if (orders.length === 0) return attributions
  const daysOf = ({ publisher, merchant }: Click): number =>
    directory.current().partnership(publisher, merchant)?.attributionDays ?? DEFAULT_DAYS
  const keys = orders.map(({ btnRef, merchant }) => ({ id: btnRef, merchant }))
  const found = await listClicks(db, keys)
  const customers = found.flatMap(({ customer }) => customer ?? [])
  await holdOffErasures(db, customers)
  // Read again: one of them may have been erased meanwhile.
  const current = customers.length === 0 ? found : await listClicks(db, keys)
  const clicks = new Map(current.map((click) => [click.id, click]))
  for (const { order, merchant, btnRef, purchasedAt } of orders) {
    const click = clicks.get(btnRef)
    if (click?.merchant !== merchant || !isWithin(click.at, purchasedAt, daysOf(click))) continue
    attributions.set(order, {
      publisher: click.publisher,
      customer: click.customer,
      clickedAt: click.at,
      content: decryptClick(vault, click),
    })
  }
  return attributions
}

function isWithin(clickedAt: Date, purchasedAt: Date, days: number): boolean {
  const after = purchasedAt.getTime() - clickedAt.getTime()
  return after >= -BEFORE_CLICK_MS && after <= days * DAY_MS
}
