import { Type } from 'typebox'
import type { Static } from 'typebox'
import { closed, date, givenDate, NullableOneOf, OneOf } from '../../http/schema.ts'
import { SUBSCRIBABLE_TYPES } from '../../events/event.ts'
import type { SubscribableType } from '../../events/event.ts'
import { replayStatus } from '../../events/replay.ts'
import type { ReplayProgress } from '../../events/replay.ts'

const ENDS = ['acknowledged', 'refused', 'expired'] as const

export const NewReplayBody = Type.Object(
  {
    start_date: givenDate('ISO 8601: events that happened from then on.'),
    end_date: givenDate('ISO 8601: events that happened before.'),
    state: Type.Optional(
      Type.Enum([...ENDS], {
        description: 'Only events of which the deliveries to this webhook have come to this end.',
      }),
    ),
    event_types: Type.Optional(
      Type.Array(Type.Enum([...SUBSCRIBABLE_TYPES]), {
        minItems: 1,
        uniqueItems: true,
        description: 'Some of those that the webhook subscribes to; all unless given.',
      }),
    ),
    customer_id: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description: "Only changes of this customer's segments.",
      }),
    ),
  },
  { ...closed, title: 'ReplayFields' },
)

export const ReplayPath = Type.Object({ webhook: Type.String(), replay: Type.String() })
export const DeliveryPath = Type.Object({ webhook: Type.String(), event: Type.String() })

export const ReplayAnswer = Type.Object(
  {
    id: Type.String(),
    webhook_id: Type.String(),
    event_id: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'Of a replay of one event: which.',
    }),
    start_date: date(),
    end_date: date(),
    state: NullableOneOf(ENDS),
    event_types: Type.Unsafe<SubscribableType[] | null>({
      type: ['array', 'null'],
      items: { type: 'string', enum: [...SUBSCRIBABLE_TYPES] },
    }),
    customer_id: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: 'Null as well once the customer is erased.',
    }),
    status: OneOf(['gathering', 'sending', 'finished', 'cancelled']),
    events: Type.Integer({ description: 'How many events came into line so far.' }),
    waiting: Type.Integer({ description: 'How many of them are still to be sent.' }),
    created_date: date(),
  },
  { title: 'Replay' },
)

export interface ShownReplay {
  replay: ReplayProgress
  webhookId: string
  customerId: string | null
}

export function replayToWire({
  replay,
  webhookId,
  customerId,
}: ShownReplay): Static<typeof ReplayAnswer> {
  return {
    id: replay.id,
    webhook_id: webhookId,
    event_id: replay.event,
    start_date: replay.start_at.toISOString(),
    end_date: replay.end_at.toISOString(),
    state: replay.state,
    event_types: replay.event_types,
    customer_id: customerId,
    status: replayStatus(replay),
    events: replay.events,
    waiting: replay.waiting,
    created_date: replay.created_at.toISOString(),
  }
}
