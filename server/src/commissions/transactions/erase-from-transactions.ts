import type { Tx } from '../../kernel/database/database.ts'
import { StaleRead } from '../../kernel/database/transaction.ts'
import type { Vault } from '../../kernel/vault.ts'
import { listTransactionsOfCustomer, updateTransaction } from './transaction-store.ts'
import { decryptTransaction, encryptTransaction } from './transaction.ts'

const BATCH = 500

/**
 * Takes a publisher's erased customer out of what was paid for it; amounts and orders stay. Returns the
 * keys of the transactions.
 */
export async function eraseCustomerFromTransactions(
  vault: Vault,
  tx: Tx,
  key: string,
): Promise<string[]> {
  for (const keys: string[] = []; ;) {
    const transactions = await listTransactionsOfCustomer(tx, key, BATCH)
    for (const transaction of transactions) {
      const content = { ...decryptTransaction(vault, transaction), publisher_customer_id: null }
      const blob = encryptTransaction(vault, transaction.id, content)
      const isWritten = await updateTransaction(tx, { ...transaction, customer: null, blob })
      if (!isWritten) throw new StaleRead('a transaction')
    }
    keys.push(...transactions.map(({ id }) => id))
    if (transactions.length < BATCH) return keys
  }
}
