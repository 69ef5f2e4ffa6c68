import type { ClaimedLane } from './claim-work.ts'
import type { Hand } from './hand.ts'

// A batch of 500 that fails for one of its events is 62, 7, then 1 at its next attempts.
const SHRINK = 8

/** How many events may be in one request with the next of a lane that failed so often. */
export function batchBound(batchSize: number, attempt: number): number {
  return Math.max(1, Math.floor(batchSize / SHRINK ** attempt))
}

/** From which failed attempt on an event has failed by itself, and not for what came along with it. */
export function loneAttempt(batchSize: number): number {
  let attempt = 1
  while (batchBound(batchSize, attempt - 1) > 1) attempt++
  return attempt
}

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
