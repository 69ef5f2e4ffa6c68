import { maxBatchSize } from '../endpoints/batch-bound.ts'
import type { ClaimedLane } from './claim-deliveries.ts'
import { dequeueLane } from './endpoint-queue.ts'
import type { EndpointQueue } from './endpoint-queue.ts'

/**
 * Takes the next batch out of a queue: the lanes of one request, live ones first. That is a single
 * lane, or where the endpoint wants batches as many as fit with all their events, and at least one.
 */
export function takeBatch(queue: EndpointQueue): ClaimedLane[] {
  const { batchSize } = queue
  const batch: ClaimedLane[] = []
  let bound = batchSize
  let events = 0
  for (const priority of ['live', 'bulk'] as const) {
    const { waiting } = queue[priority]
    for (let lane = waiting[0]; lane; lane = waiting[0]) {
      const boundWithIt = Math.min(bound, maxBatchSize(batchSize, lane.attempt))
      if (batch.length > 0 && events + lane.events.length > boundWithIt) return batch
      batch.push(lane)
      dequeueLane(queue, priority)
      bound = boundWithIt
      events += lane.events.length
      if (events >= bound) return batch
    }
  }
  return batch
}
