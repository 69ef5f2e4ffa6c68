import type { Person } from './audience.ts'
import type { Purchase } from './purchases.ts'

/** Through whose link somebody comes to the shop. */
export interface Route {
  /** Its place among the publishers. */
  publisher: number
  person: Person
}

/**
 * By order: the publisher that sends the shopper. Whoever two publishers know takes turns, whoever
 * nobody knows comes by themselves. Those who sign up late do so after their first purchase. Couples,
 * who share an account at the publisher, come by themselves: what one of them bought would tell of the
 * other, and the demo's numbers be others than what is known of the shop's customers.
 */
export function planRoutes(purchases: Purchase[], audiences: Person[][]): Map<string, Route> {
  const known = routesByShopper(audiences)
  const bought = new Map<string, number>()
  const routes = new Map<string, Route>()
  for (const { orderId, shopper } of purchases) {
    const earlier = bought.get(shopper) ?? 0
    bought.set(shopper, earlier + 1)
    const open = (known.get(shopper) ?? []).filter(
      ({ person }) => earlier > 0 || !person.signsUpLate,
    )
    const route = open[earlier % open.length]
    if (route) routes.set(orderId, route)
  }
  return routes
}

function routesByShopper(audiences: Person[][]): Map<string, Route[]> {
  const routes = new Map<string, Route[]>()
  for (const [publisher, people] of audiences.entries()) {
    for (const person of people.filter(({ shoppers }) => shoppers.length === 1)) {
      for (const shopper of person.shoppers) {
        routes.set(shopper, [...(routes.get(shopper) ?? []), { publisher, person }])
      }
    }
  }
  return routes
}
