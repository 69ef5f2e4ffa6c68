import { newId } from '../kernel/id.ts'
import { encryptAnswer } from './attempt-row.ts'
import type { AttemptEvents } from './attempt-events.ts'
import type { Vault } from '../kernel/vault.ts'
import type { Clock } from '../kernel/clock.ts'
import type { OwedEvent } from './claim-work.ts'
import type { Hand } from './hand.ts'
import { judgeAnswer, observeAnswer } from './pace.ts'
import { isOfReceiver } from './pulse.ts'
import type { SendResult } from './send.ts'

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
