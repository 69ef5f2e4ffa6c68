import type { AttemptOutcome, AttemptRow } from './attempt-store.ts'
import type { ClaimedLane, OwedEvent } from './claim-work.ts'
import type { Made } from './make-attempt.ts'

/** What is kept of a request for one of its events; `number` counts the event's attempts, from 1. */
export function attemptRow(
  { id, at, result }: Made,
  { endpoint }: ClaimedLane,
  { subject, sequence }: OwedEvent,
  { number, outcome }: { number: number; outcome: AttemptOutcome },
): AttemptRow {
  const { status, error, durationMs } = result
  const event = { endpoint, subject, sequence }
  return { id, ...event, at, number, outcome, status, error, duration_ms: durationMs }
}
