import type { Tx } from '../kernel/database.ts'
import { pauseEndpoints } from '../events/endpoint-store.ts'
import { countFailing } from '../events/record-lanes.ts'
import { loneAttempt } from './parcel.ts'
import { listHealth } from './pulse-store.ts'

export const MINUTE_MS = 60_000
// The rule is the wire reference's: more than 10 %, and at least 5, of the last hour's events.
const WINDOW_MINUTES = 60
const LEAST_FAILING = 5
const SHARE = 10

export function minuteOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS)
}

/** From how many failing events on an endpoint is paused. */
export function failingLimit(total: number): number {
  return Math.max(LEAST_FAILING, Math.floor(total / SHARE) + 1)
}

/**
 * Pauses those of the endpoints that fail too often, and returns their numbers. Events count when
 * they were first attempted in this minute or the 59 before it, and since the last resume: else one
 * failure after a resume would pause again, for failures that were seen already. Of a batch, events
 * count once they failed by themselves: one that breaks the receiver must not stop all others.
 */
export async function pauseFailing(tx: Tx, endpoints: number[], now: Date): Promise<number[]> {
  const since = new Date(minuteOf(now).getTime() - (WINDOW_MINUTES - 1) * MINUTE_MS)
  const failing: number[] = []
  for (const { endpoint, batch_size, resumed_at, total } of await listHealth(
    tx,
    endpoints,
    since,
  )) {
    const most = failingLimit(total)
    const from = resumed_at && resumed_at > since ? resumed_at : since
    const query = { endpoint, since: from, attempt: loneAttempt(batch_size), most }
    if ((await countFailing(tx, query)) >= most) failing.push(endpoint)
  }
  return failing.length > 0 ? pauseEndpoints(tx, failing, 'failures', now) : []
}
