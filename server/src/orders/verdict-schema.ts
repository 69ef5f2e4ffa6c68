import { Type } from 'typebox'
import type { Static } from 'typebox'
import {
  closed,
  date,
  day,
  givenDate,
  Nullable,
  nullableDate,
  OneOf,
  NullableInteger,
  NullableString,
  pageQuery,
} from '../http/schema.ts'
import { SEGMENT_NAMES, VERDICT_POLICIES } from '../organizations/organization.ts'
import { WITHDRAWAL_CAUSES } from './evidence-withdrawal-store.ts'

/** Whose word it is that makes an order what it is paid as. */
export const DECIDERS = ['network', 'merchant', 'quote', 'click'] as const
export const DECIDERS_TOLD =
  '`click`: paid as new although it was judged active. What told so was known only after the click, which a ' +
  'later change named; or it was an order through the same publisher, which was changed or cancelled since.'

export const QUOTE_OUTCOMES = [
  'kept',
  'not-needed',
  'expired',
  'known-before',
  'used-before',
] as const

const Segment = (description?: string) => OneOf(SEGMENT_NAMES, description)
const Claim = Type.Unsafe<boolean | null>({
  type: ['boolean', 'null'],
  description: 'What the merchant said: whether its customer was new. Null: nothing.',
})
const Count = Type.Integer({ minimum: 0 })

const evidence = {
  matched: OneOf(['customer_id', 'email_sha256', 'advertising_id'], 'What told the customer.'),
  through: OneOf(
    ['merchant', 'publisher'],
    '`merchant`: known of your own customer; `publisher`: of the customer that a publisher sent.',
  ),
  source: OneOf(
    ['order', 'import'],
    '`order`, or `import`: a file of yours said that they had purchased.',
  ),
  button_order_id: Type.Optional(Type.String({ description: 'The earlier order.' })),
  import_id: Type.Optional(Type.String({ description: 'The import, `import-…`.' })),
  first_purchase_date: Type.Optional(nullableDate()),
  last_purchase_date: Type.Optional(nullableDate()),
  known_date: date(
    'When the earlier order was accepted, or the file imported; of later evidence, when the identifier ' +
      'that matched was reported, if that was later.',
  ),
}

const Evidence = Type.Object(
  {
    ...evidence,
    same_publisher: Type.Optional(
      Type.Boolean({
        description:
          'True: it became known after the click, and counts because it came through the same publisher, ' +
          'which is paid for a new customer by it.',
      }),
    ),
  },
  { description: 'Why it was judged `active`; null for `new`.' },
)

const LaterEvidence = Type.Object(
  { ...evidence, clicked_date: date('When the link was followed that the order came from.') },
  {
    description:
      'An earlier purchase that became known only after the click: it is shown, and did not count. Absent ' +
      'where there is none.',
  },
)

const Withdrawn = Type.Object(
  {
    date: date('When it was taken back.'),
    cause: OneOf(
      WITHDRAWAL_CAUSES,
      'How: the earlier order was changed or cancelled, an import was undone or replaced, the customer’s ' +
        'identifiers were replaced, or the customer was erased.',
    ),
    counted: Type.Boolean({
      description:
        'Whether the verdict rests on it; else it had become known only after the click.',
    }),
  },
  {
    description:
      'Evidence that was taken back after the order had been judged; the verdict stays. Absent where none was.',
  },
)

const Known = Type.Object(
  {
    customer: Type.Unsafe<boolean | null>({
      type: ['boolean', 'null'],
      description: 'Whether you had reported the customer before; null for an order of nobody.',
    }),
    email_sha256: Count,
    advertising_id: Count,
  },
  { description: 'How much you had told when the verdict was taken; numbers are of identifiers.' },
)

const Quote = Type.Object(
  {
    segment: Segment(),
    date: date('When the segment was looked at.'),
    expires: date(),
    outcome: OneOf(
      QUOTE_OUTCOMES,
      '`known-before`: an earlier purchase was known of when it was given; `used-before`: by an ' +
        'earlier order.',
    ),
  },
  { description: 'What a publisher had promised the customer.' },
)

const Entry = Type.Object({
  number: Type.Integer(),
  date: date(),
  amount: Type.Integer(),
  balance: Type.Integer(),
  cause: OneOf(['order', 'order-updated', 'order-deleted']),
  order_total: NullableInteger,
  line_items_total: NullableInteger,
})

const Commission = Type.Object(
  {
    transaction_id: Type.String({
      description: 'What it is for its publisher and you, `tx-…`.',
    }),
    publisher_id: Type.String(),
    status: OneOf(['pending', 'validated', 'declined']),
    amount: Type.Integer({ description: "In the currency's smallest unit." }),
    currency: Type.String(),
    rate_card_id: NullableString,
    rate_card_version: NullableInteger,
    line_commissions: Type.Array(Type.Integer(), {
      description:
        'What each line pays, and behind them what of the total no line is for; of the whole order where ' +
        'it has no lines.',
    }),
    line_bases: Type.Unsafe<number[] | null>({
      type: ['array', 'null'],
      items: { type: 'integer' },
      description:
        "What each is paid on: together the order's total. Null where it was not kept yet.",
    }),
    ledger: Type.Array(Entry, {
      description: 'The latest 500 changes of the amount, oldest first.',
    }),
  },
  {
    title: 'Commission',
    description: 'What the order owes: the publisher, the card and its version, line by line.',
  },
)
/** What an order owes, as its merchant is told. */
export type Commission = Static<typeof Commission>

export const VerdictAnswer = Type.Object(
  {
    button_order_id: Type.String(),
    order_id: Type.String(),
    segment: Segment('what the order is paid as.'),
    judged: Segment('what held before the order, as the network judged.'),
    claimed_new: Claim,
    policy: OneOf(VERDICT_POLICIES),
    decided_by: OneOf(DECIDERS, DECIDERS_TOLD),
    judged_date: date(),
    evidence: Nullable(Evidence),
    later_evidence: Type.Optional(LaterEvidence),
    evidence_withdrawn: Type.Optional(Withdrawn),
    known: Nullable(Known),
    quote: Nullable(Quote),
    commission: Nullable(Commission),
  },
  { title: 'Verdict' },
)

export const ConflictListQuery = Type.Object(
  {
    ...pageQuery,
    start: Type.Optional(
      givenDate(
        'ISO 8601; inclusive. When it came to be a conflict: the date of `evidence_withdrawn` where that is ' +
          'there, else `judged_date`.',
      ),
    ),
    end: Type.Optional(givenDate('ISO 8601; exclusive, of the same.')),
  },
  closed,
)

export const ConflictAnswer = Type.Object(
  {
    button_order_id: Type.String(),
    order_id: Type.String(),
    claimed_new: Claim,
    judged: Segment(),
    segment: Segment(),
    policy: OneOf(VERDICT_POLICIES),
    judged_date: date(),
    evidence_withdrawn: Type.Optional(Withdrawn),
  },
  {
    title: 'VerdictConflict',
    description:
      'Where you said nothing of the customer, it is one because evidence was taken back.',
  },
)

export const PublisherConflictAnswer = Type.Object(
  {
    transaction_id: Type.String({ description: 'Yours, `tx-…`.' }),
    button_order_id: Type.String(),
    commerce_organization: Type.String({ description: 'The merchant.' }),
    judged: Segment('what held before the order, as the network judged.'),
    segment: Segment('what the order is paid as.'),
    judged_date: day(),
    evidence_withdrawn: Type.Object({
      counted: Type.Boolean({
        description:
          'Whether the verdict rests on it; else it had become known only after the click.',
      }),
      source: OneOf(['order', 'import'], 'What it was.'),
    }),
  },
  { title: 'PublisherVerdictConflict' },
)

export const ConflictCountAnswer = Type.Object(
  {
    conflicts: Type.Integer({
      minimum: 0,
      description: 'All; those that are in neither of the others had evidence taken back.',
    }),
    claimed_new: Type.Integer({ description: 'Of those: judged active.' }),
    claimed_active: Type.Integer({ description: 'Of those: judged new.' }),
  },
  { title: 'VerdictConflictCount' },
)
