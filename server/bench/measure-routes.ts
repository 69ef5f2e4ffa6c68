import { createWriter } from './connection.ts'
import type { Call } from './connection.ts'
import { runLoad, sendAll } from './load.ts'
import type { Load } from './load.ts'
import type { Extent, Measurement } from './options.ts'
import type { Stage } from './stage.ts'

export type Route = 'bare' | 'echo' | 'customers' | 'ungathered' | 'reads' | 'orders'
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
  const echoed = createWriter(ECHO_KEY)
  const body = { id: 'user-123456', email_sha256: 'a1'.repeat(32) }
  const routes: [Route, { url: string; next: () => Call }][] = [
    ['bare', { url: stages.bare, next: () => echoed.post('/v1/echo', body) }],
    ['echo', { url: stages.echo, next: () => echoed.post('/v1/echo', body) }],
    ['customers', { url: gathered.url, next: gathered.traffic.reportCustomer }],
    ['ungathered', { url: ungathered.url, next: ungathered.traffic.reportCustomer }],
    ['reads', { url: gathered.url, next: gathered.traffic.readCustomer }],
    ['orders', { url: gathered.url, next: gathered.traffic.recordOrder }],
  ]
  const asked = routes.filter(([name]) => isAsked(name, only))
  const known = Array.from({ length: KNOWN_CUSTOMERS }, gathered.traffic.reportCustomer)
  await sendAll(gathered.url, CONNECTIONS, known)
  const loads = new Map<Route, Load[]>()
  for (let round = 0; round < extent.rounds; round++) {
    for (const [name, { url, next }] of asked) {
      const warmMs = round === 0 ? extent.warmMs : SETTLE_MS
      const options = { url, next, warmMs, measureMs: extent.roundMs, connections: CONNECTIONS }
      loads.set(name, [...(loads.get(name) ?? []), await runLoad(options)])
    }
  }
  return new Map([...loads].map(([name, its]) => [name, median(its)]))
}

/** With one route that it is asked for, what that one is compared with. */
function isAsked(route: Route, only: Measurement | undefined): boolean {
  if (only === undefined || route === only) return true
  if (only === 'ungathered') return route === 'customers'
  return route === 'echo' && (only === 'customers' || only === 'reads' || only === 'orders')
}

function median(loads: Load[]): Load {
  const sorted = loads.toSorted((a, b) => a.perSecond - b.perSecond)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (!middle) throw new Error('nothing was measured')
  return middle
}
