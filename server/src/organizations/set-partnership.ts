import type { Db } from '../kernel/database/database.ts'
import { inTx } from '../kernel/database/transaction.ts'
import type { Organization, PartnershipStatus } from './organization.ts'
import { getPartnership, upsertPartnership } from './partnership-store.ts'
import type { PartnershipRow } from './partnership-store.ts'
import { bumpVersion } from './snapshot-store.ts'

export interface PartnershipChange {
  publisher: Organization
  merchant: Organization
  status: PartnershipStatus
  attributionDays?: number | undefined
  now: Date
}

export async function setPartnership(db: Db, change: PartnershipChange): Promise<PartnershipRow> {
  const publisher = change.publisher.number
  const merchant = change.merchant.number
  return inTx(db, async (tx) => {
    await bumpVersion(tx)
    const { status, attributionDays, now } = change
    await upsertPartnership(tx, { publisher, merchant, status, attributionDays, now })
    return getPartnership(tx, publisher, merchant)
  })
}
