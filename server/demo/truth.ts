import type { Person } from './audience.ts'
import type { Purchase } from './purchases.ts'
import type { Route } from './route.ts'

/** What must come out, computed from the purchases alone. */
export interface Truth {
  orders: number
  judgedNew: number
  judgedActive: number
  /** By order, in the order of the purchases. */
  verdicts: Map<string, VerdictTruth>
  publishers: PublisherTruth[]
}

export interface VerdictTruth {
  segment: 'new' | 'active'
  /** The earlier order that tells; null for `new`. */
  evidence: string | null
  /** What the order owes; null for one that came through nobody. */
  owed: Owed | null
}

export interface Owed {
  /** Its place among the publishers, and its own id of the customer. */
  publisher: number
  customer: string
  /** In cents. */
  amount: number
}

export interface PublisherTruth {
  customers: number
  new: number
  active: number
  /** One for each customer that was known before its first purchase. */
  events: number
  transactions: number
  /** In cents. */
  paidNew: number
  paidActive: number
  flat: number
}

/** What is known of the whole file without any program of ours; a test of `computeTruth`. */
export const KNOWN_TRUTH = { orders: 69_659, judgedNew: 23_570, judgedActive: 46_089 }

export function computeTruth(
  purchases: Purchase[],
  audiences: Person[][],
  routes: Map<string, Route>,
): Truth {
  const verdicts = judgeAll(purchases, routes)
  const bought = new Set(purchases.map(({ shopper }) => shopper))
  const judgedNew = [...verdicts.values()].filter(({ segment }) => segment === 'new').length
  const truth: Truth = {
    orders: purchases.length,
    judgedNew,
    judgedActive: purchases.length - judgedNew,
    verdicts,
    publishers: audiences.map((people, index) => ({
      ...countPeople(people, bought),
      ...addUp(
        purchases.flatMap(({ orderId, total }) => {
          const verdict = verdicts.get(orderId)
          return verdict?.owed?.publisher === index ? [{ ...verdict.owed, ...verdict, total }] : []
        }),
      ),
    })),
  }
  const { orders, judgedNew: known } = KNOWN_TRUTH
  if (truth.orders === orders && truth.judgedNew !== known) {
    throw new Error('The file of purchases is not the one that the demo knows.')
  }
  return truth
}

function judgeAll(purchases: Purchase[], routes: Map<string, Route>): Map<string, VerdictTruth> {
  const firstOrders = new Map<string, string>()
  const verdicts = new Map<string, VerdictTruth>()
  for (const { orderId, shopper, total } of purchases) {
    const route = routes.get(orderId)
    const evidence = firstOrders.get(shopper) ?? null
    const segment = evidence === null ? 'new' : 'active'
    // 8 % of a purchase, or 2.5 %; what is less than a cent is nobody's.
    const amount = Math.floor((total * (segment === 'new' ? 80 : 25)) / 1_000)
    verdicts.set(orderId, {
      segment,
      evidence,
      owed: route ? { publisher: route.publisher, customer: route.person.id, amount } : null,
    })
    if (evidence === null) firstOrders.set(shopper, orderId)
  }
  return verdicts
}

function countPeople(
  people: Person[],
  bought: Set<string>,
): Pick<PublisherTruth, 'customers' | 'new' | 'active' | 'events'> {
  const has = ({ shoppers }: Person): boolean => shoppers.some((shopper) => bought.has(shopper))
  const customers = people.filter((person) => !person.signsUpLate || has(person))
  const active = customers.filter(has)
  return {
    customers: customers.length,
    new: customers.length - active.length,
    active: active.length,
    events: active.filter((person) => !person.signsUpLate).length,
  }
}

function addUp(
  owed: { segment: 'new' | 'active'; amount: number; total: number }[],
): Pick<PublisherTruth, 'transactions' | 'paidNew' | 'paidActive' | 'flat'> {
  const sums = { transactions: owed.length, paidNew: 0, paidActive: 0, flat: 0 }
  for (const { segment, amount, total } of owed) {
    if (segment === 'new') sums.paidNew += amount
    else sums.paidActive += amount
    sums.flat += Math.floor(total / 20)
  }
  return sums
}
