import type { AttemptOutcome, AttemptRow } from '../attempts/attempt-store.ts'
import type { ClaimedLane, PendingEvent } from './claim-deliveries.ts'
import type { MadeAttempt } from './make-attempt.ts'

/** The row of an attempt for one event of its request; `number` counts the event's attempts, from 1. */
export function attemptRow(
  { id, at, result, blob }: MadeAttempt,
  { endpoint }: Pick<ClaimedLane, 'endpoint'>,
  { subject, sequence, replay }: Pick<PendingEvent, 'subject' | 'sequence' | 'replay'>,
  { number, outcome }: { number: number; outcome: AttemptOutcome },
): AttemptRow {
  const { status, error, durationMs } = result
  const what = { endpoint, subject, sequence, number, outcome, replay }
  return { id, ...what, at, status, error, duration_ms: durationMs, blob }
}
