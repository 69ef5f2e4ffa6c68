import { chooseAudience, knownToA, knownToB } from './audience.ts'
import type { Person } from './audience.ts'
import type { Publisher } from './create-network.ts'
import { readPurchases, shoppersOf } from './purchases.ts'
import type { Purchase } from './purchases.ts'
import { planRoutes } from './route.ts'
import type { Route } from './route.ts'
import type { LateSignUp } from './sign-up.ts'
import { computeTruth } from './truth.ts'
import type { Truth } from './truth.ts'

/** Everything that happens in the demo, and what must come of it. */
export interface Story {
  purchases: Purchase[]
  /** Publisher A's customers and publisher B's. */
  audiences: Person[][]
  /** By order: through whose link it comes. */
  routes: Map<string, Route>
  truth: Truth
}

/**
 * The first `orders` purchases, with publishers who know shoppers of twice as many: in a slice some of
 * them haven't bought yet.
 */
export async function readStory(orders: number): Promise<Story> {
  const all = await readPurchases()
  const shoppers = shoppersOf(all.slice(0, 2 * orders))
  const purchases = all.slice(0, orders)
  const audiences = [
    chooseAudience('a', shoppers, knownToA),
    chooseAudience('b', shoppers, knownToB),
  ]
  const routes = planRoutes(purchases, audiences)
  const truth = computeTruth(purchases, audiences, routes)
  return { purchases, audiences, routes, truth }
}

/** The customers of one publisher that it will have reported by the end. */
export function reportedOf(people: Person[], purchases: Purchase[]): Person[] {
  const bought = new Set(purchases.map(({ shopper }) => shopper))
  return people.filter(
    ({ signsUpLate, shoppers }) => !signsUpLate || shoppers.some((shopper) => bought.has(shopper)),
  )
}

/** By shopper: who comes to know them once they have bought. */
export function lateSignUps(
  publishers: Publisher[],
  audiences: Person[][],
): Map<string, LateSignUp[]> {
  const all = publishers.flatMap((publisher, index) =>
    (audiences[index] ?? [])
      .filter((person) => person.signsUpLate)
      .map((person) => ({ publisher, person })),
  )
  return Map.groupBy(all, ({ person }) => person.shoppers[0] ?? '')
}
