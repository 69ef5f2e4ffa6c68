import { Type } from 'typebox'
import type { Static } from 'typebox'
import {
  date,
  givenDate,
  nullableDate,
  NullableInteger,
  NullableString,
  OneOf,
  pageQuery,
} from '../../http/schema.ts'
import { SUBSCRIBABLE_TYPES, testedType } from '../../events/event.ts'
import type { EventType } from '../../events/event.ts'
import { idPattern } from '../../kernel/id.ts'
import { idOfKey } from '../../kernel/key.ts'
import { kindOf } from '../attempts/subject.ts'
import type { Delivery } from './list-deliveries.ts'

const STATES = ['waiting', 'acknowledged', 'refused', 'expired'] as const

export const DeliveriesQuery = Type.Object(
  {
    ...pageQuery,
    event_id: Type.Optional(Type.String({ pattern: idPattern('hook').source })),
    start_date: Type.Optional(givenDate('ISO 8601: events that happened then or later.')),
    end_date: Type.Optional(givenDate('ISO 8601: events from before then.')),
    state: Type.Optional(Type.Enum([...STATES])),
    customer_id: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    transaction_id: Type.Optional(Type.String({ pattern: idPattern('tx').source })),
    event_type: Type.Optional(Type.Enum([...SUBSCRIBABLE_TYPES, 'ping'])),
  },
  { additionalProperties: false },
)

export const DeliveryAnswer = Type.Object(
  {
    event_id: Type.String(),
    event_type: Type.Unsafe<EventType>(OneOf([...SUBSCRIBABLE_TYPES, 'ping'])),
    test: Type.Boolean({ description: 'Made up: somebody asked for a test event.' }),
    customer_id: NullableString,
    transaction_id: NullableString,
    state: OneOf(STATES),
    attempts: Type.Array(
      Type.Object(
        {
          request_id: Type.String(),
          at: date(),
          status: NullableInteger,
          error: NullableString,
          duration_ms: Type.Integer(),
          answer: Type.Unsafe<string | null>({
            type: ['string', 'null'],
            description: "How the answer's body begins.",
          }),
          replay_id: NullableString,
        },
        { title: 'Attempt' },
      ),
    ),
    next_attempt_at: nullableDate(),
    created_date: date(),
  },
  { title: 'Delivery' },
)

export function deliveryToWire(delivery: Delivery): Static<typeof DeliveryAnswer> {
  const tested = testedType(delivery.type)
  const isOfTransaction = kindOf(delivery.type) === 'transaction'
  return {
    event_id: delivery.id,
    event_type: tested ?? delivery.type,
    test: tested !== undefined,
    customer_id: delivery.customerId,
    transaction_id: isOfTransaction ? idOfKey('tx', delivery.subject) : null,
    state: delivery.state,
    attempts: delivery.attempts.map(({ id, at, status, error, duration_ms, answer, replay }) => {
      const result = { status, error, duration_ms, answer, replay_id: replay }
      return { request_id: id, at: at.toISOString(), ...result }
    }),
    next_attempt_at: delivery.next_attempt_at?.toISOString() ?? null,
    created_date: delivery.at.toISOString(),
  }
}
