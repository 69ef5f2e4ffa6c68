import { Type } from 'typebox'
import type { Static } from 'typebox'
import { CustomerAnswer } from '../customers/customer-answer.ts'
import { IDENTIFIER_KINDS } from '../customers/identifier.ts'
import { CAUSES } from '../events/event.ts'
import {
  date,
  day,
  Nullable,
  nullableDate,
  NullableInteger,
  NullableString,
  OneOf,
} from '../http/schema.ts'
import { OrderAnswer } from '../orders/order-schema.ts'
import { SEGMENT_NAMES } from '../organizations/organization.ts'
import { TransactionAnswer } from '../commissions/transactions/transaction-schema.ts'
import { CustomerEventAnswer, CustomerStandingAnswer } from '../reports/look-up-schema.ts'

const Hashes = Type.Array(Type.String())

const given = {
  emails_sha256: Hashes,
  advertising_ids: Type.Array(Type.String()),
  first_purchase_date: nullableDate('As the import said it.'),
  last_purchase_date: nullableDate(),
}

const Source = Type.Object(
  {
    import_id: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: '`import-…`; null for what calls and orders gave.',
    }),
    since_date: nullableDate('Since when the import, or one whose place it took, has said so.'),
    has_purchased: Type.Boolean({ description: 'Whether the import says that it has purchased.' }),
    ...given,
  },
  { title: 'CustomerSource' },
)

const Removal = Type.Object(
  {
    import_id: Type.String({ description: 'Whose undo would give it back.' }),
    taken_by_import_id: Type.String(),
    sources: Type.Array(Source, { description: 'As they were before.' }),
  },
  { title: 'CustomerRemoval' },
)

const ReportedBuyer = Type.Object(
  {
    id: NullableString,
    email_sha256: NullableString,
    emails_sha256: Hashes,
    device_id: NullableString,
    is_new: Type.Unsafe<boolean | null>({ type: ['boolean', 'null'] }),
  },
  { title: 'ReportedBuyer', description: 'The customer as the order reported it.' },
)

const ExportedOrder = Type.Object(
  {
    order: OrderAnswer,
    customer: Nullable(ReportedBuyer),
    advertising_id: NullableString,
    judged: OneOf(SEGMENT_NAMES, 'What held before the order, as the network judged.'),
    segment: OneOf(SEGMENT_NAMES, 'What it is paid as.'),
  },
  { title: 'ExportedOrder' },
)

const ExportedClick = Type.Object(
  {
    btn_ref: Type.String(),
    organization_id: Type.String({ description: 'The merchant.' }),
    date: date(),
    pub_ref: NullableString,
    quote_expires_date: nullableDate('Until when the quote holds that the link was made with.'),
  },
  { title: 'ExportedClick' },
)

const ExportedAttempt = Type.Object(
  {
    request_id: Type.String(),
    webhook_id: Type.String(),
    sequence: Type.Integer({ description: 'Of the event among those of the customer.' }),
    number: Type.Integer(),
    date: date(),
    outcome: OneOf(['acknowledged', 'refused', 'failed', 'expired']),
    status: NullableInteger,
    error: NullableString,
    answer: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: "How the answer's body begins.",
    }),
    replay_id: NullableString,
  },
  { title: 'ExportedAttempt' },
)

const Stay = Type.Object(
  {
    organization_id: Type.String({ description: 'The merchant.' }),
    segment: OneOf(['active']),
    entered_date: nullableDate("Null: before you saw this merchant's segments."),
    entered_by: Nullable(OneOf(CAUSES)),
    left_date: nullableDate(),
    left_by: Nullable(OneOf(CAUSES)),
  },
  { title: 'ExportedStay' },
)

/** Lists that may be long, in the order in which they are written. */
export const longLists = {
  events: Type.Array(CustomerEventAnswer, { description: 'The newest first.' }),
  deliveries: Type.Array(ExportedAttempt, {
    description: 'Each attempt to tell a webhook of these events.',
  }),
  orders: Type.Array(ExportedOrder, { description: "A merchant's." }),
  evidence_for: Type.Array(
    Type.Object(
      { button_order_id: Type.String(), created_date: date() },
      { title: 'EvidencedOrder' },
    ),
    {
      description:
        "Orders that owe a publisher and were judged by this customer's purchase; a merchant's.",
    },
  ),
  clicks: Type.Array(ExportedClick, { description: "A publisher's." }),
  transactions: Type.Array(TransactionAnswer, { description: "A publisher's." }),
}

export const CustomerExport = Type.Object(
  {
    customer: CustomerAnswer,
    identifiers: Type.Array(
      Type.Object(
        { kind: OneOf(IDENTIFIER_KINDS), value: Type.String(), since_date: date() },
        { title: 'ExportedIdentifier' },
      ),
    ),
    sources: Type.Array(Source, { description: 'What calls and each import gave.' }),
    purchase: Nullable(
      Type.Object(
        {
          known_since_date: date(),
          button_order_id: NullableString,
          import_id: NullableString,
        },
        {
          title: 'ExportedPurchase',
          description: 'What first made it a buyer, of all that still counts.',
        },
      ),
    ),
    last_sign_day: Nullable(
      day(
        'Of a report that changed nothing, or a look at its offers; kept with a retention period.',
      ),
    ),
    segments: Type.Array(CustomerStandingAnswer),
    memberships: Type.Array(Stay, {
      description: 'Each stay in a segment, at merchants whose segments you see; the oldest first.',
    }),
    imports: Type.Array(
      Type.Object({ id: Type.String(), created_date: date() }, { title: 'NamingImport' }),
      { description: 'Imports of which a batch gave it something.' },
    ),
    removals: Type.Array(Removal, {
      description: 'What replacements took away and an undo would give back.',
    }),
    waiting: Type.Array(
      Type.Object(
        {
          webhook_id: Type.String(),
          from_sequence: Type.Integer(),
          to_sequence: Type.Integer(),
          waiting_since_date: date(),
        },
        { title: 'WaitingEvents' },
      ),
      { description: 'What is still to be told to a webhook.' },
    ),
    replays: Type.Array(
      Type.Object({ id: Type.String(), created_date: date() }, { title: 'NamingReplay' }),
    ),
    ...longLists,
  },
  { title: 'CustomerExport' },
)
export type CustomerExport = Static<typeof CustomerExport>
