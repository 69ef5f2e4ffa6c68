import { Type } from 'typebox'
import type { Static } from 'typebox'
import {
  closed,
  date,
  nullableGivenDate,
  NullableInteger,
  NullableString,
  OneOf,
} from '../http/schema.ts'

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
  { ...closed, title: 'OrderCustomer' },
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
      Type.Unsafe<string[] | null>({
        type: ['array', 'null'],
        items: { type: 'string', maxLength: 255 },
        maxItems: 20,
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
  { ...closed, title: 'LineItem' },
)

const members = {
  total: amount('The commissionable total, ≥ 0, in the smallest unit of the currency.'),
  total_as_decimal: Type.Optional(
    Type.Unsafe<boolean | null>({
      type: ['boolean', 'null'],
      description: 'All amounts of this call are decimals in major units.',
    }),
  ),
  currency: Type.String({ minLength: 3, maxLength: 3, description: 'ISO 4217.' }),
  purchase_date: nullableGivenDate('ISO 8601; now when absent.'),
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
    Type.Unsafe<Static<typeof LineItem>[] | null>({
      ...Type.Array(LineItem, { maxItems: 1_000 }),
      type: ['array', 'null'],
    }),
  ),
}

const OrderId = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: '^[\\x20-\\x7E]+$',
  description: "The merchant's own, unique; must not start with `btnorder-`.",
})

export const OrderBody = Type.Object(
  { order_id: OrderId, ...members },
  { ...closed, title: 'OrderReport' },
)
export type OrderBody = Static<typeof OrderBody>

export const OrderChangeBody = Type.Partial(Type.Object({ order_id: OrderId, ...members }), {
  ...closed,
  title: 'OrderChange',
  description: 'Members that are absent stay as they are.',
})
export type OrderChangeBody = Static<typeof OrderChangeBody>

/** What a line carries beside what is asked for, as it was given. */
export const AttributesAnswer = Type.Unsafe<LineAttributes>({
  type: 'object',
  additionalProperties: { type: ['string', 'number', 'boolean', 'null'] },
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
          amount: NullableInteger,
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
