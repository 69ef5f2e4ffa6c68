/** What an event says that happened. More types come with transactions. */
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
