import {
  publishTransactions,
  transactionLists,
} from '../commissions/transactions/publish-transactions.ts'
import type { Publication } from '../commissions/transactions/publish-transactions.ts'
import type { Tx } from '../kernel/database/database.ts'
import { lockLists } from '../kernel/database/list-order.ts'
import type { FollowedList } from '../kernel/database/list-order.ts'
import { publishConflicts } from '../orders/conflict-store.ts'
import type { Order } from '../orders/order.ts'
import type { ReportParts } from './report-parts.ts'

/**
 * Adds what a tx has written to the ends of the lists that are followed: transactions, and orders whose verdict
 * is a conflict. The last that the tx does: nothing that may have to wait comes after the locks of lists.
 */
export async function publishInLists(
  parts: Pick<ReportParts, 'vault' | 'clock'>,
  tx: Tx,
  { publications, conflicts }: { publications: Publication[]; conflicts: Order[] },
): Promise<void> {
  const ofMerchants = conflicts.map(({ merchant: organization }): FollowedList => {
    return { list: 'verdict-conflicts', organization }
  })
  await lockLists(tx, [...transactionLists(publications), ...ofMerchants])
  await publishTransactions(parts, tx, publications)
  await publishConflicts(tx, conflicts)
}
