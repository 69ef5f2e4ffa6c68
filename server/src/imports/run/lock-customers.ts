import { lockCustomers } from '../../customers/customer-store.ts'
import type { Customer } from '../../customers/customer.ts'
import { moveIdentities } from '../../customers/identity-store.ts'
import type { Tx } from '../../kernel/database/database.ts'
import { Stale } from '../../kernel/database/transaction.ts'

/**
 * Locks customers that exist before they are read to be changed: first the identities that they carry
 * and those they will, as everybody does. Whoever changes them without a pause waits then, where else
 * one of so many would always be another by the time that all are written.
 */
export async function lockFirst(
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

/** Somebody changed a customer meanwhile: the tx is worth repeating, by who knows how. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken'
}

// Costs little where it succeeds; locking first keeps others waiting.
export const TRIES_UNLOCKED = 3
const MAX_TRIES = 12

/** Runs it again when it was overtaken, and then so that it can't be. */
export async function untilNotOvertaken<T>(work: (locksFirst: boolean) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work(tries > TRIES_UNLOCKED)
    } catch (error) {
      if (!(error instanceof Overtaken) || tries >= MAX_TRIES) throw error
    }
  }
}

/** Tells what is stale in another word, so that it is not repeated as it is. */
export async function orOvertaken<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw error instanceof Stale ? new Overtaken(error.message) : error
  }
}
