import type { Person } from './audience.ts'
import type { Purchase } from './purchases.ts'
import type { Route } from './route.ts'

/** Everything that happens in the demo. Purchases are in the order of their dates. */
export interface Plot {
  /** What was bought before; the shop imports a file of those who bought it. */
  history: Purchase[]
  /** What is reported order by order. */
  live: Purchase[]
  /** Publisher A's customers and publisher B's. */
  audiences: Person[][]
  /** By order: through whose link it comes. */
  routes: Map<string, Route>
}

/** What must come out, computed from the purchases alone. */
export interface Truth {
  /** Customers in the shop's history. */
  imported: number
  orders: number
  judgedNew: number
  judgedActive: number
  /** By order, in the order of the purchases. */
  verdicts: Map<string, VerdictTruth>
  publishers: PublisherTruth[]
}

export interface VerdictTruth {
  segment: 'new' | 'active'
  /** Null for `new`. */
  evidence: EvidenceTruth | null
  /** What the order owes; null for one that came through nobody. */
  owed: Owed | null
}

/** What tells of an earlier purchase: an order by its id, or the history by the dates in it, `YYYY-MM-DD`. */
export type EvidenceTruth =
  { source: 'order'; order: string } | { source: 'import'; first: string; last: string }

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
  /** Active customers who signed up after their first live purchase. */
  late: number
  transactions: number
  /** In cents. */
  paidNew: number
  paidActive: number
  flat: number
}

/** What is known of the whole file without any program of ours; a test of `computeTruth`. */
export const KNOWN_TRUTH = { imported: 0, orders: 69_659, judgedNew: 23_570, judgedActive: 46_089 }
/** The same of March to May 1997, where what was bought before is history. */
export const KNOWN_SPRING = {
  imported: 16_322,
  orders: 18_274,
  judgedNew: 7_248,
  judgedActive: 11_026,
}

export function computeTruth(plot: Plot): Truth {
  const { history, live, audiences } = plot
  const verdicts = judgeAll(plot)
  const past = new Set(history.map(({ shopper }) => shopper))
  const bought = past.union(new Set(live.map(({ shopper }) => shopper)))
  const judgedNew = [...verdicts.values()].filter(({ segment }) => segment === 'new').length
  const truth: Truth = {
    imported: past.size,
    orders: live.length,
    judgedNew,
    judgedActive: live.length - judgedNew,
    verdicts,
    publishers: audiences.map((people, index) => ({
      ...countPeople(people, past, bought),
      ...addUp(
        live.flatMap(({ orderId, total }) => {
          const verdict = verdicts.get(orderId)
          return verdict?.owed?.publisher === index ? [{ ...verdict.owed, ...verdict, total }] : []
        }),
      ),
    })),
  }
  const isOtherwise = [KNOWN_TRUTH, KNOWN_SPRING].some(
    ({ imported, orders, judgedNew: known }) =>
      truth.imported === imported && truth.orders === orders && judgedNew !== known,
  )
  if (isOtherwise) throw new Error('The file of purchases is not the one that the demo knows.')
  return truth
}

function judgeAll({ history, live, routes }: Plot): Map<string, VerdictTruth> {
  const known = new Map<string, EvidenceTruth>()
  const firstDates = new Map<string, string>()
  for (const { shopper, date } of history) {
    const first = firstDates.get(shopper) ?? date
    firstDates.set(shopper, first)
    known.set(shopper, { source: 'import', first, last: date })
  }
  const verdicts = new Map<string, VerdictTruth>()
  for (const { orderId, shopper, total } of live) {
    const route = routes.get(orderId)
    const evidence = known.get(shopper) ?? null
    const segment = evidence === null ? 'new' : 'active'
    // 8 % of a purchase, or 2.5 %; what is less than a cent is nobody's.
    const amount = Math.floor((total * (segment === 'new' ? 80 : 25)) / 1_000)
    verdicts.set(orderId, {
      segment,
      evidence,
      owed: route ? { publisher: route.publisher, customer: route.person.id, amount } : null,
    })
    if (evidence === null) known.set(shopper, { source: 'order', order: orderId })
  }
  return verdicts
}

function countPeople(
  people: Person[],
  past: Set<string>,
  bought: Set<string>,
): Pick<PublisherTruth, 'customers' | 'new' | 'active' | 'events' | 'late'> {
  const has = ({ shoppers }: Person): boolean => shoppers.some((shopper) => bought.has(shopper))
  const had = ({ shoppers }: Person): boolean => shoppers.some((shopper) => past.has(shopper))
  const customers = people.filter((person) => !person.signsUpLate || has(person))
  const active = customers.filter(has)
  return {
    customers: customers.length,
    new: customers.length - active.length,
    active: active.length,
    events: active.filter((person) => !person.signsUpLate && !had(person)).length,
    late: active.filter((person) => person.signsUpLate).length,
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
