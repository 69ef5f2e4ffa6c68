import { Type } from 'typebox'
import { closed, date, OneOf, pageQuery } from '../http/schema.ts'
import { Name, profileFields, RetentionDays } from '../organizations/own/organization-schema.ts'
import {
  EVIDENCE_POLICIES,
  PARTNERSHIP_STATUSES,
  ROLES,
  VERDICT_POLICIES,
} from '../organizations/organization.ts'

/** Fields that mean something for merchants only; a publisher is refused them. */
export const MERCHANT_FIELDS = [
  'customer_segments',
  'finalization_days',
  'verdict_policy',
  'evidence_policy',
  'answers_publishers',
  ...(Object.keys(profileFields) as (keyof typeof profileFields)[]),
] as const

export const NewOrganizationBody = Type.Object({ name: Name, role: Type.Enum([...ROLES]) }, closed)

export const OrganizationBody = Type.Partial(
  Type.Object({
    name: Name,
    customer_segments: Type.Boolean({
      description:
        'Switch on after the merchant’s history is loaded; until then nobody sees segments.',
    }),
    finalization_days: Type.Integer({ minimum: 0, maximum: 3650 }),
    verdict_policy: Type.Enum([...VERDICT_POLICIES], {
      description:
        'What an order is paid as where the merchant says whether its customer is new: as the network ' +
        'judged, as the merchant says, or as new only where both agree.',
    }),
    evidence_policy: Type.Enum([...EVIDENCE_POLICIES], {
      description:
        'Which evidence counts for an order that came from a click. `before_click`: only what the network ' +
        'knew before the click, so that nothing a merchant does after it takes away a new customer. ' +
        '`any_time`: whatever is known when the order is reported.',
    }),
    answers_publishers: Type.Boolean({
      description: 'Whether the merchant answers publishers that ask; else only the operator does.',
    }),
    requests_per_minute: Type.Integer({
      minimum: 0,
      maximum: 2_147_483_647,
      description: '0: none',
    }),
    retention_days: RetentionDays,
    ...profileFields,
  }),
  closed,
)

export const PartnershipBody = Type.Object(
  {
    status: Type.Enum([...PARTNERSHIP_STATUSES]),
    attribution_days: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 365,
        description: 'How long after a click an order still comes from it; 30 unless set.',
      }),
    ),
  },
  closed,
)

const Id = Type.String()
export const OrganizationPath = Type.Object({ organization: Id })
export const KeyPath = Type.Object({ organization: Id, key: Id })
export const PartnershipPath = Type.Object({ publisher: Id, merchant: Id })

/** Of one publisher, of one merchant, or of all. */
export const PartnershipListQuery = Type.Object(
  {
    ...pageQuery,
    publisher: Type.Optional(Id),
    merchant: Type.Optional(Id),
    status: Type.Optional(Type.Enum([...PARTNERSHIP_STATUSES])),
  },
  closed,
)

export const PartnershipAnswer = Type.Object(
  {
    publisher: Type.String(),
    merchant: Type.String(),
    status: OneOf(PARTNERSHIP_STATUSES),
    attribution_days: Type.Integer(),
    modified_date: date(),
  },
  { title: 'Partnership' },
)
