import type { Clock } from '../../kernel/clock.ts'
import type { Asked } from './in-flight.ts'

// What was committed late waits that long at the most, and so do the lanes of a worker that died: at each
// turn, then, of those who have nothing else to do.
const WHOLE_EVERY_MS = 500
// While somebody holds a tx open a look at everything takes long: a tenth of the time at most…
const LOOK_SHARE = 10
// …unless it took so long that it can only have been waiting, for a database that was away.
const WHOLE_WITHIN_MS = 60_000

export interface Look {
  /** What to ask for: now and then for everything, however long ago it was due. */
  begin(asked: Asked): Asked
  /** Returns how long it took, in milliseconds. */
  done(): number
}

/** A claim begins where the last one came to, and what lies behind that must not wait for ever. */
export function createLook({ now }: Clock, time = () => performance.now()): Look {
  let beganAt = 0
  let lookedAt = -Infinity
  let restMs = 0
  let isWhole = false
  return {
    begin(asked) {
      beganAt = time()
      const sinceMs = now().getTime() - lookedAt
      // A clock that was put back says nothing.
      isWhole = sinceMs >= restMs || sinceMs < 0
      return isWhole ? withoutFrom(asked) : asked
    },
    done() {
      const durationMs = time() - beganAt
      if (isWhole) {
        lookedAt = now().getTime()
        restMs = Math.min(Math.max(WHOLE_EVERY_MS, durationMs * LOOK_SHARE), WHOLE_WITHIN_MS)
      }
      return durationMs
    },
  }
}

function withoutFrom({ wanted, ...asked }: Asked): Asked {
  const from = { liveFrom: null, resumedFrom: null, bulkFrom: null }
  const whole = [...wanted].map(([number, want]) => [number, { ...want, ...from }] as const)
  return { ...asked, wanted: new Map(whole), from: null }
}
