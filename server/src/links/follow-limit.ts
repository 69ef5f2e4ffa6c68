import { createHash } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import { HOUR_MS } from '../kernel/durations.ts'

// Some office or carrier may stand behind one address; no person clicks one link so often in an hour.
export const MAX_CLICKS = 2_000
const WINDOW_MS = HOUR_MS
// Some 20 MB. Beyond it counting begins anew: a click too many is better than a shopper's that is lost.
const MAX_COUNTS = 200_000

/**
 * Fixed-window rate limit: whether a click on the link from the address is one too many in this hour,
 * counted in this process.
 */
export type IsTooOften = (link: string, address: string) => boolean

export function createFollowLimit(clock: Clock): IsTooOften {
  let window = -1
  let counts = new Map<string, number>()
  return (link, address) => {
    const current = Math.floor(clock.now().getTime() / WINDOW_MS)
    if (current !== window || counts.size >= MAX_COUNTS) counts = new Map()
    window = current
    // A link may be long.
    const key = createHash('sha256').update(`${address}\0${link}`).digest('base64url').slice(0, 22)
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    return count > MAX_CLICKS
  }
}
