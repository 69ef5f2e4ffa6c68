import type { Clock } from '../../kernel/clock.ts'
import type { LaneProgress } from '../../events/record-lanes.ts'
import type { ClaimedLane, OwedEvent } from './claim-deliveries.ts'
import type { Step } from './retry-schedule.ts'
import type { Recorder } from './recorder.ts'

/** How far a worker has come with a lane, and how its next event fares. */
export type Cursor = Pick<
  LaneProgress,
  'acked' | 'ackedAt' | 'attempt' | 'failingSince' | 'failedAt'
>

const NO_FAILURE = { attempt: 0, failingSince: null, failedAt: null }

/**
 * A failing event is always the one right behind the cursor. Where that one is not owed any more
 * (its type was unsubscribed, its customer erased, its row damaged) its failures are not the next one's.
 */
export function startOf(lane: ClaimedLane): Cursor {
  const { acked, attempt, failing_since: failingSince, failed_at: failedAt } = lane
  const isSame = lane.events[0]?.sequence === acked + 1
  return { acked, ackedAt: null, ...(isSame ? { attempt, failingSince, failedAt } : NO_FAILURE) }
}

/** Where the cursor is after an attempt to deliver `event`. */
export function moveOn(cursor: Cursor, step: Step, event: OwedEvent, now: Date): Cursor {
  if (step.outcome !== 'failed') return { acked: event.sequence, ackedAt: event.at, ...NO_FAILURE }
  return {
    ...cursor,
    acked: event.sequence - 1,
    attempt: cursor.attempt + 1,
    failingSince: cursor.failingSince ?? now,
    failedAt: now,
  }
}

/** `dueAt` is null while the worker goes on with the lane. */
export function progressOf(lane: ClaimedLane, cursor: Cursor, dueAt: Date | null): LaneProgress {
  const { endpoint, subject, replay, token } = lane
  return { endpoint, subject, replay, token, ...cursor, dueAt }
}

/** Hands a lane back as it was claimed; who takes it next begins where this one would have. */
export function releaseLane(
  { recorder, clock }: { recorder: Pick<Recorder, 'add'>; clock: Clock },
  lane: ClaimedLane,
  cursor: Cursor = startOf(lane),
): void {
  recorder.add({ progress: progressOf(lane, cursor, clock.now()), attempts: [], gone: false })
}
