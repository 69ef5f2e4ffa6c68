import { createHash } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import { HOUR_MS } from '../kernel/durations.ts'
import { createFixedWindow } from '../kernel/limits/fixed-window.ts'
import type { SharedCounts } from '../kernel/limits/shared-counts.ts'

// Some office or carrier may stand behind one address; no person clicks one link so often in an hour.
export const MAX_CLICKS = 2_000
const WINDOW_MS = HOUR_MS
// Some 20 MB. Beyond it counting begins anew: a click too many is better than a shopper's that is lost.
const MAX_COUNTS = 200_000

// Hardly anybody comes near the limit: what is far from it is not written to the database.
const SHARED_FROM = MAX_CLICKS / 20

/**
 * Fixed-window rate limit: whether a click on the link from the address is one too many in this hour, of those that
 * all processes on the database took.
 */
export type IsTooOften = (link: string, address: string) => boolean

export function createFollowLimit(clock: Clock, sharedCounts?: SharedCounts): IsTooOften {
  const window = createFixedWindow({
    ...{ clock, windowMs: WINDOW_MS, maxBuckets: MAX_COUNTS, whenFull: 'begin anew' },
    sharedFrom: () => SHARED_FROM,
  })
  sharedCounts?.shareWindow('clicks', window)
  return (link, address) => {
    // A link may be long.
    const key = createHash('sha256').update(`${address}\0${link}`).digest('base64url').slice(0, 22)
    return window.draw(key, MAX_CLICKS).isRefused
  }
}
