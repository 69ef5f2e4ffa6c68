import type { Db } from '../kernel/database/database.ts'
import { notFound } from '../kernel/problem.ts'
import { inTx } from '../kernel/database/transaction.ts'
import { appendEntry } from '../journal/append-entries.ts'
import { findDifferences } from '../journal/entry.ts'
import type { Act } from '../journal/entry.ts'
import { endLooks } from './end-looks.ts'
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
  { act, now }: { act: Act; now: Date },
): Promise<Organization> {
  return inTx(db, async (tx) => {
    await bumpVersion(tx)
    const before = await findOrganization(tx, id)
    if (!before) throw notFound(id)
    await updateOrganization(tx, id, change, now)
    if (change.customerSegments === true) await switchSegmentsOn(tx, id, now)
    if (change.operatorMayLook === false) {
      await endLooks(tx, { organization: before.number }, { act, now, why: 'switched-off' })
    }
    if (change.customerSegments === false) await switchSegmentsOff(tx, id)
    const changed = await findOrganization(tx, id)
    if (!changed) throw notFound(id)
    const difference = findDifferences(organizationFields(before), organizationFields(changed))
    if (difference) {
      appendEntry(tx, {
        ...{ organization: changed.number, at: now, act },
        ...{ action: 'organization.change', object: id, ...difference },
      })
    }
    return changed
  })
}

/** What the journal says of an organization. */
function organizationFields(organization: Organization) {
  return {
    name: organization.name,
    customer_segments: organization.segmentsOnAt !== null,
    finalization_days: organization.finalizationDays,
    verdict_policy: organization.verdictPolicy,
    evidence_policy: organization.evidencePolicy,
    answers_publishers: organization.answersPublishers,
    operator_may_look: organization.operatorMayLook,
    requests_per_minute: organization.requestsPerMinute,
    retention_days: organization.retentionDays,
    ...organization.profile,
  }
}
