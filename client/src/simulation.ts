import type { Segment } from './customer.ts'
import type { RateFields } from './rate.ts'

/** Rates that are tried out, and on which orders. */
export interface SimulationFields {
  /** 1 to 200, no two of them about the same. */
  rates: RateFields[]
  /** Only orders that this publisher sent. */
  publisher_id?: string | null | undefined
  /** RFC 3339, inclusive: only orders purchased from then on. */
  start_date?: string | null | undefined
  /** RFC 3339, exclusive: only orders purchased before. */
  end_date?: string | null | undefined
}

/** Sums over orders, in the currency's smallest unit. */
export interface SimulationSums {
  orders: number
  order_total: number
  /** What they would have cost. */
  cost: number
  /** What they cost. */
  actual_cost: number
}

/** The sums in one currency. */
export interface SimulatedCurrency extends SimulationSums {
  /** ISO 4217. */
  currency: string
  /** By the segment that each order is paid as. */
  segments: (SimulationSums & { segment: Segment['name'] })[]
  publishers: (SimulationSums & { publisher_id: string; name: string })[]
  /**
   * Publishers with fewer than 50 customers among the orders, and how many they are; null when there
   * are none.
   */
  other_publishers: (SimulationSums & { publishers: number }) | null
}

/** What orders would have cost. Each keeps the verdict it was given. */
export interface Simulation {
  currencies: SimulatedCurrency[]
  /** The period as it was given. */
  start_date: string | null
  end_date: string | null
}
