import type { Rate } from './rate.ts'

/** A rate card as it is in force from an instant on; never changed once it is written. */
export interface RateCardVersion {
  /** `ratecard-…` */
  card: string
  version: number
  /** The merchant's number. */
  merchant: number
  /** The number of the publisher it is for; null: for all. */
  publisher: number | null
  name: string
  start: Date
  /** Null: until the next version. */
  end: Date | null
  rates: Rate[]
  createdAt: Date
}
