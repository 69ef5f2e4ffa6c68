/** Longer than this nobody is kept waiting inside one call; the API's own limits reset every minute. */
const MAX_WAIT_MS = 60_000

/** Long enough for a restarting server to come back within the default two repeats. */
const FIRST_WAIT_MS = 500

/** What an answer's `Retry-After` asks for, in milliseconds; undefined when it asks for nothing. */
export function parseRetryAfterMs(headers: Headers): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (value === undefined) return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  // A date is measured by the clock of the server that wrote it, so that ours may be wrong.
  const waitMs = Date.parse(value) - Date.parse(headers.get('date') ?? '')
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs)
}

/**
 * How long to wait before the next try, in milliseconds. What the server asked for is honoured, and
 * is answered with undefined (do not try again) when it is too long. Without a wish of the server
 * the wait doubles with each try, half of it left to chance so that callers don't return in step.
 */
export function chooseWaitMs(
  tries: number,
  retryAfterMs: number | undefined,
  random: () => number,
): number | undefined {
  if (retryAfterMs !== undefined) return retryAfterMs <= MAX_WAIT_MS ? retryAfterMs : undefined
  const waitMs = Math.min(FIRST_WAIT_MS * 2 ** tries, MAX_WAIT_MS)
  return waitMs / 2 + (waitMs / 2) * random()
}
