import { newId } from '../../kernel/id.ts'
import { encryptAnswer } from '../attempts/answer-blob.ts'
import type { SendEvents } from './build-request.ts'
import type { Vault } from '../../kernel/vault.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { PendingEvent } from './claim-deliveries.ts'
import { learnFrom } from './endpoint-queue.ts'
import type { EndpointQueue } from './endpoint-queue.ts'
import { isOfReceiver } from '../attempts/minute-count.ts'
import type { SendResult } from '../transport/send.ts'

/** A request that was made, and what came of it. */
export interface MadeAttempt {
  /** `attempt-…` */
  id: string
  at: Date
  result: SendResult
  /** Encrypted: how the answer begins. */
  blob: Buffer | null
}

export interface MakeAttemptParts {
  sendEvents: SendEvents
  clock: Clock
  vault: Vault
  /** Called once for each request that reached the receiver. */
  answered(durationMs: number): void
}

/** One attempt: sends events to the queue's endpoint in one request, and adapts its concurrency limit. */
export async function makeAttempt(
  { sendEvents, clock, vault, answered }: MakeAttemptParts,
  queue: EndpointQueue,
  events: PendingEvent[],
): Promise<MadeAttempt> {
  const id = newId('attempt')
  const at = clock.now()
  const { target, batchSize } = queue
  const result = await sendEvents({ id, events, target, isBatch: batchSize > 1 })
  learnFrom(queue, result)
  if (isOfReceiver(result)) answered(result.durationMs)
  return { id, at, result, blob: encryptAnswer(vault, id, result.answer) }
}
