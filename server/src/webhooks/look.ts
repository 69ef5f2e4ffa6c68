import type { Asked } from './hands.ts'

// What was committed late waits that long at the most, as a rule.
const WHOLE_EVERY_MS = 5_000
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

/**
 * A claim begins where the last one came to, and what came late behind it must not wait for ever.
 * `time` is a clock that only goes on, in milliseconds.
 */
export function createLook(time = () => performance.now()): Look {
  let beganAt = 0
  let wholeAt = 0
  let isWhole = false
  return {
    begin(asked) {
      beganAt = time()
      isWhole = beganAt >= wholeAt
      return isWhole ? withoutFrom(asked) : asked
    },
    done() {
      const now = time()
      const durationMs = now - beganAt
      const restMs = Math.max(WHOLE_EVERY_MS, durationMs * LOOK_SHARE)
      if (isWhole) wholeAt = now + Math.min(restMs, WHOLE_WITHIN_MS)
      return durationMs
    },
  }
}

function withoutFrom({ wanted, ...asked }: Asked): Asked {
  const from = { liveFrom: null, bulkFrom: null }
  const whole = [...wanted].map(([number, want]) => [number, { ...want, ...from }] as const)
  return { ...asked, wanted: new Map(whole), from: null }
}
