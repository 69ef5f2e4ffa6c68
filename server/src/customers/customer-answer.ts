import { Type } from 'typebox'
import type { Static } from 'typebox'
import { date, NullableString, OneOf } from '../http/schema.ts'
import type { Snapshot } from '../organizations/directory.ts'
import { SEGMENT_NAMES } from '../organizations/organization.ts'
import type { Organization } from '../organizations/organization.ts'
import type { CustomerView } from './customer.ts'

export const SegmentAnswer = Type.Object(
  {
    id: Type.String({ description: '`segment-…`' }),
    organization_id: Type.String({ description: 'The merchant.' }),
    name: OneOf(SEGMENT_NAMES),
  },
  { title: 'Segment' },
)

export const CustomerAnswer = Type.Object(
  {
    id: Type.String({ description: "The organization's own id." }),
    email_sha256: NullableString,
    emails_sha256: Type.Array(Type.String()),
    advertising_id: NullableString,
    segments: Type.Array(SegmentAnswer, {
      description:
        'For a publisher one for each approved merchant that has segments switched on; for a merchant its own.',
    }),
    created_date: date(),
    modified_date: date(),
  },
  { title: 'Customer' },
)

/** A customer as its organization reads it. Of several identifiers the last reported stands alone. */
export function answerCustomer(
  { content, createdAt, modifiedAt, active }: CustomerView,
  organization: Organization,
  directory: Snapshot,
): Static<typeof CustomerAnswer> {
  return {
    id: content.id ?? '',
    email_sha256: content.emails.at(-1) ?? null,
    emails_sha256: content.emails,
    advertising_id: content.advertising_ids.at(-1) ?? null,
    segments: visibleMerchants(organization, directory).flatMap((merchant) => {
      const name = active.has(merchant.number) ? 'active' : 'new'
      const segment = directory.segment(merchant.number, name)
      return segment ? [{ id: segment.id, organization_id: merchant.id, name }] : []
    }),
    created_date: createdAt.toISOString(),
    modified_date: modifiedAt.toISOString(),
  }
}

/** The merchants whose segments the organization may see. */
export function visibleMerchants(organization: Organization, directory: Snapshot): Organization[] {
  const merchants =
    organization.role === 'merchant'
      ? [organization]
      : directory
          .partnersOf(organization.number)
          .filter((partner) => partner.status === 'approved')
          .map((partner) => partner.merchant)
  return merchants.filter((merchant) => merchant.segmentsOnAt !== null)
}
