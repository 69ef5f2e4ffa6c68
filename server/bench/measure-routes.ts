import { createWriter } from './connection.ts'
import type { Call } from './connection.ts'
import { medianOf, runLoad, sendAll } from './load.ts'
import type { Load } from './load.ts'
import { makeClicks } from './make-clicks.ts'
import type { Click } from './make-clicks.ts'
import { createShoppers, measurePaced } from './measure-offers.ts'
import { openShop } from './network.ts'
import type { Extent, Measurement } from './options.ts'
import type { Stage } from './stage.ts'

export type Route =
  | 'bare'
  | 'echo'
  | 'customers'
  | 'ungathered'
  | 'reads'
  | 'orders'
  | 'commissions'
  | 'offers'
  /** Offers at a steady rate, half of what they came to. */
  | 'paced offers'
export type RouteLoads = Map<Route, Load>

/** What is called, with the same load: 64 connections, one call at a time on each. */
export interface Stages {
  bare: string
  echo: string
  gathered: Stage
  ungathered: Stage
}

const CONNECTIONS = 64
// There are customers to read, and to come again, from the beginning.
const KNOWN_CUSTOMERS = 5_000
// Tokens that orders come with; there are more orders, so that they come again.
const CLICKS = 4_000
const SETTLE_MS = 300

/** The key that the echo knows; as long as a real one. */
export const ECHO_KEY = 'sk-a-key-for-the-echo-route-only-000'

/** The median round of each route. */
export async function measureRoutes(
  stages: Stages,
  extent: Extent,
  only: Measurement | undefined,
): Promise<RouteLoads> {
  const { gathered, ungathered } = stages
  const { url, traffic } = gathered
  const echoed = createWriter(ECHO_KEY)
  const body = { id: 'user-123456', email_sha256: 'a1'.repeat(32) }
  const routes: [Route, { url: string; next: () => Call }][] = [
    ['bare', { url: stages.bare, next: () => echoed.post('/v1/echo', body) }],
    ['echo', { url: stages.echo, next: () => echoed.post('/v1/echo', body) }],
    ['customers', { url, next: traffic.reportCustomer }],
    ['ungathered', { url: ungathered.url, next: ungathered.traffic.reportCustomer }],
    ['reads', { url, next: traffic.readCustomer }],
    ['orders', { url, next: traffic.recordOrder }],
  ]
  const asked = routes.filter(([name]) => isAsked(name, only))
  await sendAll(url, CONNECTIONS, Array.from({ length: KNOWN_CUSTOMERS }, traffic.reportCustomer))
  if (isAsked('commissions', only)) {
    const clicks = await prepareClicks(gathered)
    asked.push(['commissions', { url, next: () => traffic.recordOrderOf(clicks) }])
  }
  const nextOffers = isAsked('offers', only) ? await createShoppers(url) : undefined
  if (nextOffers) asked.push(['offers', { url, next: nextOffers }])
  const loads = new Map<Route, Load[]>()
  for (let round = 0; round < extent.rounds; round++) {
    for (const [name, { url, next }] of asked) {
      const warmMs = round === 0 ? extent.warmMs : SETTLE_MS
      const options = { url, next, warmMs, measureMs: extent.roundMs, connections: CONNECTIONS }
      loads.set(name, [...(loads.get(name) ?? []), await runLoad(options)])
    }
  }
  const medians: RouteLoads = new Map([...loads].map(([name, its]) => [name, medianOf(its)]))
  const offers = medians.get('offers')
  if (offers && nextOffers) {
    const pace = { perSecond: offers.perSecond / 2, seconds: extent.pacedSeconds }
    medians.set('paced offers', await measurePaced(url, nextOffers, pace))
  }
  return medians
}

/** The clicks that orders with commission come from. */
async function prepareClicks({ url, network }: Stage): Promise<Click[]> {
  for (const merchant of network.merchants) await openShop(url, merchant)
  return makeClicks(url, network, CLICKS)
}

const COMPARED: Partial<Record<Measurement, Route[]>> = {
  customers: ['echo'],
  ungathered: ['customers'],
  reads: ['echo'],
  orders: ['echo'],
  commissions: ['echo', 'orders'],
  offers: ['echo'],
}

/** With one route that it is asked for, what that one is compared with. */
function isAsked(route: Route, only: Measurement | undefined): boolean {
  if (only === undefined || route === only) return true
  return COMPARED[only]?.includes(route) ?? false
}
