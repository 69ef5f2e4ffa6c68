import { Type } from 'typebox'
import {
  closed,
  date,
  day,
  DESCRIBED_FORMAT,
  Nullable,
  nullableDate,
  NullableOneOf,
  NullableString,
  OneOf,
  pageQuery,
} from '../../http/schema.ts'
import { SEGMENT_NAMES, VERDICT_POLICIES } from '../../organizations/organization.ts'
import { AttributesAnswer, ORDER_CHANNELS } from '../../orders/order-schema.ts'
import { DECIDERS, DECIDERS_TOLD, QUOTE_OUTCOMES } from '../../orders/verdict-schema.ts'
import { PAID_SEGMENTS, TRANSACTION_STATUSES } from './transaction.ts'

const amount = (description: string) => Type.Integer({ description })
const SMALLEST = "in the currency's smallest unit"

export const AccountAnswer = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    currency: Type.String(),
    organization: Type.String({ description: 'Your id.' }),
    publisher_organization: Type.Optional(
      Type.String({ description: 'For merchants: the publisher that the account owes.' }),
    ),
  },
  { title: 'Account' },
)

export const PublisherVerdictAnswer = Nullable(
  Type.Object(
    {
      segment: OneOf(SEGMENT_NAMES, 'What the order is paid as.'),
      judged: OneOf(SEGMENT_NAMES, 'What held before the order, as the network judged.'),
      policy: OneOf(VERDICT_POLICIES, "Who decides what is paid, the merchant's choice."),
      decided_by: OneOf(DECIDERS, DECIDERS_TOLD),
      judged_date: day(),
      evidence: Nullable(
        Type.Object(
          {
            source: OneOf(['order', 'import']),
            known_date: day('The day on which an earlier purchase became known.'),
          },
          { description: 'Why it was judged `active`; null for `new`.' },
        ),
      ),
      later_evidence: Type.Optional(
        Type.Object(
          { source: OneOf(['order', 'import']) },
          {
            description:
              'An earlier purchase that became known only after the click, and so did not count. Absent ' +
              'where there is none.',
          },
        ),
      ),
      quote: Nullable(
        Type.Object(
          {
            outcome: OneOf(QUOTE_OUTCOMES),
          },
          { description: 'What became of the quote that the link was made with.' },
        ),
      ),
    },
    {
      title: 'TransactionVerdict',
      description: 'Null where the merchant told no segments when the order came.',
    },
  ),
)

const LineItem = Type.Object(
  {
    identifier: Type.String(),
    total: amount('The whole line.'),
    amount: amount('The unit price; truncated where only the whole line was reported.'),
    quantity: Type.Integer(),
    publisher_commission: amount(`What the line pays you, ${SMALLEST}.`),
    commission_base: amount(
      "What of the order's total the line pays you on. Less than `total` where the lines add up to " +
        'more than the order costs: a refund or a discount of the whole order.',
    ),
    sku: NullableString,
    gtin: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'The UPC where no GTIN was reported.',
    }),
    category: NullableString,
    subcategory1: NullableString,
    subcategory2: NullableString,
    description: NullableString,
    attributes: AttributesAnswer,
  },
  { title: 'TransactionLineItem' },
)

export const TransactionAnswer = Type.Object(
  {
    id: Type.String(),
    status: OneOf(TRANSACTION_STATUSES),
    category: OneOf(['new-user-order']),
    created_date: date(),
    modified_date: date(),
    validated_date: nullableDate(),
    attribution_date: date('When the link was followed.'),
    event_date: date('When the order was reported.'),
    order_purchased_date: date(),
    amount: amount(`What you are owed, ${SMALLEST}: the lines' commissions together.`),
    currency: Type.String(),
    order_total: Type.Integer(),
    order_currency: Type.String(),
    order_line_items: Type.Array(LineItem),
    order_click_channel: NullableOneOf(ORDER_CHANNELS),
    btn_ref: Type.String(),
    pub_ref: NullableString,
    button_id: OneOf(['static']),
    button_order_id: Type.String(),
    order_id: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: "The merchant's own number: told to the merchant alone.",
    }),
    customer_order_id: NullableString,
    account_id: Type.String(),
    rate_card_id: NullableString,
    campaign_id: Type.Null(),
    publisher_organization: Type.String(),
    publisher_organization_name: Type.String(),
    commerce_organization: Type.String(),
    commerce_organization_name: Type.String(),
    publisher_customer_id: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'As `pub_ref`, told to the publisher alone.',
    }),
    advertising_id: Type.Null({ description: "The merchant's customer is not told." }),
    country: NullableString,
    customer_segment: Nullable(
      Type.Object(
        { id: Type.String(), name: OneOf(SEGMENT_NAMES) },
        { description: 'What the order is paid as; null where the merchant told no segments.' },
      ),
    ),
    verdict: PublisherVerdictAnswer,
  },
  { title: 'Transaction' },
)

export const EntryAnswer = Type.Object(
  {
    number: Type.Integer({ description: 'From 1, without gaps.' }),
    date: date(),
    amount: amount('What was added; negative where it was taken back.'),
    balance: amount("The transaction's amount after it."),
    cause: OneOf(['order', 'order-updated', 'order-deleted']),
    order_total: Type.Unsafe<number | null>({
      type: ['integer', 'null'],
      description:
        "The order's total, which is paid on from then on; null where nothing is any more.",
    }),
    line_items_total: Type.Unsafe<number | null>({
      type: ['integer', 'null'],
      description:
        'What its lines add up to; null where it has none. Above `order_total` they were reduced in ' +
        'proportion, below it the rest is paid without a category.',
    }),
  },
  { title: 'LedgerEntry' },
)

const instant = (description: string) =>
  Type.Optional(
    Type.String({ minLength: 1, maxLength: 64, [DESCRIBED_FORMAT]: 'date-time', description }),
  )

const listFilters = {
  start: instant('RFC 3339; inclusive.'),
  end: instant('RFC 3339; exclusive.'),
  time_field: Type.Optional(
    Type.Enum(['created_date', 'modified_date', 'attribution_date'], {
      description:
        'What `start`, `end` and the order are about; `created_date` unless given. By ' +
        '`modified_date` the list begins with the oldest change, otherwise with the newest. By ' +
        '`modified_date` and by `created_date` what is added is never before what was listed ' +
        'already: to follow a list, begin at the last date that you saw. By `attribution_date` it ' +
        'cannot be followed: an order may be reported weeks after its click.',
    }),
  ),
  country: Type.Optional(
    Type.String({ pattern: '^[A-Za-z]{2}$', description: 'ISO 3166 alpha-2, in either case.' }),
  ),
  currency: Type.Optional(
    Type.String({ pattern: '^[A-Za-z]{3}$', description: 'ISO 4217, in either case.' }),
  ),
  status: Type.Optional(Type.Enum([...TRANSACTION_STATUSES])),
  segment: Type.Optional(
    Type.Enum([...PAID_SEGMENTS], {
      description: 'What the order is paid as; `none` where the merchant told no segments.',
    }),
  ),
  merchant_id: Type.Optional(
    Type.String({ maxLength: 64, description: 'For publishers: only what this merchant owes.' }),
  ),
  publisher_id: Type.Optional(
    Type.String({ maxLength: 64, description: 'For merchants: only what is owed to this one.' }),
  ),
  customer_id: Type.Optional(
    Type.String({
      maxLength: 255,
      description: 'For publishers: only of this customer, your own id.',
    }),
  ),
}

export const TransactionListQuery = Type.Object({ ...pageQuery, ...listFilters }, closed)

export const TransactionSumsQuery = Type.Object(listFilters, closed)

export const TransactionSumsAnswer = Type.Object(
  {
    sums: Type.Array(
      Type.Object(
        {
          currency: Type.String(),
          status: OneOf(TRANSACTION_STATUSES),
          segment: NullableOneOf(SEGMENT_NAMES, 'Null where the merchant told no segments.'),
          transactions: Type.Integer({ description: 'How many.' }),
          amount: amount(`What they owe together, ${SMALLEST}.`),
        },
        { title: 'TransactionSum' },
      ),
    ),
    looked_from_date: nullableDate(
      'Null where all is in the sums. Else there are more than can be added up at once: only those from this ' +
        'time on are in them; choose a shorter time.',
    ),
  },
  { title: 'TransactionSums' },
)

export const TransactionPath = Type.Object({ id: Type.String() })
export const AccountPath = Type.Object({ account: Type.String() })
