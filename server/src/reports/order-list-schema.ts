import { Type } from 'typebox'
import { closed, date, givenDate, NullableString, OneOf, pageQuery } from '../http/schema.ts'
import { SEGMENT_NAMES, VERDICT_POLICIES } from '../organizations/organization.ts'
import { CLAIMS } from '../orders/order-list-store.ts'
import { DECIDERS, DECIDERS_TOLD } from '../orders/verdict-schema.ts'

const STATUSES = ['open', 'finalized', 'deleted'] as const

export const OrderListQuery = Type.Object(
  {
    ...pageQuery,
    start: Type.Optional(givenDate('ISO 8601; inclusive. When the order was accepted.')),
    end: Type.Optional(givenDate('ISO 8601; exclusive, of the same.')),
    status: Type.Optional(Type.Enum([...STATUSES])),
    publisher_id: Type.Optional(
      Type.String({ maxLength: 64, description: 'Only orders that owe this publisher, or did.' }),
    ),
    segment: Type.Optional(
      Type.Enum([...SEGMENT_NAMES], { description: 'What the order is paid as.' }),
    ),
    judged: Type.Optional(
      Type.Enum([...SEGMENT_NAMES], {
        description: 'What held before the order, as the network judged.',
      }),
    ),
    claimed: Type.Optional(
      Type.Enum([...CLAIMS], { description: 'What you said of the customer; `none`: nothing.' }),
    ),
    customer_id: Type.Optional(
      Type.String({ maxLength: 255, description: 'Only orders of this customer, your own id.' }),
    ),
  },
  closed,
)

export const ListedOrderAnswer = Type.Object(
  {
    button_order_id: Type.String({ description: '`btnorder-…`' }),
    order_id: Type.String({ description: 'Your own.' }),
    total: Type.Integer({ description: "In the currency's smallest unit." }),
    currency: Type.String(),
    status: OneOf(STATUSES),
    is_test: Type.Boolean({ description: 'A test order moves nobody and pays nothing.' }),
    customer_id: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'Your own id; null for a guest, and once the customer is erased.',
    }),
    publisher_id: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'Whom it owes a commission, or owed last; null where it came from nobody.',
    }),
    transaction_id: NullableString,
    segment: OneOf(SEGMENT_NAMES, 'What the order is paid as.'),
    judged: OneOf(SEGMENT_NAMES, 'What held before the order, as the network judged.'),
    claimed_new: Type.Unsafe<boolean | null>({
      type: ['boolean', 'null'],
      description: 'What you said: whether its customer was new. Null: nothing.',
    }),
    policy: OneOf(VERDICT_POLICIES),
    decided_by: OneOf(DECIDERS, DECIDERS_TOLD),
    purchase_date: date(),
    finalization_date: date(),
    created_date: date('When it was accepted.'),
    modified_date: date(),
  },
  { title: 'ListedOrder' },
)
