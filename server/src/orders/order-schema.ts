import { Type } from 'typebox'
import type { Static } from 'typebox'
import { date, nullableGivenDate, NullableString, OneOf } from '../http/schema.ts'

type LineAttributes = Record<string, string | number | boolean | null>

const text = (maxLength: number, description?: string) =>
  Type.Optional(
    Type.Unsafe<string | null>({
      type: ['string', 'null'],
      maxLength,
      ...(description === undefined ? {} : { description }),
    }),
  )
/** Where an order was placed. */
export const ORDER_CHANNELS = ['app', 'webview'] as const

const amount = (description: string) =>
  Type.Unsafe<number | string>({ type: ['number', 'string'], maxLength: 32, description })

const isNew = Type.Optional(Type.Unsafe<boolean | null>({ type: ['boolean', 'null'] }))

const CustomerMember = Type.Object(
  {
    id: text(255, "The merchant's own id of the customer."),
    email_sha256: text(1024, 'SHA-256 of the trimmed, lower-cased e-mail address.'),
    emails_sha256: Type.Optional(
      Type.Unsafe<string[] | null>({
        type: ['array', 'null'],
        items: { type: 'string' },
        maxItems: 10,
      }),
    ),
    device_id: text(255, 'IDFA or Android advertising id.'),
    is_new: isNew,
    is_new_user: isNew,
  },
  { title: 'OrderCustomer' },
)

const LineItem = Type.Object(
  {
    identifier: Type.String({ minLength: 1, maxLength: 255, description: 'Unique in the order.' }),
    total: Type.Optional(amount('The whole line. The unit price times quantity when absent.')),
    amount: Type.Optional(amount('The unit price.')),
    quantity: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000, default: 1 })),
    description: text(4_096),
    sku: text(255),
    upc: text(255),
    gtin: text(255),
    category: Type.Optional(
      Type.Unsafe<string[] | string | null>({
        type: ['array', 'string', 'null'],
        items: { type: 'string', maxLength: 255 },
        maxItems: 20,
        maxLength: 255,
        description: 'From the widest to the narrowest; one alone may be a string.',
      }),
    ),
    attributes: Type.Optional(
      Type.Unsafe<LineAttributes | null>({
        type: ['object', 'null'],
        additionalProperties: { type: ['string', 'number', 'boolean', 'null'], maxLength: 1_024 },
        maxProperties: 50,
      }),
    ),
  },
  { title: 'LineItem' },
)

export type LineItemBody = Static<typeof LineItem>

const members = {
  total: amount(
    'The commissionable total, ≥ 0, in the smallest unit of the currency by ISO 4217. Nobody is paid on ' +
      'more: where `line_items` add up to more, each is paid on its part of the total, in proportion; ' +
      'where they add up to less, the rest is paid like a line without a category. A total of 0 pays ' +
      'nothing.',
  ),
  total_as_decimal: Type.Optional(
    Type.Unsafe<boolean | null>({
      type: ['boolean', 'null'],
      description: 'All amounts of this call are decimals in major units.',
    }),
  ),
  currency: Type.String({
    minLength: 3,
    maxLength: 3,
    description:
      "A currency of ISO 4217's list one; no fund, metal or test. A change of it needs `total` and, if " +
      'there are any, new `line_items`.',
  }),
  purchase_date: nullableGivenDate(
    'ISO 8601; now when absent. Of a day alone, its end counts for what rates are in force.',
  ),
  finalization_date: nullableGivenDate(
    "ISO 8601; the merchant's finalization days from now when absent.",
  ),
  btn_ref: text(255, 'The attribution token. `fakesrctok-` and 16 hex digits mark a test order.'),
  customer: Type.Optional(Type.Union([CustomerMember, Type.Null()])),
  customer_order_id: text(255),
  advertising_id: text(255),
  country: text(2, 'Where it was ordered, ISO 3166 alpha-2; shown in the transaction.'),
  partner_order_channel: Type.Optional(
    Type.Unsafe<'app' | 'webview' | null>({ enum: [...ORDER_CHANNELS, null] }),
  ),
  line_items: Type.Optional(
    Type.Unsafe<LineItemBody[] | Record<string, never> | null>({
      ...Type.Array(LineItem, { maxItems: 1_000 }),
      type: ['array', 'object', 'null'],
      maxProperties: 0,
      description: 'An empty object means none, as some languages write an empty list.',
    }),
  ),
}

const OrderId = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: '^[\\x20-\\x7E]+$',
  description: "The merchant's own, unique; must not start with `btnorder-`.",
})

// A thousand lines with all that they may say have to fit.
export const ORDER_BODY_LIMIT = 512 * 1024

export const OrderBody = Type.Object({ order_id: OrderId, ...members }, { title: 'OrderReport' })
export type OrderBody = Static<typeof OrderBody>

export const OrderChangeBody = Type.Partial(Type.Object({ order_id: OrderId, ...members }), {
  title: 'OrderChange',
  description: 'Members that are absent stay as they are.',
})
export type OrderChangeBody = Static<typeof OrderChangeBody>

/** What a line carries beside what is asked for, as text. */
export const AttributesAnswer = Type.Unsafe<Record<string, string>>({
  type: 'object',
  additionalProperties: { type: 'string' },
})

export const OrderAnswer = Type.Object(
  {
    button_order_id: Type.String(),
    order_id: Type.String(),
    total: Type.Integer(),
    currency: Type.String(),
    btn_ref: NullableString,
    session_id: Type.Null(),
    ifa: NullableString,
    line_items: Type.Array(
      Type.Object(
        {
          identifier: Type.String(),
          total: Type.Integer(),
          amount: Type.Integer({ description: 'Truncated where no unit price was reported.' }),
          quantity: Type.Integer(),
          description: NullableString,
          sku: NullableString,
          upc: NullableString,
          gtin: NullableString,
          category: Type.Array(Type.String()),
          attributes: AttributesAnswer,
        },
        { title: 'RecordedLineItem' },
      ),
    ),
    customer_order_id: NullableString,
    status: OneOf(['open', 'finalized', 'deleted']),
    purchase_date: date(),
    finalization_date: date(),
    created_date: date(),
    modified_date: date(),
  },
  { title: 'Order' },
)
