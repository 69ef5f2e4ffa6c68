import { setImmediate as nextTurn } from 'node:timers/promises'
import { listAttributedOrders } from '../../orders/order-store.ts'
import { decryptOrder } from '../../orders/order.ts'
import type { Order } from '../../orders/order.ts'
import type { Database } from '../../kernel/database/database.ts'
import { inTx, retry } from '../../kernel/database/transaction.ts'
import type { Vault } from '../../kernel/vault.ts'
import type { Organization } from '../../organizations/organization.ts'
import { addUp } from '../rates/compute-commission.ts'
import { commissionsFor } from '../transactions/commission-orders.ts'
import type { Rate } from '../rates/rate.ts'
import { Simulation } from './simulation.ts'
import { listTransactionsByKey } from '../transactions/transaction-store.ts'
import type { Transaction } from '../transactions/transaction.ts'

// Some milliseconds of work: calls that come meanwhile wait no longer than that.
const BATCH = 100

export interface Draft {
  rates: Rate[]
  /** Only orders of this publisher's, by its number; null: of all. */
  publisher: number | null
  /** Only orders purchased from then on; null: from the first. */
  start: Date | null
  /** Only orders purchased before; null: to the last. */
  end: Date | null
}

/**
 * What the merchant's attributed orders would have cost under the draft: those that still count, each
 * under the verdict that it was given. Reads them in batches, and lets other work in between.
 */
export async function simulateCard(
  { database: { db }, vault }: { database: Database; vault: Vault },
  merchant: Organization,
  draft: Draft,
  signal: AbortSignal,
): Promise<Simulation> {
  const simulation = new Simulation()
  let after: Order | undefined
  for (;;) {
    const place = after
    const orders = await inTx(db, (tx) =>
      listAttributedOrders(tx, merchant.number, { after: place, limit: BATCH }),
    )
    const keys = orders.flatMap(({ transaction }) => transaction ?? [])
    const transactions = await retry(() => listTransactionsByKey(db, keys))
    const byKey = new Map(transactions.map((each) => [each.id, each]))
    for (const order of orders) {
      const transaction = order.transaction === null ? undefined : byKey.get(order.transaction)
      if (transaction && isMeant(order, transaction, draft)) {
        simulation.add(simulateOrder(vault, merchant, order, transaction, draft.rates))
      }
    }
    after = orders.at(-1)
    if (orders.length < BATCH || signal.aborted) return simulation
    await nextTurn()
  }
}

function isMeant(
  { purchased_at: at }: Order,
  { publisher, declined_at: declinedAt }: Transaction,
  { publisher: only, start, end }: Draft,
): boolean {
  if (declinedAt !== null || (only !== null && only !== publisher)) return false
  return (start === null || at >= start) && (end === null || at < end)
}

function simulateOrder(
  vault: Vault,
  { segmentsOnAt }: Organization,
  order: Order,
  { publisher, amount }: Transaction,
  rates: Rate[],
) {
  const { total, currency, segment, customer } = order
  const paidAs = segmentsOnAt === null ? null : segment
  const { amount: draft } = addUp(commissionsFor(rates, paidAs, order, decryptOrder(vault, order)))
  return { currency, segment, publisher, customer, total, draft, actual: amount }
}
