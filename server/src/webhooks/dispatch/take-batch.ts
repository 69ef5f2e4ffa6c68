import { batchBound } from '../endpoints/batch-bound.ts'
import type { ClaimedLane } from './claim-deliveries.ts'
import type { Hand } from './endpoint-queue.ts'

/**
 * Takes lanes out of a hand for one request, live ones first: a single one, or where the endpoint
 * wants batches as many as fit with all their events, and one at least.
 */
export function takeParcel({ live, bulk, batchSize }: Hand): ClaimedLane[] {
  const parcel: ClaimedLane[] = []
  let bound = batchSize
  let events = 0
  for (const { queue } of [live, bulk]) {
    for (let lane = queue[0]; lane; lane = queue[0]) {
      const boundWithIt = Math.min(bound, batchBound(batchSize, lane.attempt))
      if (parcel.length > 0 && events + lane.events.length > boundWithIt) return parcel
      parcel.push(lane)
      queue.shift()
      bound = boundWithIt
      events += lane.events.length
      if (events >= bound) return parcel
    }
  }
  return parcel
}
