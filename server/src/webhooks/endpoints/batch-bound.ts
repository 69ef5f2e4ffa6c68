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
