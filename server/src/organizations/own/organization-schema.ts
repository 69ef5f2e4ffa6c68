import { Type } from 'typebox'
import { closed, date, NullableString, OneOf } from '../../http/schema.ts'
import type { Organization } from '../organization.ts'
import { EVIDENCE_POLICIES, ROLES, VERDICT_POLICIES } from '../organization.ts'

// Something that can be read, and no control characters: names end up on screens and in tables.
export const Name = Type.String({
  title: 'Name',
  minLength: 1,
  maxLength: 255,
  pattern: '^(?=.*\\S)\\P{Cc}+$',
})
const Text = Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 2000 })
const WebUrl = Type.Unsafe<string | null>({
  title: 'WebUrl',
  type: ['string', 'null'],
  maxLength: 2048,
  pattern: '^https?://[^\\s]+$',
})
const Labels = Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
  title: 'Labels',
  maxItems: 100,
})

export const profileFields = {
  categories: Labels,
  description: Text,
  icon_url: WebUrl,
  homepage: WebUrl,
  terms_and_conditions: WebUrl,
  available_platforms: Labels,
  supported_products: Labels,
}

/** What an organization changes of itself; a publisher has only its name. */
export const OwnOrganizationBody = Type.Partial(
  Type.Object({ name: Name, ...profileFields }),
  closed,
)

const Strings = Type.Array(Type.String())

export const OrganizationAnswer = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    role: OneOf(ROLES),
    customer_segments: Type.Boolean(),
    finalization_days: Type.Integer(),
    verdict_policy: OneOf(VERDICT_POLICIES),
    evidence_policy: OneOf(EVIDENCE_POLICIES),
    requests_per_minute: Type.Integer(),
    categories: Strings,
    description: NullableString,
    icon_url: NullableString,
    homepage: NullableString,
    terms_and_conditions: NullableString,
    available_platforms: Strings,
    supported_products: Strings,
    created_date: date(),
  },
  { title: 'Organization' },
)

export function organizationToWire(organization: Organization) {
  return {
    id: organization.id,
    name: organization.name,
    role: organization.role,
    customer_segments: organization.segmentsOnAt !== null,
    finalization_days: organization.finalizationDays,
    verdict_policy: organization.verdictPolicy,
    evidence_policy: organization.evidencePolicy,
    requests_per_minute: organization.requestsPerMinute,
    ...organization.profile,
    created_date: organization.createdAt.toISOString(),
  }
}
