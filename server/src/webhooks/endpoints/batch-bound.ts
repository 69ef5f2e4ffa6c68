// What common receivers take unless told otherwise, express and its kind among them: 100 KB.
export const DEFAULT_BATCH_BYTES = 100_000
export const MIN_BATCH_BYTES = 10_000
/** As much as the largest event takes. */
export const MAX_BATCH_BYTES = 1_000_000

// A batch of 500 that fails for one of its events is 62, 7, then 1 at its next attempts.
const DECREASE = 8

/** Batch size: how many events one request may carry, together with those of a lane that failed so often. */
export function maxBatchSize(batchSize: number, attempt: number): number {
  return Math.max(1, Math.floor(batchSize / DECREASE ** attempt))
}

/** The first attempt that an event makes alone, so that a failure is its own and not its batch's. */
export function firstSoloAttempt(batchSize: number): number {
  let attempt = 1
  while (maxBatchSize(batchSize, attempt - 1) > 1) attempt++
  return attempt
}
