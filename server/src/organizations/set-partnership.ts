import type { Db, Tx } from '../kernel/database/database.ts'
import { inTx } from '../kernel/database/transaction.ts'
import { appendEntries } from '../journal/append-entries.ts'
import { findDifferences } from '../journal/entry.ts'
import type { Act, EntryFields } from '../journal/entry.ts'
import type { Organization, PartnershipStatus } from './organization.ts'
import { findPartnership, upsertPartnership } from './partnership-store.ts'
import type { PartnershipRow } from './partnership-store.ts'
import { bumpVersion } from './snapshot-store.ts'

export interface PartnershipChange {
  publisher: Organization
  merchant: Organization
  status: PartnershipStatus
  attributionDays?: number | undefined
  act: Act
  now: Date
}

export async function setPartnership(db: Db, change: PartnershipChange): Promise<PartnershipRow> {
  const publisher = change.publisher.number
  const merchant = change.merchant.number
  return inTx(db, async (tx) => {
    await bumpVersion(tx)
    const { status, attributionDays, now } = change
    const before = await findPartnership(tx, publisher, merchant)
    await upsertPartnership(tx, { publisher, merchant, status, attributionDays, now })
    const after = await findPartnership(tx, publisher, merchant)
    if (!after) throw new Error('a partnership is gone; none is ever deleted')
    await tellBoth(tx, change, findDifferences(partnershipFields(before), partnershipFields(after)))
    return after
  })
}

/** Each side's journal has it, with the other side as the object. */
async function tellBoth(
  tx: Tx,
  { publisher, merchant, act, now: at }: PartnershipChange,
  difference: { before: EntryFields; after: EntryFields } | undefined,
): Promise<void> {
  if (!difference) return
  const what = { at, act, action: 'partnership.change', ...difference } as const
  appendEntries(tx, [
    { ...what, organization: publisher.number, object: merchant.id },
    { ...what, organization: merchant.number, object: publisher.id },
  ])
}

/** What the journal says of a partnership; an absent one is as good as `available`. */
function partnershipFields(row: PartnershipRow | undefined) {
  return { status: row?.status ?? 'available', attribution_days: row?.attribution_days ?? null }
}
