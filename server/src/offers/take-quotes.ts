import type { Tx } from '../kernel/database/database.ts'
import { writeQuoteUses } from './quote-store.ts'

/**
 * Takes quotes for orders: keys of orders by the quote's id. Answers the quotes that are theirs now;
 * one that another order had taken is not. The same order gets the same quote again.
 */
export async function takeQuotes(
  tx: Tx,
  orders: Map<string, string>,
  at: Date,
): Promise<Set<string>> {
  const wanted = [...orders].map(([id, order]) => ({ id, order_key: order }))
  const uses = await writeQuoteUses(tx, wanted, at)
  return new Set(uses.filter((use) => orders.get(use.id) === use.order_key).map(({ id }) => id))
}
