import type { Tx } from '../kernel/database/database.ts'
import { appendEntries } from '../journal/append-entries.ts'
import { findDifferences } from '../journal/entry.ts'
import type { Act, EntryFields, NewEntry } from '../journal/entry.ts'
import type { Organization, PartnershipStatus } from './organization.ts'
import { findPartnership, upsertPartnership } from './partnership-store.ts'
import type { PartnershipRow } from './partnership-store.ts'

export interface PartnershipChange {
  publisher: Organization
  merchant: Organization
  status: PartnershipStatus
  attributionDays?: number | undefined
  act: Act
  now: Date
}

export interface PartnershipWriting extends PartnershipChange {
  action: NewEntry['action']
  /** Which of the two does it; absent: the operator. */
  by?: Organization
}

/** Writes how the two stand, and has their journals say so. The caller has bumped the directory's version. */
export async function writePartnership(
  tx: Tx,
  writing: PartnershipWriting,
): Promise<PartnershipRow> {
  const { status, attributionDays, now } = writing
  const publisher = writing.publisher.number
  const merchant = writing.merchant.number
  const before = await findPartnership(tx, publisher, merchant)
  await upsertPartnership(tx, { publisher, merchant, status, attributionDays, now })
  const after = await findPartnership(tx, publisher, merchant)
  if (!after) throw new Error('a partnership is gone; none is ever deleted')
  tellBoth(tx, writing, findDifferences(partnershipFields(before), partnershipFields(after)))
  return after
}

/** Each side's journal has it, with the other side as the object. */
function tellBoth(
  tx: Tx,
  { publisher, merchant, now: at, action, ...writing }: PartnershipWriting,
  difference: { before: EntryFields; after: EntryFields } | undefined,
): void {
  if (!difference) return
  const entryOf = (its: Organization, other: Organization): NewEntry => {
    const act = writing.by?.id === other.id ? actOfOther(other, writing.act) : writing.act
    return { organization: its.number, at, act, action, object: other.id, ...difference }
  }
  appendEntries(tx, [entryOf(publisher, merchant), entryOf(merchant, publisher)])
}

/** Who of the other organization did it, and from where, is its own affair. */
function actOfOther({ id }: Organization, { request }: Act): Act {
  return { actor: { kind: 'organization', id }, address: null, request }
}

/** What the journal says of a partnership; an absent one is as good as `available`. */
function partnershipFields(row: PartnershipRow | undefined) {
  return { status: row?.status ?? 'available', attribution_days: row?.attribution_days ?? null }
}
