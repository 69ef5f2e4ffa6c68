import { newId } from '../../kernel/id.ts'
import { encryptAnswer } from '../attempts/answer-blob.ts'
import type { AttemptEvents } from './build-request.ts'
import type { Vault } from '../../kernel/vault.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { OwedEvent } from './claim-deliveries.ts'
import type { Hand } from './endpoint-queue.ts'
import { judgeAnswer, observeAnswer } from './concurrency-limit.ts'
import { isOfReceiver } from '../attempts/minute-count.ts'
import type { SendResult } from '../transport/send.ts'

/** A request that was made, and what came of it. */
export interface Made {
  /** `attempt-…` */
  id: string
  at: Date
  result: SendResult
  /** Encrypted: how the answer begins. */
  blob: Buffer | null
}

export interface MakeAttemptParts {
  attemptEvents: AttemptEvents
  clock: Clock
  vault: Vault
  /** Once a request that reached the receiver. */
  answered(durationMs: number): void
}

/** Sends events to the hand's endpoint in one request, and learns how fast it answers. */
export async function makeAttempt(
  { attemptEvents, clock, vault, answered }: MakeAttemptParts,
  hand: Hand,
  events: OwedEvent[],
): Promise<Made> {
  const id = newId('attempt')
  const at = clock.now()
  const { target, batchSize } = hand
  const result = await attemptEvents({ id, events, target, isBatch: batchSize > 1 })
  hand.pace = observeAnswer(hand.pace, judgeAnswer(result.status), result.durationMs)
  if (isOfReceiver(result)) answered(result.durationMs)
  return { id, at, result, blob: encryptAnswer(vault, id, result.answer) }
}
