import { Type } from 'typebox'
import type { TProperties } from 'typebox'
import { TransactionAnswer } from '../commissions/transactions/transaction-schema.ts'
import { SegmentAnswer } from '../customers/customer-answer.ts'
import { CAUSES } from '../events/event.ts'
import { ErrorAnswer } from '../http/envelope.ts'
import { date, NullableInteger, NullableString, OneOf } from '../http/schema.ts'

/** What events look like at their receivers: what `webhooks/dispatch/render.ts` makes. */

const event = (title: string, types: readonly string[], members: TProperties) =>
  Type.Object(
    {
      id: Type.String({ description: '`hook-…`, the same on every attempt: tell repeats by it.' }),
      request_id: Type.String({ description: '`attempt-…`: the request that carries it.' }),
      event_type: OneOf(types),
      test: Type.Optional(
        Type.Literal(true, { description: 'Made up: somebody asked for a test event.' }),
      ),
      replay_id: Type.Optional(Type.String({ description: '`replay-…`: it is sent once more.' })),
      ...members,
    },
    { title },
  )

const change = {
  type: OneOf(['segment-change']),
  customer_id: Type.String({ description: "The receiver's own id of the customer." }),
  segments: Type.Object(
    { previous: Type.Array(SegmentAnswer), current: Type.Array(SegmentAnswer) },
    { description: 'Before and after, at the one merchant where it changed.' },
  ),
  timestamp: date(),
  sequence: Type.Integer({ description: 'Grows by one with each change of this customer.' }),
  cause: OneOf(CAUSES),
}

const SegmentChangeEvent = event('SegmentChangeEvent', ['segment-change'], {
  ...change,
  data: Type.Object(change, { title: 'SegmentChange' }),
})

const TRANSACTION_TYPES = ['tx-pending', 'tx-validated', 'tx-declined'] as const

const TransactionEvent = event('TransactionEvent', TRANSACTION_TYPES, {
  type: OneOf(TRANSACTION_TYPES),
  timestamp: date(),
  data: TransactionAnswer,
})

const EndpointPausedEvent = event('EndpointPausedEvent', ['endpoint-paused'], {
  type: OneOf(['endpoint-paused']),
  timestamp: date(),
  sequence: Type.Integer({ description: 'Grows by one each time that endpoint pauses itself.' }),
  data: Type.Object(
    {
      endpoint_id: Type.String(),
      url: NullableString,
      reason: OneOf(['failures', 'gone']),
      failing: NullableInteger,
      attempted: NullableInteger,
      status: NullableInteger,
      error: NullableString,
      paused_date: date(),
    },
    { title: 'EndpointPaused' },
  ),
})

const PingEvent = event('PingEvent', ['ping'], {
  type: OneOf(['ping']),
  timestamp: date(),
  data: Type.Object({ message: Type.String(), endpoint_id: Type.String() }),
})

/** The name of what `GET /v1/events` lists, and of what is in a batch. */
export const SINGLE_EVENT = 'SingleEvent'

export const singleEvents = [SegmentChangeEvent, TransactionEvent, EndpointPausedEvent, PingEvent]

export const schemaOfType = {
  'segment-change': SegmentChangeEvent,
  'tx-pending': TransactionEvent,
  'tx-validated': TransactionEvent,
  'tx-declined': TransactionEvent,
  'endpoint-paused': EndpointPausedEvent,
} as const

/** What comes in place of single events to an endpoint with a `batch_size`. */
export const BatchEvent = Type.Object(
  {
    id: Type.String({ description: '`batch-…`' }),
    request_id: Type.String(),
    event_type: OneOf(['batch']),
    events: Type.Array(Type.Object({}, { title: SINGLE_EVENT })),
  },
  { title: 'BatchEvent' },
)

export { ErrorAnswer }
