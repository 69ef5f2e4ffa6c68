import { readTransactionCustomers } from '../commissions/transactions/read-transaction-customers.ts'
import { decryptCustomer } from '../customers/customer.ts'
import type { Customer } from '../customers/customer.ts'
import { listContents } from '../customers/customer-store.ts'
import type { Logger } from '../kernel/log.ts'
import type { Vault } from '../kernel/vault.ts'
import type { Subjects } from '../webhooks/attempts/subject.ts'

/** Webhooks know customers and transactions as subjects only. */
export function createSubjects(vault: Vault, log: Logger): Subjects {
  const idOf = (row: Pick<Customer, 'id' | 'blob'>): string | null => {
    try {
      return decryptCustomer(vault, row).id
    } catch (error) {
      // One row that was damaged must not hold up everybody's events.
      log.error(
        { err: error, customer: row.id },
        'A customer cannot be read; its events are left out.',
      )
      return null
    }
  }
  return {
    async listCustomerIds(db, keys) {
      const ids = new Map<string, string>()
      for (const row of await listContents(db, keys)) {
        const id = idOf(row)
        if (id !== null) ids.set(row.id, id)
      }
      return ids
    },
    listTransactionCustomerIds: readTransactionCustomers({ vault, log }),
  }
}
