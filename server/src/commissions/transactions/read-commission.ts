import type { Clock } from '../../kernel/clock.ts'
import type { Db } from '../../kernel/database/database.ts'
import type { Order } from '../../orders/order.ts'
import type { Directory } from '../../organizations/directory.ts'
import { listEntries } from './ledger-store.ts'
import { answerEntry } from './list-ledger.ts'
import { organizationOf } from './transaction-answer.ts'
import { listTransactionsByKey } from './transaction-store.ts'
import { transactionId, transactionStatus } from './transaction.ts'

const MAX_ENTRIES = 500

export interface ReadCommissionParts {
  directory: Pick<Directory, 'current'>
  clock: Clock
}

/**
 * Reads what an order owes, or owed last, as its merchant is told; null where it never came from a
 * publisher. Amounts are in the currency's smallest unit, of each line or of the whole order where it
 * has no lines; the ledger is its latest 500 entries, the oldest first.
 */
export async function readCommission(
  { directory, clock }: ReadCommissionParts,
  db: Db,
  order: Order,
) {
  if (order.transaction === null) return null
  const [row] = await listTransactionsByKey(db, [order.transaction])
  if (!row) throw new Error('an order is left without its transaction')
  const query = { transaction: row.id, from: row.entries + 1, isBackward: true }
  const entries = await listEntries(db, { ...query, limit: MAX_ENTRIES })
  return {
    transaction_id: transactionId(row.id),
    publisher_id: organizationOf(directory.current(), row.publisher).id,
    status: transactionStatus(row, clock.now()),
    amount: row.amount,
    currency: row.currency,
    rate_card_id: row.rate_card,
    rate_card_version: row.rate_version,
    line_commissions: row.commissions,
    line_bases: row.bases,
    ledger: entries.reverse().map(answerEntry),
  }
}
