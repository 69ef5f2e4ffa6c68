import type { Clock } from '../../kernel/clock.ts'
import type { Logger } from '../../kernel/log.ts'
import { attemptRow } from './attempt-row.ts'
import type { AttemptOutcome } from '../attempts/attempt-store.ts'
import type { ClaimedLane, PendingEvent } from './claim-deliveries.ts'
import { setPaused } from './endpoint-queue.ts'
import type { EndpointQueue } from './endpoint-queue.ts'
import { advance, progressOf, releaseLane, startOf } from './lane-cursor.ts'
import type { LaneCursor } from './lane-cursor.ts'
import { makeAttempt } from './make-attempt.ts'
import type { MadeAttempt, MakeAttemptParts } from './make-attempt.ts'
import { nextStep } from './retry-schedule.ts'
import type { NextStep } from './retry-schedule.ts'
import type { Recorder } from './recorder.ts'
import { ATTEMPT_TIMEOUT_MS } from '../transport/send.ts'

export interface DeliverLaneParts extends MakeAttemptParts {
  recorder: Pick<Recorder, 'add'>
  clock: Clock
  log: Logger
  /** From 0 to 1, without 1: spreads retries. */
  random(): number
  isStopping(): boolean
  /** Called once for each event of a request. */
  attempted(outcome: AttemptOutcome, event: PendingEvent): void
}

// After the last attempt there must be time to record its result.
const LEASE_MARGIN_MS = 5_000

/**
 * At-least-once delivery in order: sends a lane's events one after another, each only when the one
 * before it is acknowledged, refused or expired, and then releases the lane.
 */
export async function deliverLane(
  parts: DeliverLaneParts,
  lane: ClaimedLane,
  queue: EndpointQueue,
  start = startOf(lane),
): Promise<void> {
  let cursor = start
  for (const [index, event] of lane.events.entries()) {
    if (mustStop(parts, lane, queue)) break
    const made = await makeAttempt(parts, queue, [event])
    const isLast = index === lane.events.length - 1
    const about = { endpoint: queue.target?.id, event, cursor, random: parts.random() }
    const step = judgeAttempt(parts, made, about)
    const { outcome } = step
    parts.attempted(outcome, event)
    const attempt = attemptRow(made, lane, event, { number: cursor.attempt + 1, outcome })
    cursor = advance(cursor, step, event, parts.clock.now())
    if (isLast && outcome !== 'failed') cursor.acked = lane.end
    const gone = step.outcome === 'refused' && step.gone
    if (gone) setPaused(queue, true)
    const dueAt = dueAfter(step, isLast, parts.clock.now())
    parts.recorder.add({ progress: progressOf(lane, cursor, dueAt), attempts: [attempt], gone })
    if (dueAt) return
  }
  if (lane.events.length === 0) cursor.acked = lane.end
  releaseLane(parts, lane, cursor)
}

export function mustStop(
  { isStopping, clock }: Pick<DeliverLaneParts, 'isStopping' | 'clock'>,
  lane: ClaimedLane,
  queue: EndpointQueue,
): boolean {
  const latest = lane.leaseEnd.getTime() - ATTEMPT_TIMEOUT_MS - LEASE_MARGIN_MS
  return isStopping() || queue.isPaused || clock.now().getTime() > latest
}

export interface JudgedAttempt {
  /** `endpoint-…`, for the log. */
  endpoint: string | undefined
  event: PendingEvent
  /** Before the attempt. */
  cursor: LaneCursor
  random: number
}

/** Decides what an attempt means for the event at the head of its lane, and logs it. */
export function judgeAttempt(
  { clock, log }: Pick<DeliverLaneParts, 'clock' | 'log'>,
  { result }: MadeAttempt,
  { endpoint, event, cursor, random }: JudgedAttempt,
): NextStep {
  const attempt = cursor.attempt + 1
  const { failingSince } = cursor
  const step = nextStep(result, { attempt, failingSince, now: clock.now(), random })
  const { status, error, durationMs } = result
  const fields = { event: event.id, endpoint, attempt, status, error, durationMs }
  if (step.outcome === 'expired') log.warn(fields, 'An event expired: 72 hours without success')
  else log.debug(fields, `An attempt was made: ${step.outcome}`)
  return step
}

/** When the lane is due again; null while the worker goes on with it. */
function dueAfter(step: NextStep, isLast: boolean, now: Date): Date | null {
  if (step.outcome === 'failed') return step.retryAt
  return isLast ? now : null
}
