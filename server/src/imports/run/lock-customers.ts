import { lockCustomers } from '../../customers/customer-store.ts'
import type { Customer } from '../../customers/customer.ts'
import { moveIdentities } from '../../customers/identity-store.ts'
import type { Tx } from '../../kernel/database/database.ts'
import { StaleRead } from '../../kernel/database/transaction.ts'

/**
 * Pessimistic locking: locks existing customers before they are read to be changed. Identities come first,
 * those that the customers carry and those they will, in the lock order of all writers. Used where
 * optimistic locking keeps failing, since of a thousand customers under traffic one has always changed.
 */
export async function lockBeforeReading(
  tx: Tx,
  customers: Pick<Customer, 'id' | 'identities'>[],
  further: string[] = [],
): Promise<void> {
  const identities = new Set([...customers.flatMap((each) => each.identities), ...further])
  await moveIdentities(tx, [], [...identities])
  await lockCustomers(
    tx,
    customers.map(({ id }) => id),
  )
}

/** An optimistic lock failed: a customer changed between its read and its write. The caller plans anew. */
export class StaleWrite extends Error {
  override readonly name = 'Overtaken'
}

// Costs little where it succeeds; locking first keeps others waiting.
export const TRIES_UNLOCKED = 3
const MAX_TRIES = 12

/** Repeats work whose write was stale: first optimistically, then with locks taken before it reads. */
export async function retryStale<T>(work: (locksFirst: boolean) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work(tries > TRIES_UNLOCKED)
    } catch (error) {
      if (!(error instanceof StaleWrite) || tries >= MAX_TRIES) throw error
    }
  }
}

/** Turns a StaleRead into a StaleWrite, which the tx does not repeat with the same plan. */
export async function asStaleWrite<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw error instanceof StaleRead ? new StaleWrite(error.message) : error
  }
}
