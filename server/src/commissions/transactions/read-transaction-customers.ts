import type { Db } from '../../kernel/database/database.ts'
import type { Logger } from '../../kernel/log.ts'
import type { Vault } from '../../kernel/vault.ts'
import { listTransactionsByKey } from './transaction-store.ts'
import { decryptTransaction } from './transaction.ts'

/**
 * The publishers' own ids of the customers that transactions come from, by the transaction's key:
 * null where there is none. A transaction that cannot be read is logged and left out.
 */
export function readTransactionCustomers({ vault, log }: { vault: Vault; log: Logger }) {
  return async (db: Db, keys: string[]): Promise<Map<string, string | null>> => {
    const ids = new Map<string, string | null>()
    for (const transaction of await listTransactionsByKey(db, keys)) {
      try {
        const { publisher_customer_id: id } = decryptTransaction(vault, transaction)
        ids.set(transaction.id, id)
      } catch (error) {
        // One row that was damaged must not hold up everybody's events.
        log.error(
          { err: error, transaction: transaction.id },
          'A transaction cannot be read; its events are left out.',
        )
      }
    }
    return ids
  }
}
