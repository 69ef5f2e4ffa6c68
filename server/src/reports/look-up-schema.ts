import { Type } from 'typebox'
import { MAX_IDENTIFIERS } from '../customers/identifier.ts'
import { CAUSES } from '../events/event.ts'
import { closed, date, nullableDate, NullableOneOf, OneOf } from '../http/schema.ts'
import { SEGMENT_NAMES } from '../organizations/organization.ts'

/** Closed: whoever misspells what is looked for would be told that there is nobody. */
export const FindCustomersBody = Type.Object(
  {
    email_sha256: Type.Optional(
      Type.String({ description: 'SHA-256 of the trimmed, lower-cased e-mail address.' }),
    ),
    emails_sha256: Type.Optional(
      Type.Array(Type.String(), { maxItems: MAX_IDENTIFIERS, description: 'Several of the same.' }),
    ),
    advertising_id: Type.Optional(Type.String({ description: 'IDFA or Android advertising id.' })),
  },
  { ...closed, title: 'CustomerSearch', description: `At most ${MAX_IDENTIFIERS} identifiers.` },
)

export const CustomerStandingAnswer = Type.Object(
  {
    id: Type.String({ description: '`segment-…`' }),
    organization_id: Type.String({ description: 'The merchant.' }),
    organization_name: Type.String(),
    name: OneOf(SEGMENT_NAMES),
    since_date: nullableDate(
      'When the customer came to be in it. Null: from its first report on, or since before you saw this ' +
        "merchant's segments as you see them now.",
    ),
    cause: NullableOneOf(CAUSES, 'Of what the move came; null with `since_date`.'),
  },
  { title: 'CustomerStanding' },
)

export const CustomerEventAnswer = Type.Object(
  {
    id: Type.String({ description: '`hook-…`, as in webhooks.' }),
    event_type: OneOf(['segment-change']),
    date: date(),
    sequence: Type.Integer({ description: 'Counts the events of this customer.' }),
    organization_id: Type.String({ description: 'The merchant.' }),
    previous: OneOf(SEGMENT_NAMES),
    current: OneOf(SEGMENT_NAMES),
    cause: OneOf(CAUSES),
    is_quiet: Type.Boolean({
      description: 'Whether no webhook was told of it, at your wish: of an import that is quiet.',
    }),
  },
  { title: 'CustomerEvent' },
)
