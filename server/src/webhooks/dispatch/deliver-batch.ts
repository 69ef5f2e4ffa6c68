import { attemptRow } from './attempt-row.ts'
import type { AttemptOutcome, AttemptRow } from '../attempts/attempt-store.ts'
import type { ClaimedLane } from './claim-deliveries.ts'
import type { Hand } from './endpoint-queue.ts'
import { moveOn, progressOf, releaseLane, startOf } from './lane-cursor.ts'
import { makeAttempt } from './make-attempt.ts'
import type { Made } from './make-attempt.ts'
import { judge, mustStop, workLane } from './deliver-lane.ts'
import type { WorkLaneParts } from './deliver-lane.ts'

/** Sends all that these lanes have in hand in one request, and lets go of the lanes. */
export async function workBatch(
  parts: WorkLaneParts,
  lanes: ClaimedLane[],
  hand: Hand,
): Promise<void> {
  const [owing, idle] = split(
    lanes,
    (lane) => lane.events.length > 0 && !mustStop(parts, lane, hand),
  )
  for (const lane of idle) {
    const cursor = startOf(lane)
    releaseLane(parts, lane, lane.events.length > 0 ? cursor : { ...cursor, acked: lane.end })
  }
  const events = owing.flatMap((lane) => lane.events)
  if (events.length === 0) return
  const made = await makeAttempt(parts, hand, events)
  if (made.result.status === 400 && events.length > 1) return sendApart(parts, owing, hand, made)
  // The same for all, so that what failed together is due together.
  const random = parts.random()
  for (const lane of owing) settle(parts, lane, hand, { made, random })
}

function split<T>(all: T[], isFirst: (each: T) => boolean): [T[], T[]] {
  const { first = [], second = [] } = Object.groupBy(all, (each) =>
    isFirst(each) ? 'first' : 'second',
  )
  return [first, second]
}

/** What a batch came to is what each of its lanes came to. */
function settle(
  parts: WorkLaneParts,
  lane: ClaimedLane,
  hand: Hand,
  { made, random }: { made: Made; random: number },
): void {
  const [event] = lane.events
  if (!event) return
  const now = parts.clock.now()
  const before = startOf(lane)
  const endpoint = hand.target?.id
  const step = judge(parts, made, { endpoint, event, cursor: before, random })
  const cursor = moveOn(before, step, event, now)
  const isWhole = step.outcome === 'acknowledged' || step.outcome === 'refused'
  if (isWhole || (step.outcome === 'expired' && lane.events.length === 1)) cursor.acked = lane.end
  const gone = step.outcome === 'refused' && step.gone
  if (gone) hand.isPaused = true
  const dueAt = step.outcome === 'failed' ? step.retryAt : now
  const { outcome } = step
  for (const each of isWhole ? lane.events : [event]) parts.attempted(step.outcome, each)
  const attempts = rowsOf(lane, made, { number: before.attempt + 1, outcome })
  parts.recorder.add({ progress: progressOf(lane, cursor, dueAt), attempts, gone })
}

/**
 * Of a lane that failed only the first event is one that fails. The others were along before their
 * turn, which counts as no attempt: their number is 0.
 */
function rowsOf(
  lane: ClaimedLane,
  made: Made,
  { number, outcome }: { number: number; outcome: AttemptOutcome },
): AttemptRow[] {
  const isOver = outcome === 'acknowledged' || outcome === 'refused'
  const along = isOver ? { number: 1, outcome } : { number: 0, outcome: 'failed' as const }
  return lane.events.map((event, index) =>
    attemptRow(made, lane, event, index === 0 ? { number, outcome } : along),
  )
}

/**
 * The receiver refused the batch for ever, which it may have meant for one of its events only: each
 * lane's are sent by themselves, and only what is refused alone is refused.
 */
async function sendApart(
  parts: WorkLaneParts,
  lanes: ClaimedLane[],
  hand: Hand,
  made: Made,
): Promise<void> {
  const now = parts.clock.now()
  const cursors = lanes.map((lane) => {
    const start = startOf(lane)
    const attempt = start.attempt + 1
    const attempts = rowsOf(lane, made, { number: attempt, outcome: 'failed' })
    parts.recorder.add({ progress: progressOf(lane, start, null), attempts, gone: false })
    return { ...start, attempt, failingSince: start.failingSince ?? now, failedAt: now }
  })
  for (const [index, lane] of lanes.entries()) await workLane(parts, lane, hand, cursors[index])
}
