import type { Db } from '../kernel/database/database.ts'
import { notFound } from '../kernel/problem.ts'
import { inTx } from '../kernel/database/transaction.ts'
import type { Organization, OrganizationChange } from './organization.ts'
import {
  findOrganization,
  switchSegmentsOff,
  switchSegmentsOn,
  updateOrganization,
} from './organization-store.ts'
import { bumpVersion } from './snapshot-store.ts'

/** The second identical change changes nothing and answers the same. */
export async function changeOrganization(
  db: Db,
  id: string,
  change: OrganizationChange,
  now: Date,
): Promise<Organization> {
  return inTx(db, async (tx) => {
    await bumpVersion(tx)
    await updateOrganization(tx, id, change)
    if (change.customerSegments === true) await switchSegmentsOn(tx, id, now)
    if (change.customerSegments === false) await switchSegmentsOff(tx, id)
    const changed = await findOrganization(tx, id)
    if (!changed) throw notFound(id)
    return changed
  })
}
