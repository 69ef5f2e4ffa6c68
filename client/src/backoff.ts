import type { NewcomerError } from './newcomer-error.ts'
import { chooseWaitMs } from './retry.ts'

/** A connection that was lost, and when it will be tried again. */
export interface Lost {
  error: NewcomerError
  waitMs: number
}

/** A lost connection is tried again for ten minutes: a server may take that long to come back. */
const MAX_RETRY_AGE_MS = 600_000

/** A wait grows up to this, so that the call goes on soon after the server is back. */
const MAX_BACKOFF_MS = 15_000

/** What a server answers, or a proxy before it, while it is out of reach; 0: there was no answer. */
const TRANSIENT_STATUSES = new Set([0, 408, 429, 502, 503, 504])

/** Whether the same call may succeed later. */
export function isTransient(error: NewcomerError): boolean {
  return TRANSIENT_STATUSES.has(error.status)
}

/** Exponential backoff with jitter, from the first failure on. A success begins a new one. */
export interface Backoff {
  /** Waits before the next try. Throws the error when it has taken too long, or would. */
  wait(error: NewcomerError, retryAfterMs?: number): Promise<void>
}

export function startBackoff(
  sleep: (ms: number) => Promise<void>,
  onLost: ((lost: Lost) => void) | undefined,
): Backoff {
  const start = performance.now()
  let waited = 0
  let tries = 0
  return {
    async wait(error, retryAfterMs) {
      const chosen = chooseWaitMs(tries, retryAfterMs, Math.random)
      const waitMs = retryAfterMs === undefined ? Math.min(chosen ?? 0, MAX_BACKOFF_MS) : chosen
      // Waits count as they were meant, so that a test's clock need not go on.
      const passed = Math.max(waited, performance.now() - start)
      if (waitMs === undefined || passed + waitMs > MAX_RETRY_AGE_MS) throw error
      tries++
      waited += waitMs
      onLost?.({ error, waitMs })
      await sleep(waitMs)
    },
  }
}
