import { parseHttpDate } from './http-date.ts'

/** Longer than this nobody is kept waiting inside one call; the API's own limits reset every minute. */
const longestWaitMs = 60_000

/** Long enough for a restarting server to come back within the default two repeats. */
const firstWaitMs = 500

/** What an answer's `Retry-After` asks for, in milliseconds; undefined when it asks for nothing. */
export function readRetryAfterMs(headers: Headers): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (value === undefined) return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  // A date is measured by the clock of the server that wrote it, so that ours may be wrong.
  const [until, sentAt] = [value, headers.get('date') ?? ''].map(parseHttpDate)
  return until === undefined || sentAt === undefined ? undefined : Math.max(0, until - sentAt)
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
  if (retryAfterMs !== undefined) return retryAfterMs <= longestWaitMs ? retryAfterMs : undefined
  const waitMs = Math.min(firstWaitMs * 2 ** tries, longestWaitMs)
  return waitMs / 2 + (waitMs / 2) * random()
}
