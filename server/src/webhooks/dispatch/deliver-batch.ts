import { attemptRow } from './attempt-row.ts'
import type { AttemptOutcome, AttemptRow } from '../attempts/attempt-store.ts'
import type { ClaimedLane } from './claim-deliveries.ts'
import { setPaused } from './endpoint-queue.ts'
import type { EndpointQueue } from './endpoint-queue.ts'
import { advance, progressOf, releaseLane, startOf } from './lane-cursor.ts'
import { makeAttempt } from './make-attempt.ts'
import type { MadeAttempt } from './make-attempt.ts'
import { judgeAttempt, mustStop, deliverLane } from './deliver-lane.ts'
import type { DeliverLaneParts } from './deliver-lane.ts'

/** Sends one batch: all claimed events of these lanes in one request. Then releases the lanes. */
export async function deliverBatch(
  parts: DeliverLaneParts,
  lanes: ClaimedLane[],
  queue: EndpointQueue,
): Promise<void> {
  const [pending, idle] = partition(
    lanes,
    (lane) => lane.events.length > 0 && !mustStop(parts, lane, queue),
  )
  for (const lane of idle) {
    const cursor = startOf(lane)
    releaseLane(parts, lane, lane.events.length > 0 ? cursor : { ...cursor, acked: lane.end })
  }
  const events = pending.flatMap((lane) => lane.events)
  if (events.length === 0) return
  const made = await makeAttempt(parts, queue, events)
  if (made.result.status === 400 && events.length > 1) return sendApart(parts, pending, queue, made)
  // The same jitter for all, so that what failed together is due together.
  const random = parts.random()
  for (const lane of pending) recordBatchResult(parts, lane, queue, { made, random })
}

function partition<T>(all: T[], isFirst: (each: T) => boolean): [T[], T[]] {
  const { first = [], second = [] } = Object.groupBy(all, (each) =>
    isFirst(each) ? 'first' : 'second',
  )
  return [first, second]
}

/** Records the result of a batch as the result of each of its lanes. */
function recordBatchResult(
  parts: DeliverLaneParts,
  lane: ClaimedLane,
  queue: EndpointQueue,
  { made, random }: { made: MadeAttempt; random: number },
): void {
  const [event] = lane.events
  if (!event) return
  const now = parts.clock.now()
  const before = startOf(lane)
  const endpoint = queue.target?.id
  const step = judgeAttempt(parts, made, { endpoint, event, cursor: before, random })
  const cursor = advance(before, step, event, now)
  const isOver = step.outcome === 'acknowledged' || step.outcome === 'refused'
  if (isOver || (step.outcome === 'expired' && lane.events.length === 1)) cursor.acked = lane.end
  const gone = step.outcome === 'refused' && step.gone
  if (gone) setPaused(queue, true)
  const dueAt = step.outcome === 'failed' ? step.retryAt : now
  const { outcome } = step
  for (const each of isOver ? lane.events : [event]) parts.attempted(step.outcome, each)
  const attempts = rowsOf(lane, made, { number: before.attempt + 1, outcome })
  parts.recorder.add({ progress: progressOf(lane, cursor, dueAt), attempts, gone })
}

/**
 * Where the batch failed, only the first event of each lane counts as failing. The lane would not have
 * sent the others yet, so this is no attempt of theirs: their number is 0.
 */
function rowsOf(
  lane: ClaimedLane,
  made: MadeAttempt,
  { number, outcome }: { number: number; outcome: AttemptOutcome },
): AttemptRow[] {
  const isOver = outcome === 'acknowledged' || outcome === 'refused'
  const along = isOver ? { number: 1, outcome } : { number: 0, outcome: 'failed' as const }
  return lane.events.map((event, index) =>
    attemptRow(made, lane, event, index === 0 ? { number, outcome } : along),
  )
}

/**
 * The receiver answered 400, perhaps because of one event only. So each lane sends its events alone,
 * and only an event that is refused alone counts as refused.
 */
async function sendApart(
  parts: DeliverLaneParts,
  lanes: ClaimedLane[],
  queue: EndpointQueue,
  made: MadeAttempt,
): Promise<void> {
  const now = parts.clock.now()
  const cursors = lanes.map((lane) => {
    const start = startOf(lane)
    const attempt = start.attempt + 1
    const attempts = rowsOf(lane, made, { number: attempt, outcome: 'failed' })
    parts.recorder.add({ progress: progressOf(lane, start, null), attempts, gone: false })
    return { ...start, attempt, failingSince: start.failingSince ?? now, failedAt: now }
  })
  for (const [index, lane] of lanes.entries()) await deliverLane(parts, lane, queue, cursors[index])
}
