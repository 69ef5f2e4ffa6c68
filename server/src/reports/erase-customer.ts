import type { Tx } from '../kernel/database/database.ts'
import { notFound } from '../kernel/problem.ts'
import { inTx, Stale } from '../kernel/database/transaction.ts'
import type { Organization } from '../organizations/organization.ts'
import { customerKey } from '../customers/customer.ts'
import { lockCustomers, readCustomers } from '../customers/customer-store.ts'
import { draftOf, meet } from '../customers/write-drafts.ts'
import type { Draft } from '../customers/write-drafts.ts'
import { lockErasure } from '../customers/erasure-lock.ts'
import type { ReportParts } from '../customers/standing.ts'

export interface EraseParts extends ReportParts {
  /**
   * Takes the person out of what other folders keep, in the same tx. Answers whether any of it came
   * without a report, as the clicks on a link do that names a customer.
   */
  forget(tx: Tx, key: string): Promise<boolean>
}

/**
 * Erases a customer. What remains is its keyed hash and its event counter, so that a customer
 * reported again under the same id goes on counting where it stopped. Erasing one that was erased
 * already changes nothing; one of whom nothing was ever told is a 404.
 */
export function createEraseCustomer(
  parts: EraseParts,
): (organization: Organization, id: string) => Promise<void> {
  return async (organization, id) => {
    const key = customerKey(parts.vault, organization, id)
    const lanes = await inTx(parts.database.db, async (tx) => {
      await lockErasure(tx, key)
      const [row] = await readCustomers(tx, [key])
      if (row && row.erased_at !== null) {
        await lockErased(tx, key)
        // Links may have named it since.
        await parts.forget(tx, key)
        return 0
      }
      const lanes = await writeErasure(parts, tx, draftOf(key, row))
      const wasThere = await parts.forget(tx, key)
      if (!row && !wasThere) throw notFound(id)
      return lanes
    })
    if (lanes > 0) parts.wake()
  }
}

/** Until the tx ends nobody reports it again: what came in between would be forgotten in part. */
async function lockErased(tx: Tx, key: string): Promise<void> {
  await lockCustomers(tx, [key])
  const [row] = await readCustomers(tx, [key])
  if (row?.erased_at === null) throw new Stale('a customer')
}

async function writeErasure(parts: EraseParts, tx: Tx, before: Draft): Promise<number> {
  const at = parts.clock.now()
  const draft = {
    ...before,
    identities: [],
    blob: new Uint8Array(),
    imports: [],
    purchase: null,
    erased: true,
  }
  // The erased one itself is forgotten, not moved: nobody is to be told of it any more.
  const met = await meet(tx, [draft], at)
  return (await parts.segments.settle(tx, { ...met, cause: 'erasure', at })).lanes
}
