import type { Tx } from '../kernel/database.ts'
import { notFound } from '../kernel/problem.ts'
import { inTx } from '../kernel/transaction.ts'
import type { Organization } from '../organizations/organization.ts'
import { customerKey } from './customer.ts'
import type { Customer } from './customer.ts'
import { readCustomers } from './customer-store.ts'
import { draftOf, meet } from './meet.ts'
import type { ReportParts } from './report-part.ts'

export interface EraseParts extends ReportParts {
  /** Takes the person out of what other folders keep, in the same tx. */
  forget(tx: Tx, key: string): Promise<void>
}

/**
 * Erases a customer. What remains is its keyed hash and its event counter, so that a customer
 * reported again under the same id goes on counting where it stopped. Erasing one that was erased
 * already changes nothing; one that never was is a 404.
 */
export function createEraseCustomer(
  parts: EraseParts,
): (organization: Organization, id: string) => Promise<void> {
  return async (organization, id) => {
    const key = customerKey(parts.vault, organization, id)
    const lanes = await inTx(parts.database.db, async (tx) => {
      const [row] = await readCustomers(tx, [key])
      if (!row) throw notFound(id)
      return row.erased_at === null ? writeErasure(parts, tx, row) : 0
    })
    if (lanes > 0) parts.wake()
  }
}

async function writeErasure(parts: EraseParts, tx: Tx, row: Customer): Promise<number> {
  const key = row.id
  const at = parts.clock.now()
  const draft = {
    ...draftOf(key, row),
    identities: [],
    blob: new Uint8Array(),
    purchase: null,
    erased: true,
  }
  const { affected } = await meet(tx, [draft], at)
  // The erased one itself is forgotten, not moved: nobody is to be told of it any more.
  const work = { locked: [], affected, cause: 'erasure' as const, at }
  const { lanes } = await parts.segments.settle(tx, work)
  await parts.forget(tx, key)
  return lanes
}
