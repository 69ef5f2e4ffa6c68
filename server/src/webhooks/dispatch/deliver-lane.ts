import type { Clock } from '../../kernel/clock.ts'
import type { Logger } from '../../kernel/log.ts'
import { attemptRow } from './attempt-row.ts'
import type { AttemptOutcome } from '../attempts/attempt-store.ts'
import type { ClaimedLane, OwedEvent } from './claim-deliveries.ts'
import type { Hand } from './endpoint-queue.ts'
import { moveOn, progressOf, releaseLane, startOf } from './lane-cursor.ts'
import type { Cursor } from './lane-cursor.ts'
import { makeAttempt } from './make-attempt.ts'
import type { Made, MakeAttemptParts } from './make-attempt.ts'
import { nextStep } from './retry-schedule.ts'
import type { Step } from './retry-schedule.ts'
import type { Recorder } from './recorder.ts'
import { ATTEMPT_TIMEOUT_MS } from '../transport/send.ts'

export interface WorkLaneParts extends MakeAttemptParts {
  recorder: Pick<Recorder, 'add'>
  clock: Clock
  log: Logger
  /** From 0 to 1, without 1: spreads retries. */
  random(): number
  isStopping(): boolean
  /** Once an event of a request. */
  attempted(outcome: AttemptOutcome, event: OwedEvent): void
}

// After the last attempt there must be time to write down what came of it.
const LEASE_MARGIN_MS = 5_000

/**
 * Sends a lane's events one after another, the next only when the one before is acknowledged,
 * refused or expired, and lets go of the lane.
 */
export async function workLane(
  parts: WorkLaneParts,
  lane: ClaimedLane,
  hand: Hand,
  start = startOf(lane),
): Promise<void> {
  let cursor = start
  for (const [index, event] of lane.events.entries()) {
    if (mustStop(parts, lane, hand)) break
    const made = await makeAttempt(parts, hand, [event])
    const isLast = index === lane.events.length - 1
    const about = { endpoint: hand.target?.id, event, cursor, random: parts.random() }
    const step = judge(parts, made, about)
    const { outcome } = step
    parts.attempted(outcome, event)
    const attempt = attemptRow(made, lane, event, { number: cursor.attempt + 1, outcome })
    cursor = moveOn(cursor, step, event, parts.clock.now())
    if (isLast && outcome !== 'failed') cursor.acked = lane.end
    const gone = step.outcome === 'refused' && step.gone
    if (gone) hand.isPaused = true
    const dueAt = dueAfter(step, isLast, parts.clock.now())
    parts.recorder.add({ progress: progressOf(lane, cursor, dueAt), attempts: [attempt], gone })
    if (dueAt) return
  }
  if (lane.events.length === 0) cursor.acked = lane.end
  releaseLane(parts, lane, cursor)
}

export function mustStop(
  { isStopping, clock }: Pick<WorkLaneParts, 'isStopping' | 'clock'>,
  lane: ClaimedLane,
  hand: Hand,
): boolean {
  const latest = lane.leaseEnd.getTime() - ATTEMPT_TIMEOUT_MS - LEASE_MARGIN_MS
  return isStopping() || hand.isPaused || clock.now().getTime() > latest
}

export interface Judging {
  /** `endpoint-…`, for the log. */
  endpoint: string | undefined
  event: OwedEvent
  /** Before the attempt. */
  cursor: Cursor
  random: number
}

/** What follows from an attempt for the event that its lane waits for. */
export function judge(
  { clock, log }: Pick<WorkLaneParts, 'clock' | 'log'>,
  { result }: Made,
  { endpoint, event, cursor, random }: Judging,
): Step {
  const attempt = cursor.attempt + 1
  const { failingSince } = cursor
  const step = nextStep(result, { attempt, failingSince, now: clock.now(), random })
  const { status, error, durationMs } = result
  const fields = { event: event.id, endpoint, attempt, status, error, durationMs }
  if (step.outcome === 'expired') log.warn(fields, 'An event expired: 72 hours without success')
  else log.debug(fields, `An attempt was made: ${step.outcome}`)
  return step
}

/** Null while the worker goes on with the lane. */
function dueAfter(step: Step, isLast: boolean, now: Date): Date | null {
  if (step.outcome === 'failed') return step.retryAt
  return isLast ? now : null
}
