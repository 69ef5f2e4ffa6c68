import { Type } from 'typebox'
import type { TSchema } from 'typebox'
import { NullableString, pageQuery } from '../http/envelope.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([Type.Null(), schema])
const Segment = (description: string) =>
  Type.String({ description: `\`new\` or \`active\`: ${description}` })
const Claim = Type.Unsafe<boolean | null>({
  type: ['boolean', 'null'],
  description: 'What the merchant said: whether its customer was new. Null: nothing.',
})
const Count = Type.Integer({ minimum: 0 })

const Evidence = Type.Object(
  {
    matched: Type.String({
      description: 'What told the customer: `customer_id`, `email_sha256` or `advertising_id`.',
    }),
    through: Type.String({
      description:
        '`merchant`: known of your own customer; `publisher`: of the customer that a publisher sent.',
    }),
    source: Type.String({
      description: '`order`, or `import`: a file of yours said that they had purchased.',
    }),
    button_order_id: Type.Optional(Type.String({ description: 'The earlier order.' })),
    import_id: Type.Optional(Type.String({ description: 'The import, `import-…`.' })),
    first_purchase_date: Type.Optional(NullableString),
    last_purchase_date: Type.Optional(NullableString),
    known_date: Type.String({
      description: 'When the earlier order was accepted, or the file imported.',
    }),
  },
  { description: 'Why it was judged `active`; null for `new`.' },
)

const Known = Type.Object(
  {
    customer: Type.Unsafe<boolean | null>({
      type: ['boolean', 'null'],
      description: 'Whether you had reported the customer before; null for an order of nobody.',
    }),
    email_sha256: Count,
    advertising_id: Count,
    publisher_customer: Nullable(
      Type.Object(
        {
          customer: Type.Boolean({ description: 'Whether the publisher had reported them.' }),
          email_sha256: Count,
          advertising_id: Count,
        },
        { description: 'Of the customer that the publisher sent.' },
      ),
    ),
  },
  { description: 'How much was known when the verdict was taken; numbers are of identifiers.' },
)

const Quote = Type.Object(
  {
    segment: Type.String(),
    date: Type.String({ description: 'When the segment was looked at.' }),
    expires: Type.String(),
    outcome: Type.String({
      description:
        '`kept`, `not-needed`, `expired`, `known-before` (an earlier purchase was known of when it ' +
        'was given) or `used-before` (by an earlier order).',
    }),
  },
  { description: 'What a publisher had promised the customer.' },
)

const Commission = Type.Object(
  {},
  {
    additionalProperties: true,
    description: 'What the order owes: to whom, by which version of which card, line by line.',
  },
)

export const VerdictAnswer = Type.Object({
  button_order_id: Type.String(),
  order_id: Type.String(),
  segment: Segment('what the order is paid as.'),
  judged: Segment('what held before the order, as the network judged.'),
  claimed_new: Claim,
  policy: Type.String({ description: '`network`, `merchant` or `both_must_agree`.' }),
  decided_by: Type.String({ description: '`network`, `merchant` or `quote`.' }),
  judged_date: Type.String(),
  evidence: Nullable(Evidence),
  known: Nullable(Known),
  quote: Nullable(Quote),
  commission: Nullable(Commission),
})

export const ConflictQuery = Type.Object(
  {
    ...pageQuery,
    start: Type.Optional(Type.String({ maxLength: 64, description: 'ISO 8601; inclusive.' })),
    end: Type.Optional(Type.String({ maxLength: 64, description: 'ISO 8601; exclusive.' })),
  },
  { additionalProperties: false },
)

export const ConflictAnswer = Type.Object({
  button_order_id: Type.String(),
  order_id: Type.String(),
  claimed_new: Type.Boolean(),
  judged: Type.String(),
  segment: Type.String(),
  policy: Type.String(),
  judged_date: Type.String(),
})

export const ConflictCountAnswer = Type.Object({
  conflicts: Count,
  claimed_new: Type.Integer({ description: 'Of those: judged active.' }),
  claimed_active: Type.Integer({ description: 'Of those: judged new.' }),
})
