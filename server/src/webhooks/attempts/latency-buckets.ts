/**
 * Buckets of the latency histogram: the upper bound of each in milliseconds; longer durations count into
 * one bucket more. Each bound is at most a quarter above the one before it, or the next whole
 * millisecond. The database stores counts by bucket: a bound may be added at the end, and none may move.
 */
export const DURATION_BOUNDS_MS: readonly number[] = [
  1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 20, 24, 29, 35, 42, 50, 60, 72, 86, 100, 120, 145, 175,
  210, 250, 300, 360, 430, 520, 620, 740, 890, 1_070, 1_280, 1_540, 1_850, 2_200, 2_650, 3_200,
  3_800, 4_600, 5_500, 6_600, 7_900, 9_500, 10_000,
]

/** Adds one duration to counts by bucket, which are as long as the slowest so far needs. */
export function countDuration(counts: number[], durationMs: number): void {
  const found = DURATION_BOUNDS_MS.findIndex((bound) => durationMs <= bound)
  const bucket = found < 0 ? DURATION_BOUNDS_MS.length : found
  while (counts.length <= bucket) counts.push(0)
  counts[bucket] = (counts[bucket] ?? 0) + 1
}

/** Bucket by bucket. */
export function sumCounts(all: readonly number[][]): number[] {
  const sum: number[] = []
  for (const counts of all) {
    for (const [bucket, count] of counts.entries()) sum[bucket] = (sum[bucket] ?? 0) + count
  }
  return sum
}

/**
 * The percentile of a histogram: the longest duration of the fastest `share`, in whole milliseconds, give or
 * take a quarter. Null where nothing was counted; the last bound for what took longer than that.
 */
export function percentileMs(counts: readonly number[], share: number): number | null {
  const rank = counts.reduce((sum, count) => sum + count, 0) * share
  let before = 0
  for (const [bucket, count] of counts.entries()) {
    if (count > 0 && before + count >= rank) {
      const [lower, upper] = [DURATION_BOUNDS_MS[bucket - 1] ?? 0, DURATION_BOUNDS_MS[bucket]]
      if (upper === undefined) return lower
      return Math.ceil(lower + ((upper - lower) * (rank - before)) / count)
    }
    before += count
  }
  return null
}
