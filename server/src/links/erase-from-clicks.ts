import type { Tx } from '../kernel/database/database.ts'
import type { Vault } from '../kernel/vault.ts'
import { detachClicks, listClicksOfCustomer } from './click-store.ts'
import { decryptClick, encryptClick } from './click.ts'

const BATCH = 500

/**
 * Takes an erased customer out of its clicks; orders go on being attributed to the publisher. Returns how
 * many clicks that were.
 */
export async function eraseCustomerFromClicks(vault: Vault, tx: Tx, key: string): Promise<number> {
  for (let count = 0; ;) {
    const clicks = await listClicksOfCustomer(tx, key, BATCH)
    const rest = clicks.map((click) => {
      const content = { ...decryptClick(vault, click), publisher_customer_id: null }
      return { id: click.id, blob: encryptClick(vault, click.id, content) }
    })
    if (rest.length > 0) await detachClicks(tx, rest)
    count += rest.length
    if (rest.length < BATCH) return count
  }
}
