import type { Tx } from '../kernel/database/database.ts'
import { StaleRead } from '../kernel/database/transaction.ts'
import type { Vault } from '../kernel/vault.ts'
import { listOrdersOfCustomer, updateOrder } from './order-store.ts'
import { decryptOrder, encryptOrder } from './order.ts'

const BATCH = 500

/** Takes an erased customer out of its orders; amounts, lines and verdicts stay. */
export async function eraseCustomerFromOrders(vault: Vault, tx: Tx, key: string): Promise<void> {
  for (;;) {
    const orders = await listOrdersOfCustomer(tx, key, BATCH)
    for (const order of orders) {
      const document = { ...decryptOrder(vault, order), customer: null, advertising_id: null }
      const blob = encryptOrder(vault, order.id, document)
      const isWritten = await updateOrder(tx, { ...order, customer: null, blob })
      if (!isWritten) throw new StaleRead('an order')
    }
    if (orders.length < BATCH) return
  }
}
