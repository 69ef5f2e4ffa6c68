import type { AttemptOutcome, AttemptRow } from '../attempts/attempt-store.ts'
import type { ClaimedLane, OwedEvent } from './claim-deliveries.ts'
import type { Made } from './make-attempt.ts'

/** What is kept of a request for one of its events; `number` counts the event's attempts, from 1. */
export function attemptRow(
  { id, at, result, blob }: Made,
  { endpoint }: Pick<ClaimedLane, 'endpoint'>,
  { subject, sequence, replay }: Pick<OwedEvent, 'subject' | 'sequence' | 'replay'>,
  { number, outcome }: { number: number; outcome: AttemptOutcome },
): AttemptRow {
  const { status, error, durationMs } = result
  const what = { endpoint, subject, sequence, number, outcome, replay }
  return { id, ...what, at, status, error, duration_ms: durationMs, blob }
}
