import { Type } from 'typebox'
import { closed, date, NullableString, OneOf, READABLE } from '../../http/schema.ts'
import type { Organization } from '../organization.ts'
import { EVIDENCE_POLICIES, ROLES, VERDICT_POLICIES } from '../organization.ts'

export const Name = Type.String({
  title: 'Name',
  minLength: 1,
  maxLength: 255,
  pattern: READABLE,
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

export const RetentionDays = Type.Unsafe<number | null>({
  type: ['integer', 'null'],
  minimum: 1,
  maximum: 3650,
  description:
    'After so many days without a sign of life a customer is erased, as by `eraseCustomer`; null: never. ' +
    'Signs are a report or an import that names it, an order, a click, a transaction and a look at its ' +
    'offers. Nobody is erased sooner than so many days after the period was first set.',
})

const MayLook = Type.Boolean({
  description:
    'Whether operators may look at your pages, to read, for half an hour and for a reason that your audit ' +
    'log tells. Where it becomes false, whoever looks does so no longer.',
})

/** What an organization changes of itself; a publisher has no profile. */
export const OwnOrganizationBody = Type.Partial(
  Type.Object({
    name: Name,
    retention_days: RetentionDays,
    operator_may_look: MayLook,
    ...profileFields,
  }),
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
    answers_publishers: Type.Boolean({
      description: 'Whether the merchant answers publishers that ask; else only the operator does.',
    }),
    operator_may_look: MayLook,
    requests_per_minute: Type.Integer(),
    retention_days: RetentionDays,
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
    answers_publishers: organization.answersPublishers,
    operator_may_look: organization.operatorMayLook,
    requests_per_minute: organization.requestsPerMinute,
    retention_days: organization.retentionDays,
    ...organization.profile,
    created_date: organization.createdAt.toISOString(),
  }
}
