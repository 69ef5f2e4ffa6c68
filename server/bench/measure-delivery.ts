import type { DeliveryResults } from './delivery-lines.ts'
import { measureBacklog } from './measure-backlog.ts'
import { measureBloat } from './measure-bloat.ts'
import { listenIn, measureDeliveries } from './measure-deliveries.ts'
import type { DrainExtent, Drained, QueuePlaces } from './measure-deliveries.ts'
import { measureFairness, measureLive } from './measure-live.ts'
import type { Extent, Measurement } from './options.ts'
import type { ProgramOptions } from './program.ts'
import { startReceiver } from './receiver.ts'
import { startServer } from './stage.ts'
import type { Place } from './stage.ts'

/** Each has a database of its own. */
export const DELIVERY_PLACES = [
  'drained',
  'drained_by_pg_boss',
  'drained_by_graphile',
  'backlogged',
  'backlogged_pg_boss',
  'backlogged_graphile',
  'live',
  'fair',
  'churned',
] as const
type DeliveryPlaces = Record<(typeof DELIVERY_PLACES)[number], Place>

interface DeliveryOptions extends ProgramOptions {
  only: Measurement | undefined
}

/** How events reach their receivers. */
export async function measureDelivery(
  places: DeliveryPlaces,
  { drain, shared }: Extent,
  { only, ...options }: DeliveryOptions,
): Promise<DeliveryResults> {
  const isAsked = (name: Measurement): boolean =>
    only === undefined || only === 'deliveries' || only === name
  const results: DeliveryResults = {}
  if (isAsked('queues')) {
    const queues = shared && {
      'pg-boss': sharedPlace(places.drained_by_pg_boss),
      'graphile-worker': sharedPlace(places.drained_by_graphile),
    }
    results.drained = await measureDrain(places.drained, drain, queues, options)
  }
  if (!shared) return results
  if (isAsked('backlog')) {
    const queues = {
      'pg-boss': sharedPlace(places.backlogged_pg_boss),
      'graphile-worker': sharedPlace(places.backlogged_graphile),
    }
    const place = sharedPlace(places.backlogged)
    results.backlog = await measureBacklog(place, queues, shared.backlog, options)
  }
  if (isAsked('live')) {
    results.live = await measureLive(sharedPlace(places.live), shared.live, options)
  }
  if (isAsked('fairness')) {
    results.fairness = await measureFairness(sharedPlace(places.fair), shared.fairness, options)
  }
  if (isAsked('bloat')) {
    results.bloat = await measureBloat(sharedPlace(places.churned), shared.bloat)
  }
  return results
}

async function measureDrain(
  place: Place,
  extent: DrainExtent,
  queues: QueuePlaces | undefined,
  options: ProgramOptions,
): Promise<Drained> {
  const receiver = await startReceiver()
  const server = await startServer('../src/main.ts', place, options)
  try {
    return await measureDeliveries(await listenIn(server.url, receiver), extent, queues)
  } finally {
    await server.stop()
    await receiver.stop()
  }
}

function sharedPlace(place: Place): { DATABASE_URL: string } {
  if ('DATABASE_URL' in place) return place
  throw new Error('several processes need a database server')
}
