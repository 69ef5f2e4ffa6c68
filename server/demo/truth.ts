import type { Person } from './audience.ts'
import type { Purchase } from './purchases.ts'

/** What must come out, computed from the purchases alone. */
export interface Truth {
  orders: number
  judgedNew: number
  judgedActive: number
  publishers: PublisherTruth[]
}

export interface PublisherTruth {
  customers: number
  new: number
  active: number
  /** One for each customer that was known before its first purchase. */
  events: number
}

/** What is known of the whole file without any program of ours; a test of `computeTruth`. */
export const KNOWN_TRUTH = { orders: 69_659, judgedNew: 23_570, judgedActive: 46_089 }

export function computeTruth(purchases: Purchase[], audiences: Person[][]): Truth {
  const bought = new Set(purchases.map(({ shopper }) => shopper))
  const truth: Truth = {
    orders: purchases.length,
    judgedNew: bought.size,
    judgedActive: purchases.length - bought.size,
    publishers: audiences.map((people) => {
      const has = ({ shoppers }: Person): boolean => shoppers.some((shopper) => bought.has(shopper))
      const customers = people.filter((person) => !person.signsUpLate || has(person))
      const active = customers.filter(has)
      return {
        customers: customers.length,
        new: customers.length - active.length,
        active: active.length,
        events: active.filter((person) => !person.signsUpLate).length,
      }
    }),
  }
  if (truth.orders === KNOWN_TRUTH.orders) {
    const { judgedNew, judgedActive } = truth
    if (judgedNew !== KNOWN_TRUTH.judgedNew || judgedActive !== KNOWN_TRUTH.judgedActive) {
      throw new Error('The file of purchases is not the one that the demo knows.')
    }
  }
  return truth
}
