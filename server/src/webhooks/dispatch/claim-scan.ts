import type { Clock } from '../../kernel/clock.ts'
import type { ClaimRequest } from './in-flight.ts'
import { MINUTE_MS } from '../../kernel/durations.ts'

// What was committed late waits at most that long, and so do the lanes of a worker that died. An idle
// worker thus makes a full scan at every turn.
const FULL_SCAN_EVERY_MS = 500
// While somebody holds a tx open a full scan takes long: it may take a tenth of the time at most…
const PAUSE_FACTOR = 10
// …unless it took so long that it can only have waited, for a database that was away.
const MAX_PAUSE_MS = MINUTE_MS

/**
 * Low-watermark scan: a claim begins where the last one came to. Now and then a full scan ignores
 * the watermarks, since what was committed behind them must not wait for ever.
 */
export interface ClaimScan {
  /** The request of the next claim: without its watermarks where a full scan is due. */
  begin(request: ClaimRequest): ClaimRequest
  /** Returns how long the claim took, in milliseconds. */
  done(): number
}

export function createClaimScan({ now }: Clock, time = () => performance.now()): ClaimScan {
  let beganAt = 0
  let lastFullScanAt = -Infinity
  let pauseMs = 0
  let isFullScan = false
  return {
    begin(request) {
      beganAt = time()
      const sinceMs = now().getTime() - lastFullScanAt
      // A clock that was put back says nothing.
      isFullScan = sinceMs >= pauseMs || sinceMs < 0
      return isFullScan ? withoutWatermarks(request) : request
    },
    done() {
      const durationMs = time() - beganAt
      if (isFullScan) {
        lastFullScanAt = now().getTime()
        pauseMs = Math.min(Math.max(FULL_SCAN_EVERY_MS, durationMs * PAUSE_FACTOR), MAX_PAUSE_MS)
      }
      return durationMs
    },
  }
}

function withoutWatermarks({ demands, ...request }: ClaimRequest): ClaimRequest {
  const none = { liveWatermark: null, resumedWatermark: null, bulkWatermark: null }
  const all = [...demands].map(([endpoint, demand]) => [endpoint, { ...demand, ...none }] as const)
  return { ...request, demands: new Map(all), watermark: null }
}
