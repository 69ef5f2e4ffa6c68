import type { Tx } from '../../kernel/database/database.ts'
import { countFailing } from '../../events/record-lanes.ts'
import { firstSoloAttempt } from '../endpoints/batch-bound.ts'
import { listHealth } from '../attempts/minute-store.ts'
import { MINUTE_MS } from '../../kernel/durations.ts'

// The rule is the wire reference's: more than 10 %, and at least 5, of the last hour's events.
const WINDOW_MINUTES = 60
const LEAST_FAILING = 5
const SHARE = 10

export function minuteOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS)
}

/** The start of the hour that ends now: of this minute and the 59 before it. */
export function startOfWindow(now: Date): Date {
  return new Date(minuteOf(now).getTime() - (WINDOW_MINUTES - 1) * MINUTE_MS)
}

/** Auto-pause (circuit breaker): the number of failing events from which an endpoint is paused. */
export function failingLimit(total: number): number {
  return Math.max(LEAST_FAILING, Math.floor(total / SHARE) + 1)
}

/** An endpoint that fails too often: how many of the events `attempted` in the last hour are failing. */
export interface Failing {
  endpoint: number
  failing: number
  attempted: number
}

/**
 * The endpoints that are to be paused. Events count when their first attempt was within the hour and after
 * the last resume: otherwise the old failures would pause the endpoint again after one more. An event of
 * a batch counts once it has failed alone: an event that breaks the receiver must not stop all others.
 */
export async function listFailing(tx: Tx, endpoints: number[], now: Date): Promise<Failing[]> {
  const since = startOfWindow(now)
  const found: Failing[] = []
  for (const { endpoint, batch_size, resumed_at, total } of await listHealth(
    tx,
    endpoints,
    since,
  )) {
    const limit = failingLimit(total)
    const from = resumed_at && resumed_at > since ? resumed_at : since
    const query = { endpoint, since: from, attempt: firstSoloAttempt(batch_size) }
    if ((await countFailing(tx, { ...query, most: limit })) < limit) continue
    // The exact number, which only a pause needs: there may be many more than the limit.
    const attempted = Math.max(total, limit)
    const failing = await countFailing(tx, { ...query, most: attempted })
    found.push({ endpoint, failing, attempted })
  }
  return found
}
