import type { Segment, SegmentChangeCause } from './customer.ts'
import type { Transaction } from './transaction.ts'

/** What all events have in common. */
interface EventEnvelope {
  /** The event's id, `hook-…`, the same on every attempt: what to tell repeats by. */
  id: string
  /** The attempt's id, `attempt-…`. */
  request_id: string
  /** `replay-…`, where it is sent once more: it may be one that you have seen, under the same `id`. */
  replay_id?: string
  /** True for an event that was made up, because somebody asked for it with `webhooks.ping`. */
  test?: true
}

/** A customer's move between the segments of one merchant. */
export interface SegmentChange {
  type: 'segment-change'
  /** The receiver's own id of the customer. */
  customer_id: string
  /** Before and after, of the one merchant that changed. */
  segments: { previous: Segment[]; current: Segment[] }
  /** RFC 3339, UTC, milliseconds. */
  timestamp: string
  /** Grows by one with each change of this customer. */
  sequence: number
  cause: SegmentChangeCause
}

/** A segment change as delivered: its members stand at the top and once more under `data`. */
export interface SegmentChangeEvent extends EventEnvelope, SegmentChange {
  event_type: 'segment-change'
  data: SegmentChange
}

/** What `webhooks.ping` sends unless it is asked for a type. */
export interface PingEvent extends EventEnvelope {
  event_type: 'ping'
  type: 'ping'
  timestamp: string
  data: { message: string; endpoint_id: string }
}

/**
 * A transaction that came to be or changed while it was pending, became final, or was declined. What
 * comes is the transaction as it was then.
 */
export type TransactionEvent =
  | TransactionEventOf<'tx-pending', 'pending'>
  | TransactionEventOf<'tx-validated', 'validated'>
  | TransactionEventOf<'tx-declined', 'declined'>

interface TransactionEventOf<
  Type extends string,
  Status extends Transaction['status'],
> extends EventEnvelope {
  event_type: Type
  /** The same as `event_type`, as Standard Webhooks names it. */
  type: Type
  /** When it happened; RFC 3339. */
  timestamp: string
  data: Transaction & { status: Status }
}

/** Another endpoint of yours was paused, since it failed too often or answered 410. */
export interface EndpointPaused {
  endpoint_id: string
  /** Null where the server cannot read it any more. */
  url: string | null
  reason: 'failures' | 'gone' | (string & {})
  /** How many customers and transactions had failing events, of how many; null where it is gone. */
  failing: number | null
  attempted: number | null
  /** What the last failure was: the status answered, or what went wrong. */
  status: number | null
  error: string | null
  paused_date: string
}

export interface EndpointPausedEvent extends EventEnvelope {
  event_type: 'endpoint-paused'
  type: 'endpoint-paused'
  timestamp: string
  /** Grows by one each time that endpoint pauses itself. */
  sequence: number
  data: EndpointPaused
}

/** Anything that happened, or a ping. */
export type SingleEvent = SegmentChangeEvent | PingEvent | TransactionEvent | EndpointPausedEvent

/** Several events in one request, for an endpoint with a `batch_size`: take them in their order. */
export interface BatchEvent {
  /** `batch-…` */
  id: string
  request_id: string
  event_type: 'batch'
  events: SingleEvent[]
}

/**
 * What an endpoint receives, told apart by `event_type`. A newer server may send types that are not
 * listed here: acknowledge what you don't know, or the events behind it wait.
 */
export type WebhookEvent = SingleEvent | BatchEvent

export type EventType = SingleEvent['event_type']

/** What an endpoint can ask for. A ping comes to any. */
export type SubscribableType = Exclude<EventType, 'ping'>
