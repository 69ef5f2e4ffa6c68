import type { Tx } from '../../kernel/database/database.ts'
import type { Vault } from '../../kernel/vault.ts'
import type { SelfPause } from '../endpoints/endpoint-store.ts'
import { lockLanes, recordLanes } from '../../events/record-lanes.ts'
import type { RecordedLane } from '../../events/record-lanes.ts'
import { deleteReplayed } from '../../events/replay-store.ts'
import { insertAttempts } from '../attempts/attempt-store.ts'
import type { AttemptRow } from '../attempts/attempt-store.ts'
import type { LaneResult } from '../attempts/lane-result.ts'
import { minuteOf } from '../health/auto-pause.ts'
import { pauseUnhealthy } from '../health/pause-unhealthy.ts'
import { countAttempts } from '../attempts/minute-count.ts'
import { addMinutes } from '../attempts/minute-store.ts'

export interface RecordedResults {
  /** The lanes that this worker still held. */
  lanes: RecordedLane[]
  /** Endpoints that these results have paused. */
  paused: SelfPause[]
}

/** Names one claim of one lane. */
export function claimKey(lane: { endpoint: number; subject: string; token: string }): string {
  return `${lane.endpoint} ${lane.subject} ${lane.token}`
}

/**
 * Records the results of lanes: cursors, attempts, minute counts, pauses. Fenced by the claim's token: it
 * writes nothing of a lane that another worker holds by now. Idempotent, so it may be repeated after a
 * COMMIT whose answer was lost.
 */
export async function recordResults(
  tx: Tx,
  vault: Vault,
  results: LaneResult[],
  now: Date,
): Promise<RecordedResults> {
  const progress = results.map((result) => result.progress)
  await lockLanes(tx, progress)
  const lanes = await recordLanes(tx, progress, now)
  const held = new Set(lanes.map(claimKey))
  const ours = results.filter((result) => held.has(claimKey(result.progress)))
  await deleteReplayed(
    tx,
    ours.map((result) => result.progress).filter(({ replay }) => replay !== null),
  )
  await recordAttempts(
    tx,
    ours.flatMap((result) => result.attempts),
    now,
  )
  return { lanes, paused: await pauseUnhealthy(tx, vault, ours, now) }
}

async function recordAttempts(tx: Tx, attempts: AttemptRow[], now: Date): Promise<void> {
  if (attempts.length === 0) return
  const minutes = countAttempts(await insertAttempts(tx, attempts))
  if (minutes.length > 0) await addMinutes(tx, minutes, minuteOf(now))
}
