/** What happens to a transaction: it came to be or changed, became final, or was taken back. */
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
 * What an event says that happened. A ping goes to the one endpoint it was asked for, and so does a test
 * event, which looks as one of its type would; a quiet change of segment goes to nobody, since its
 * organization asked so: it is a link in the chain all the same.
 */
export type EventType = SubscribableType | 'segment-change-quiet' | 'ping' | TestType
export type TestType = `test-${SubscribableType}`

/** Why a segment changed. */
export const CAUSES = ['order', 'order-deleted', 'import', 'customer', 'erasure'] as const
export type Cause = (typeof CAUSES)[number]

/** What happens to millions at once, and must not hold up what happens to one. */
export const BULK_CAUSE: Cause = 'import'

/** The type that a test event looks like; undefined for an event that happened. */
export function testedType(type: EventType): SubscribableType | undefined {
  return SUBSCRIBABLE_TYPES.find((each) => type === `test-${each}`)
}

/** A fact that happened to a subject (a customer, a transaction or an endpoint), as it is appended to its log. */
export interface NewEvent {
  /** `hook-…`, the same on every attempt to deliver it. */
  id: string
  /** The key of what it happened to; for a ping or a test a random uuid of its own. */
  subject: string
  /** Counted by the subject itself, from 1, without gaps, under the lock of the subject's row. */
  sequence: number
  at: Date
  /** The number of the organization that is told. */
  organization: number
  type: EventType
  /** The number of the merchant whose segment changed, or who owes the transaction. */
  merchant: number | null
  /** These four are a segment change's alone. */
  previous: string | null
  current: string | null
  cause: string | null
  /** Which uninterrupted stretch of seeing that merchant's segments the change belongs to. */
  period: number | null
  /** What a transaction or an endpoint was when it happened: see `encryptPayload`. Else null. */
  blob: Uint8Array | null
}

/**
 * By how much the clocks of two of our processes may differ. Events are looked for by their time,
 * so that few partitions are opened; the search begins and ends this much wider.
 */
export const CLOCK_SKEW_MS = 3_600_000
