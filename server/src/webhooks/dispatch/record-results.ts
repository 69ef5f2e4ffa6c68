import type { Tx } from '../../kernel/database/database.ts'
import type { Vault } from '../../kernel/vault.ts'
import type { SelfPause } from '../endpoints/endpoint-store.ts'
import { lockLanes, recordLanes } from '../../events/record-lanes.ts'
import type { RecordedLane } from '../../events/record-lanes.ts'
import { deleteReplayed } from '../../events/replay-store.ts'
import { insertAttempts } from '../attempts/attempt-store.ts'
import type { AttemptRow } from '../attempts/attempt-store.ts'
import type { Turn } from '../attempts/lane-result.ts'
import { minuteOf } from '../health/auto-pause.ts'
import { pauseUnhealthy } from '../health/pause-unhealthy.ts'
import { countAttempts } from '../attempts/minute-count.ts'
import { addPulses } from '../attempts/minute-store.ts'

export interface Recorded {
  /** Those that were still this worker's. */
  lanes: RecordedLane[]
  /** Endpoints that were paused for what is recorded here. */
  paused: SelfPause[]
}

/** Which claim of which lane. */
export function turnKey(lane: { endpoint: number; subject: string; token: string }): string {
  return `${lane.endpoint} ${lane.subject} ${lane.token}`
}

/**
 * Writes what was done with lanes: cursors, attempts, pulses, pauses. Of a lane that another worker
 * has by now nothing is written. Safe to repeat after a COMMIT whose answer was lost.
 */
export async function recordTurns(
  tx: Tx,
  vault: Vault,
  turns: Turn[],
  now: Date,
): Promise<Recorded> {
  const progress = turns.map((turn) => turn.progress)
  await lockLanes(tx, progress)
  const lanes = await recordLanes(tx, progress, now)
  const held = new Set(lanes.map(turnKey))
  const ours = turns.filter((turn) => held.has(turnKey(turn.progress)))
  await deleteReplayed(
    tx,
    ours.map((turn) => turn.progress).filter(({ replay }) => replay !== null),
  )
  await recordAttempts(
    tx,
    ours.flatMap((turn) => turn.attempts),
    now,
  )
  return { lanes, paused: await pauseUnhealthy(tx, vault, ours, now) }
}

async function recordAttempts(tx: Tx, attempts: AttemptRow[], now: Date): Promise<void> {
  if (attempts.length === 0) return
  const pulses = countAttempts(await insertAttempts(tx, attempts))
  if (pulses.length > 0) await addPulses(tx, pulses, minuteOf(now))
}
