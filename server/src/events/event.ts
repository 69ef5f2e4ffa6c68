/** What an endpoint can subscribe to. */
export const SUBSCRIBABLE_TYPES = [
  'segment-change',
  'tx-pending',
  'tx-validated',
  'tx-declined',
] as const
export type SubscribableType = (typeof SUBSCRIBABLE_TYPES)[number]

/** What an event says that happened. A ping goes to the one endpoint it was asked for. */
export type EventType = 'segment-change' | 'ping'

/** A fact that happened to a subject (a customer), as it is appended to that subject's log. */
export interface NewEvent {
  /** `hook-…`, the same on every attempt to deliver it. */
  id: string
  /** The key of the customer; for a ping a random uuid of its own. */
  subject: string
  /** Counted by the subject itself, from 1, without gaps, under the lock of the subject's row. */
  sequence: number
  at: Date
  /** The number of the organization that is told. */
  organization: number
  type: EventType
  /** The number of the merchant whose segment changed. */
  merchant: number | null
  previous: string | null
  current: string | null
  cause: string | null
  /** Which uninterrupted stretch of seeing that merchant's segments the change belongs to. */
  period: number | null
}

/**
 * By how much the clocks of two of our processes may differ. Events are looked for by their time,
 * so that few partitions are opened; the search begins and ends this much wider.
 */
export const CLOCK_SKEW_MS = 3_600_000
