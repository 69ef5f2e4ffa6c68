import { Type } from 'typebox'
import type { TSchema } from 'typebox'
import { NullableString, pageQuery } from '../../http/envelope.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([Type.Null(), schema])
const amount = (description: string) => Type.Integer({ description })
const SMALLEST = "in the currency's smallest unit"

export const AccountAnswer = Type.Object({
  id: Type.String(),
  name: Type.String(),
  currency: Type.String(),
  organization: Type.String({ description: 'Your id.' }),
})

export const PublisherVerdictAnswer = Nullable(
  Type.Object(
    {
      segment: Type.String({ description: '`new` or `active`: what the order is paid as.' }),
      judged: Type.String({
        description: '`new` or `active`: what held before the order, as the network judged.',
      }),
      policy: Type.String({
        description:
          "Who decides what is paid, the merchant's choice: `network`, `merchant` or " +
          '`both_must_agree`.',
      }),
      decided_by: Type.String({ description: '`network`, `merchant` or `quote`.' }),
      judged_date: Type.String({ description: 'YYYY-MM-DD.' }),
      evidence: Nullable(
        Type.Object(
          {
            source: Type.String({ description: '`order`.' }),
            known_date: Type.String({
              description: 'YYYY-MM-DD: the day on which an earlier purchase became known.',
            }),
          },
          { description: 'Why it was judged `active`; null for `new`.' },
        ),
      ),
      quote: Nullable(
        Type.Object(
          {
            outcome: Type.String({
              description: '`kept`, `not-needed`, `expired`, `known-before` or `used-before`.',
            }),
          },
          { description: 'What became of the quote that the link was made with.' },
        ),
      ),
    },
    { description: 'Null where the merchant told no segments when the order came.' },
  ),
)

const LineItem = Type.Object({
  identifier: Type.String(),
  total: amount('The whole line.'),
  amount: amount('The unit price; truncated where only the whole line was reported.'),
  quantity: Type.Integer(),
  publisher_commission: amount(`What the line pays you, ${SMALLEST}.`),
  commission_base: amount(
    "What of the order's total the line pays you on. Less than `total` where the lines add up to more " +
      'than the order costs: a refund or a discount of the whole order.',
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
  attributes: Type.Record(Type.String(), Type.String()),
})

export const TransactionAnswer = Type.Object({
  id: Type.String(),
  status: Type.String({ description: '`pending`, `validated` or `declined`.' }),
  category: Type.String({ description: '`new-user-order`, always.' }),
  created_date: Type.String(),
  modified_date: Type.String(),
  validated_date: NullableString,
  attribution_date: Type.String({ description: 'When the link was followed.' }),
  event_date: Type.String({ description: 'When the order was reported.' }),
  order_purchased_date: Type.String(),
  amount: amount(`What you are owed, ${SMALLEST}: the lines' commissions together.`),
  currency: Type.String(),
  order_total: Type.Integer(),
  order_currency: Type.String(),
  order_line_items: Type.Array(LineItem),
  order_click_channel: NullableString,
  btn_ref: Type.String(),
  pub_ref: NullableString,
  button_id: Type.String({ description: '`static`, always.' }),
  button_order_id: Type.String(),
  order_id: Type.Null({ description: "The merchant's own number is not told." }),
  customer_order_id: NullableString,
  account_id: Type.String(),
  rate_card_id: NullableString,
  campaign_id: Type.Null(),
  publisher_organization: Type.String(),
  publisher_organization_name: Type.String(),
  commerce_organization: Type.String(),
  commerce_organization_name: Type.String(),
  publisher_customer_id: NullableString,
  advertising_id: Type.Null({ description: "The merchant's customer is not told." }),
  country: NullableString,
  customer_segment: Nullable(
    Type.Object(
      { id: Type.String(), name: Type.String() },
      { description: 'What the order is paid as; null where the merchant told no segments.' },
    ),
  ),
  verdict: PublisherVerdictAnswer,
})

export const EntryAnswer = Type.Object({
  number: Type.Integer({ description: 'From 1, without gaps.' }),
  date: Type.String(),
  amount: amount('What was added; negative where it was taken back.'),
  balance: amount("The transaction's amount after it."),
  cause: Type.String({ description: '`order`, `order-updated` or `order-deleted`.' }),
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
})

const instant = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 64, description }))

export const TransactionQuery = Type.Object(
  {
    ...pageQuery,
    start: instant('RFC 3339; inclusive.'),
    end: instant('RFC 3339; exclusive.'),
    time_field: Type.Optional(
      Type.Enum(['created_date', 'modified_date', 'attribution_date'], {
        description:
          'What `start`, `end` and the order are about; `created_date` unless given. By ' +
          '`modified_date` the list begins with the oldest change, otherwise with the newest. A ' +
          'change shows up as it is committed, moments after its date: whoever reads on later ' +
          'begins a minute before the last.',
      }),
    ),
    country: Type.Optional(
      Type.String({ pattern: '^[A-Za-z]{2}$', description: 'ISO 3166 alpha-2, in either case.' }),
    ),
  },
  { additionalProperties: false },
)

export const LedgerQuery = Type.Object({ ...pageQuery }, { additionalProperties: false })
export const TransactionPath = Type.Object({ id: Type.String() })
export const AccountPath = Type.Object({ account: Type.String() })
