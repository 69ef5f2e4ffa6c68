import type { Db } from '../kernel/database/database.ts'
import { newId } from '../kernel/id.ts'
import { inTx } from '../kernel/database/transaction.ts'
import { appendEntry } from '../journal/append-entries.ts'
import type { Act } from '../journal/entry.ts'
import { SEGMENT_NAMES } from './organization.ts'
import type { Organization, Role } from './organization.ts'
import { findOrganization, insertOrganization, insertSegment } from './organization-store.ts'
import { bumpVersion } from './snapshot-store.ts'

/** A merchant gets its segments at once, so that they never change; they are shown once switched on. */
export async function createOrganization(
  db: Db,
  { name, role, act, now }: { name: string; role: Role; act: Act; now: Date },
): Promise<Organization> {
  const id = newId('org')
  const segments = SEGMENT_NAMES.map((segment) => ({ id: newId('segment'), name: segment }))
  return inTx(db, async (tx) => {
    await bumpVersion(tx)
    await insertOrganization(tx, { id, role, name, createdAt: now })
    if (role === 'merchant') for (const each of segments) await insertSegment(tx, id, each)
    const created = await findOrganization(tx, id)
    if (!created) throw new Error('an organization is gone; none is ever deleted')
    appendEntry(tx, {
      ...{ organization: created.number, at: now, act },
      ...{ action: 'organization.create', object: id, after: { name, role } },
    })
    return created
  })
}
