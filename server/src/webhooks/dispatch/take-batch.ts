import { maxBatchSize } from '../endpoints/batch-bound.ts'
import type { ClaimedLane } from './claim-deliveries.ts'
import { BATCH_BYTES, maxEventBytes } from './body-size.ts'
import { dequeueLane } from './endpoint-queue.ts'
import type { EndpointQueue } from './endpoint-queue.ts'

/**
 * Takes the next batch out of a queue: the lanes of one request, live ones first. That is a single
 * lane, or where the endpoint wants batches as many as fit with all their events, and at least one. Of a
 * lane that alone has too many bytes come its first events, the rest when it is claimed again.
 */
export function takeBatch(queue: EndpointQueue): ClaimedLane[] {
  const { batchSize, target } = queue
  const batch: ClaimedLane[] = []
  let bound = batchSize
  let events = 0
  // One by one they come as large as they are.
  const maxBytes = batchSize > 1 && target ? target.maxBatchBytes : Infinity
  let bytes = BATCH_BYTES
  for (const priority of ['live', 'bulk'] as const) {
    const { waiting } = queue[priority]
    for (let lane = waiting[0]; lane; lane = waiting[0]) {
      const boundWithIt = Math.min(bound, maxBatchSize(batchSize, lane.attempt))
      if (batch.length > 0 && events + lane.events.length > boundWithIt) return batch
      const fits = maxBytes === Infinity ? lane.events.length : countFitting(lane, maxBytes - bytes)
      if (batch.length > 0 && fits < lane.events.length) return batch
      batch.push(firstEvents(lane, Math.max(1, fits)))
      dequeueLane(queue, priority)
      bound = boundWithIt
      events += lane.events.length
      if (maxBytes !== Infinity) bytes += bytesOf(lane)
      if (events >= bound || bytes >= maxBytes) return batch
    }
  }
  return batch
}

/** How many of the lane's events, from the first on, have so many bytes together. */
function countFitting({ events }: ClaimedLane, most: number): number {
  let bytes = 0
  const tooMany = events.findIndex((event) => (bytes += maxEventBytes(event)) > most)
  return tooMany === -1 ? events.length : tooMany
}

function bytesOf({ events }: ClaimedLane): number {
  return events.reduce((sum, event) => sum + maxEventBytes(event), 0)
}

/** The lane with its first events only; it is released behind them. */
function firstEvents(lane: ClaimedLane, count: number): ClaimedLane {
  const last = lane.events[count - 1]
  if (count >= lane.events.length || !last) return lane
  return { ...lane, events: lane.events.slice(0, count), end: last.sequence }
}
