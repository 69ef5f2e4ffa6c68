import { sql } from 'kysely'
import type { Db } from '../kernel/database.ts'
import type { Logger } from '../kernel/log.ts'
import type { Vault } from '../kernel/vault.ts'
import { decryptTransaction } from './transaction.ts'

/**
 * The publishers' own ids of the customers that transactions come from, by the transaction's key:
 * null where there is none. A transaction that cannot be read is logged and left out.
 */
export function readTransactionCustomers({ vault, log }: { vault: Vault; log: Logger }) {
  return async (db: Db, keys: string[]): Promise<Map<string, string | null>> => {
    const { rows } = await sql<{ id: string; blob: Uint8Array }>`
      select id, blob from transactions where id = any(${keys}::uuid[])`.execute(db)
    const ids = new Map<string, string | null>()
    for (const { id, blob } of rows) {
      try {
        ids.set(id, decryptTransaction(vault, { id, blob }).publisher_customer_id)
      } catch (error) {
        // One row that was damaged must not hold up everybody's events.
        log.error(
          { err: error, transaction: id },
          'A transaction cannot be read; its events are left out.',
        )
      }
    }
    return ids
  }
}
