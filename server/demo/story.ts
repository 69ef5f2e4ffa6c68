import { chooseAudience, knownToA, knownToB } from './audience.ts'
import type { Person } from './audience.ts'
import type { Publisher } from './create-network.ts'
import { readPurchases, shoppersOf } from './purchases.ts'
import { planRoutes } from './route.ts'
import type { LateSignUp } from './sign-up.ts'
import { computeTruth } from './truth.ts'
import type { Plot, Truth } from './truth.ts'

/** Everything that happens in the demo, and what must come of it. */
export interface Story extends Plot {
  truth: Truth
}

export interface StoryOptions {
  /** Whether all purchases are live orders, and none is history. */
  isFull: boolean
  /** How many live orders there are at most; all unless given. */
  orders?: number
}

// January and February 1997 are the shop's history; the live orders are those of March to May.
const LIVE_FROM = '1997-03-01'
const LIVE_UNTIL = '1997-06-01'

/**
 * A slice of the live orders is about those alone who buy among twice as many, on either side of where the live
 * orders begin: the history is small then too, and some of its customers, and of the publishers', haven't bought yet.
 */
export async function readStory({ isFull, orders = Infinity }: StoryOptions): Promise<Story> {
  const all = await readPurchases()
  const begin = isFull ? 0 : all.filter(({ date }) => date < LIVE_FROM).length
  const end = isFull ? all.length : all.filter(({ date }) => date < LIVE_UNTIL).length
  const shoppers = shoppersOf(all.slice(Math.max(0, begin - 2 * orders), begin + 2 * orders))
  const cast = new Set(shoppers)
  const history = all.slice(0, begin).filter(({ shopper }) => cast.has(shopper))
  const live = all.slice(begin, Math.min(begin + orders, end))
  const past = new Set(shoppersOf(history))
  const audiences = [
    chooseAudience('a', shoppers, knownToA, past),
    chooseAudience('b', shoppers, knownToB, past),
  ]
  const plot = { history, live, audiences, routes: planRoutes(live, audiences) }
  return { ...plot, truth: computeTruth(plot) }
}

/** The customers of one publisher that it will have reported by the end. */
export function reportedOf(people: Person[], { history, live }: Plot): Person[] {
  const bought = new Set([...history, ...live].map(({ shopper }) => shopper))
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
