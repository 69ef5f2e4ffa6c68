import { HOUR_MS } from '../kernel/durations.ts'

/** A transaction was created or changed, became final, or was taken back. */
const TRANSACTION_TYPES = ['tx-pending', 'tx-validated', 'tx-declined'] as const
export type TransactionEventType = (typeof TRANSACTION_TYPES)[number]

/** What an endpoint can subscribe to. */
export const SUBSCRIBABLE_TYPES = [
  'segment-change',
  ...TRANSACTION_TYPES,
  'endpoint-paused',
] as const
export type SubscribableType = (typeof SUBSCRIBABLE_TYPES)[number]

/**
 * The type of an event. A ping goes to one endpoint only, and so does a test event, which looks like an
 * event of its type. A quiet change of segment goes to nobody, at the organization's wish; it is
 * logged all the same, so that the sequence has no gap.
 */
export type EventType = SubscribableType | 'segment-change-quiet' | 'ping' | TestType
export type TestType = `test-${SubscribableType}`

/** Why a segment changed. */
export const CAUSES = ['order', 'order-deleted', 'import', 'customer', 'erasure'] as const
export type Cause = (typeof CAUSES)[number]

/** The cause of bulk events: millions at once, which must not hold up live ones. */
export const BULK_CAUSE: Cause = 'import'

/** The type that a test event looks like; undefined for a real event. */
export function testedType(type: EventType): SubscribableType | undefined {
  return SUBSCRIBABLE_TYPES.find((each) => type === `test-${each}`)
}

/** An event of a subject (a customer, a transaction or an endpoint), as it is appended to the subject's log. */
export interface NewEvent {
  /** `hook-…`, the same on every attempt to deliver it. */
  id: string
  /** The key of the subject; for a ping or a test a random uuid. */
  subject: string
  /** Counts the subject's events from 1, without gaps, under the lock of the subject's row. */
  sequence: number
  at: Date
  /** The number of the organization whose endpoints get the event. */
  organization: number
  type: EventType
  /** The number of the merchant whose segment changed, or who owes the transaction. */
  merchant: number | null
  /** These four are a segment change's alone. */
  previous: string | null
  current: string | null
  cause: string | null
  /** The uninterrupted period of seeing that merchant's segments to which the change belongs. */
  period: number | null
  /** Encrypted: the transaction or the endpoint as it was; see `encryptPayload`. Null for other types. */
  blob: Uint8Array | null
}

/**
 * By how much the clocks of two of our processes may differ. Events are looked for by their time,
 * so that few partitions are opened; the search begins and ends this much wider.
 */
export const CLOCK_SKEW_MS = HOUR_MS
