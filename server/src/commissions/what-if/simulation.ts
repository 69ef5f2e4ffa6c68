import { FEWEST_PEOPLE, isAboveFloor } from '../../customers/privacy-floor.ts'
import type { SegmentName } from '../../organizations/organization.ts'

/** What orders would have cost under a draft, beside what they cost. */
export interface Sums {
  orders: number
  /** The orders' totals, in the currency's smallest unit. */
  total: bigint
  /** What they would have cost. */
  draft: bigint
  /** What they cost. */
  actual: bigint
}

/** One order, as it is counted. */
export interface SimulatedOrder {
  currency: string
  segment: SegmentName
  /** The publisher's number. */
  publisher: number
  /** The key of the merchant's customer; null where the order names nobody. */
  customer: string | null
  total: number
  draft: number
  actual: number
}

/** The sums of a publisher, and its customers as far as they have to be told apart. */
interface PublisherSums extends Sums {
  customers: Set<string>
}

/** The sums in one currency. */
export interface CurrencySums extends Sums {
  segments: Map<SegmentName, Sums>
  publishers: Map<number, PublisherSums>
}

/** Adds up orders; its size depends on how many publishers there are, not on how many orders. */
export class Simulation {
  readonly currencies = new Map<string, CurrencySums>()

  add(order: SimulatedOrder): void {
    const { currency, segment, publisher, customer } = order
    const sums = getOr(this.currencies, currency, () => ({
      ...noSums(),
      segments: new Map<SegmentName, Sums>(),
      publishers: new Map<number, PublisherSums>(),
    }))
    const ofPublisher = getOr(sums.publishers, publisher, () => ({
      ...noSums(),
      customers: new Set<string>(),
    }))
    addTo(sums, order)
    addTo(getOr(sums.segments, segment, noSums), order)
    addTo(ofPublisher, order)
    const { customers } = ofPublisher
    if (customer !== null && customers.size < FEWEST_PEOPLE) customers.add(customer)
  }
}

/** The publishers that are told of by name, and the sums of the others, who are too small for it. */
export function lumpPublishers(publishers: CurrencySums['publishers']): {
  named: [number, Sums][]
  others: (Sums & { publishers: number }) | null
} {
  const all = [...publishers]
  const named = all.filter(([, { customers }]) => isAboveFloor(customers.size))
  const small = all.filter(([, { customers }]) => !isAboveFloor(customers.size))
  if (small.length === 0) return { named, others: null }
  const others = { ...noSums(), publishers: small.length }
  for (const [, sums] of small) join(others, sums)
  return { named, others }
}

function noSums(): Sums {
  return { orders: 0, total: 0n, draft: 0n, actual: 0n }
}

function addTo(sums: Sums, { total, draft, actual }: SimulatedOrder): void {
  join(sums, { orders: 1, total: BigInt(total), draft: BigInt(draft), actual: BigInt(actual) })
}

function join(sums: Sums, { orders, total, draft, actual }: Sums): void {
  sums.orders += orders
  sums.total += total
  sums.draft += draft
  sums.actual += actual
}

function getOr<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key)
  if (found !== undefined) return found
  const made = make()
  map.set(key, made)
  return made
}
