import type { Clock } from '../kernel/clock.ts'
import { newId } from '../kernel/id.ts'
import type { Logger } from '../kernel/log.ts'
import type { LaneProgress } from '../events/record-lanes.ts'
import type { AttemptEvent } from './attempt-event.ts'
import type { AttemptOutcome, AttemptRow } from './attempt-store.ts'
import type { ClaimedLane, OwedEvent } from './claim-work.ts'
import { observeAnswer } from './hand.ts'
import type { Hand } from './hand.ts'
import { nextStep } from './next-step.ts'
import type { Step } from './next-step.ts'
import type { Recorder } from './recorder.ts'
import { ATTEMPT_TIMEOUT_MS } from './send.ts'
import type { SendResult } from './send.ts'

export interface WorkLaneParts {
  attemptEvent: AttemptEvent
  recorder: Pick<Recorder, 'add'>
  clock: Clock
  log: Logger
  /** From 0 to 1, without 1: spreads retries. */
  random(): number
  isStopping(): boolean
  attempted(outcome: AttemptOutcome, durationMs: number): void
}

// After the last attempt there must be time to write down what came of it.
const LEASE_MARGIN_MS = 5_000

type Cursor = Pick<LaneProgress, 'acked' | 'ackedAt' | 'attempt' | 'failingSince'>

/**
 * Sends a lane's events one after another, the next only when the one before is acknowledged,
 * refused or expired, and lets go of the lane.
 */
export async function workLane(parts: WorkLaneParts, lane: ClaimedLane, hand: Hand): Promise<void> {
  let cursor = startOf(lane)
  for (const [index, event] of lane.events.entries()) {
    if (mustStop(parts, lane, hand)) break
    const { attempt, step } = await attemptOnce(parts, { lane, hand, event, cursor })
    const isLast = index === lane.events.length - 1
    cursor = moveOn(cursor, step, event, parts.clock.now())
    if (isLast && step.outcome !== 'failed') cursor.acked = lane.end
    const gone = step.outcome === 'refused' && step.gone
    if (gone) hand.isPaused = true
    const dueAt = dueAfter(step, isLast, parts.clock.now())
    parts.recorder.add({ progress: progressOf(lane, cursor, dueAt), attempts: [attempt], gone })
    if (dueAt) return
  }
  if (lane.events.length === 0) cursor.acked = lane.end
  releaseLane(parts, lane, cursor)
}

/** Hands a lane back as it was claimed; who takes it next begins where this one would have. */
export function releaseLane(
  { recorder, clock }: Pick<WorkLaneParts, 'recorder' | 'clock'>,
  lane: ClaimedLane,
  cursor: Cursor = startOf(lane),
): void {
  recorder.add({ progress: progressOf(lane, cursor, clock.now()), attempts: [], gone: false })
}

/**
 * A failing event is always the one right behind the cursor. Where that one is not owed any more
 * (its type was unsubscribed, its customer erased, its row damaged) its failures are not the next one's.
 */
function startOf(lane: ClaimedLane): Cursor {
  const isSame = lane.events[0]?.sequence === lane.acked + 1
  return {
    acked: lane.acked,
    ackedAt: null,
    attempt: isSame ? lane.attempt : 0,
    failingSince: isSame ? lane.failing_since : null,
  }
}

function mustStop({ isStopping, clock }: WorkLaneParts, lane: ClaimedLane, hand: Hand): boolean {
  const latest = lane.leaseEnd.getTime() - ATTEMPT_TIMEOUT_MS - LEASE_MARGIN_MS
  return isStopping() || hand.isPaused || clock.now().getTime() > latest
}

interface Attempting {
  lane: ClaimedLane
  hand: Hand
  event: OwedEvent
  cursor: Cursor
}

async function attemptOnce(
  parts: WorkLaneParts,
  { lane, hand, event, cursor }: Attempting,
): Promise<{ attempt: AttemptRow; step: Step }> {
  const { clock, random, attempted } = parts
  const id = newId('attempt')
  const at = clock.now()
  const { target } = hand
  const result = await parts.attemptEvent({ id, event, target, customerId: lane.customerId })
  const number = cursor.attempt + 1
  const { failingSince } = cursor
  const state = { attempt: number, failingSince, now: clock.now(), random: random() }
  const step = nextStep(result, state)
  observeAnswer(hand, result.durationMs)
  attempted(step.outcome, result.durationMs)
  report(parts.log, { event, endpoint: target?.id, number, result, step })
  const { outcome } = step
  const { endpoint, subject } = lane
  const { status, error, durationMs } = result
  const row = {
    id,
    endpoint,
    subject,
    sequence: event.sequence,
    at,
    number,
    outcome,
    status,
    error,
  }
  return { attempt: { ...row, duration_ms: durationMs }, step }
}

interface Report {
  event: OwedEvent
  endpoint: string | undefined
  number: number
  result: SendResult
  step: Step
}

function report(log: Logger, { event, endpoint, number, result, step }: Report): void {
  const { status, error, durationMs } = result
  const fields = { event: event.id, endpoint, attempt: number, status, error, durationMs }
  if (step.outcome === 'expired') log.warn(fields, 'An event expired: 72 hours without success')
  else log.debug(fields, `An attempt was made: ${step.outcome}`)
}

function moveOn(cursor: Cursor, step: Step, event: OwedEvent, now: Date): Cursor {
  if (step.outcome !== 'failed') {
    return { acked: event.sequence, ackedAt: event.at, attempt: 0, failingSince: null }
  }
  const failingSince = cursor.failingSince ?? now
  return { ...cursor, acked: event.sequence - 1, attempt: cursor.attempt + 1, failingSince }
}

/** Null while the worker goes on with the lane. */
function dueAfter(step: Step, isLast: boolean, now: Date): Date | null {
  if (step.outcome === 'failed') return step.retryAt
  return isLast ? now : null
}

function progressOf(lane: ClaimedLane, cursor: Cursor, dueAt: Date | null): LaneProgress {
  const { endpoint, subject, token } = lane
  return { endpoint, subject, token, ...cursor, dueAt }
}
