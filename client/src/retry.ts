import { parseHttpDate } from './http-date.ts'

/** The longest wait inside one call. The API's own limits reset every minute. */
const MAX_WAIT_MS = 60_000

/** With it the default two retries last long enough for a server to restart. */
const FIRST_WAIT_MS = 500

/** What an answer's `Retry-After` asks for, in milliseconds; undefined when it asks for nothing. */
export function parseRetryAfterMs(headers: Headers): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (value === undefined) return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  // A date is measured by the clock of the server that wrote it, so that ours may be wrong.
  const [until, sentAt] = [value, headers.get('date') ?? ''].map(parseHttpDate)
  return until === undefined || sentAt === undefined ? undefined : Math.max(0, until - sentAt)
}

/**
 * How long to wait before the next try, in milliseconds. What the server asked for is honoured, and
 * the answer is undefined (do not try again) when that is too long. Else this is exponential backoff
 * with jitter: the wait doubles with each try, and half of it is random, so that callers spread out.
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
