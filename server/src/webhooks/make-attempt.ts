import { newId } from '../kernel/id.ts'
import type { AttemptEvents } from './attempt-events.ts'
import type { Clock } from '../kernel/clock.ts'
import type { OwedEvent } from './claim-work.ts'
import type { Hand } from './hand.ts'
import { judgeAnswer, observeAnswer } from './pace.ts'
import type { SendResult } from './send.ts'

/** A request that was made, and what came of it. */
export interface Made {
  /** `attempt-…` */
  id: string
  at: Date
  result: SendResult
}

export interface MakeAttemptParts {
  attemptEvents: AttemptEvents
  clock: Clock
}

/** Sends events to the hand's endpoint in one request, and learns how fast it answers. */
export async function makeAttempt(
  { attemptEvents, clock }: MakeAttemptParts,
  hand: Hand,
  events: OwedEvent[],
): Promise<Made> {
  const id = newId('attempt')
  const at = clock.now()
  const { target, batchSize } = hand
  const result = await attemptEvents({ id, events, target, isBatch: batchSize > 1 })
  hand.pace = observeAnswer(hand.pace, judgeAnswer(result.status), result.durationMs)
  return { id, at, result }
}
