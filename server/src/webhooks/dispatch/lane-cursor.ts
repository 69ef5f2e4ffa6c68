import type { Clock } from '../../kernel/clock.ts'
import type { LaneProgress } from '../../events/record-lanes.ts'
import type { ClaimedLane, PendingEvent } from './claim-deliveries.ts'
import type { NextStep } from './retry-schedule.ts'
import type { Recorder } from './recorder.ts'

/** Cursor of the outbox: how far a worker has come with a lane, and how often its next event failed. */
export type LaneCursor = Pick<
  LaneProgress,
  'acked' | 'ackedAt' | 'attempt' | 'failingSince' | 'failedAt'
>

const NO_FAILURE = { attempt: 0, failingSince: null, failedAt: null }

/**
 * The counted failures are those of the event right behind the cursor. Where that event is not to be sent
 * any more (its type unsubscribed, its customer erased, its row damaged), the next one starts without.
 */
export function startOf(lane: ClaimedLane): LaneCursor {
  const { acked, attempt, failing_since: failingSince, failed_at: failedAt } = lane
  const isSame = lane.events[0]?.sequence === acked + 1
  return { acked, ackedAt: null, ...(isSame ? { attempt, failingSince, failedAt } : NO_FAILURE) }
}

/** Where the cursor stands after an attempt to deliver `event`. */
export function advance(
  cursor: LaneCursor,
  step: NextStep,
  event: PendingEvent,
  now: Date,
): LaneCursor {
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
export function progressOf(
  lane: ClaimedLane,
  cursor: LaneCursor,
  dueAt: Date | null,
): LaneProgress {
  const { endpoint, subject, replay, token } = lane
  return { endpoint, subject, replay, token, ...cursor, dueAt }
}

/** Releases a lane: its next claim begins at the cursor. */
export function releaseLane(
  { recorder, clock }: { recorder: Pick<Recorder, 'add'>; clock: Clock },
  lane: ClaimedLane,
  cursor: LaneCursor = startOf(lane),
): void {
  recorder.add({ progress: progressOf(lane, cursor, clock.now()), attempts: [], gone: false })
}
