import type { Clock } from '../../kernel/clock.ts'
import { signRequest } from '../dispatch/build-request.ts'
import { keysAt } from '../dispatch/target.ts'
import type { Target } from '../dispatch/target.ts'
import { newSecret } from '../endpoints/endpoint.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import type { Send, SendError, SendResult } from '../transport/send.ts'
import { toSigningKey } from '../transport/sign.ts'
import type { SigningKey } from '../transport/sign.ts'
import { draftSample, draftUnknown, toBatchProbe, toProbe } from './build-probes.ts'
import type { ProbeMessage } from './build-probes.ts'
import * as judge from './judge-answer.ts'
import type { CheckName, AnswerJudgement } from './judge-answer.ts'

/** One thing that was looked at. */
export interface ReceiverFinding extends AnswerJudgement {
  name: CheckName
  /** What was answered; null where nothing was, or nothing was sent. */
  status: number | null
  error: SendError | null
  /** Null where nothing was sent. */
  durationMs: number | null
}

export interface ProbeParts {
  /** The one that deliveries go through, with its guard. */
  send: Send
  clock: Clock
}

/** At most so many requests are sent. */
export const MOST_PROBES = 5
// Beyond it no further request is begun, so that a check takes at most 25 s: callers wait for it.
const BUDGET_MS = 15_000
// What a receiver shows with fifty events it would show with five hundred.
const MOST_BATCHED = 50

/**
 * Tells whether a receiver is right, by made-up events that are sent one after another. Nothing of it is stored:
 * they are no deliveries, and count for no statistics and no pause.
 */
export async function checkReceiver(
  { send, clock }: ProbeParts,
  { eventTypes, batchSize }: Pick<Endpoint, 'eventTypes' | 'batchSize'>,
  target: Target,
): Promise<ReceiverFinding[]> {
  const at = clock.now()
  // Its subscriptions are never empty.
  const type = eventTypes[0] ?? 'segment-change'
  const format = { isBatch: batchSize > 1 }
  const run = createRun({ send, clock }, target)
  const sample = draftSample(type, at)

  await run.first(toProbe([sample], format))
  const forged = toProbe([draftSample(type, at)], format)
  const wrongKeys = [toSigningKey(newSecret())]
  await run.next('wrong-signature', forged, judge.judgeWrongSignature, wrongKeys)
  await run.next('repeat', toProbe([sample], format), judge.judgeRepeat)
  await run.next('unknown-type', toProbe([draftUnknown(at)], format), judge.judgeUnknownType)
  if (format.isBatch) {
    const bounds = { at, most: Math.min(batchSize, MOST_BATCHED), maxBytes: target.maxBatchBytes }
    const { message, events } = toBatchProbe(type, bounds)
    await run.next('batch', message, (result) => judge.judgeBatch(result, events))
  }
  return run.findings()
}

/** Sends probes one after another, and leaves out those of which the answer is known beforehand. */
function createRun({ send, clock }: ProbeParts, target: Target) {
  const findings: ReceiverFinding[] = []
  let right: SendResult | undefined

  async function probe(
    { id, body }: ProbeMessage,
    keys: SigningKey[] = keysAt(target, clock.now()),
  ): Promise<SendResult> {
    return send(signRequest(target, keys, { id, body, at: clock.now() }))
  }

  function whySkipped(name: CheckName): string | undefined {
    if (!right || right.status === null) return 'It did not answer the first request.'
    if (name !== 'wrong-signature' && !judge.isAcknowledged(right)) {
      return 'It does not acknowledge what is right yet.'
    }
    const spentMs = findings.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0)
    return spentMs > BUDGET_MS ? 'It took too long before.' : undefined
  }

  return {
    async first(message: ProbeMessage): Promise<void> {
      right = await probe(message)
      findings.push(toFinding('right-signature', right, judge.judgeRightSignature(right)))
    },
    async next(
      name: CheckName,
      message: ProbeMessage,
      judgeIt: (result: SendResult) => AnswerJudgement,
      keys?: SigningKey[],
    ): Promise<void> {
      const why = whySkipped(name)
      if (why !== undefined) {
        findings.push(toFinding(name, undefined, judge.skipped(why)))
        return
      }
      const result = await probe(message, keys)
      findings.push(toFinding(name, result, judgeIt(result)))
    },
    findings(): ReceiverFinding[] {
      const answered = findings.flatMap(({ status, error, durationMs }) =>
        durationMs !== null && (status !== null || error === 'timeout') ? durationMs : [],
      )
      const slowestMs = answered.length === 0 ? null : Math.max(...answered)
      return [...findings, toFinding('speed', undefined, judge.judgeSpeed(slowestMs), slowestMs)]
    },
  }
}

function toFinding(
  name: CheckName,
  result: SendResult | undefined,
  judgement: AnswerJudgement,
  durationMs = result?.durationMs ?? null,
): ReceiverFinding {
  return {
    name,
    ...judgement,
    status: result?.status ?? null,
    error: result?.error ?? null,
    durationMs,
  }
}
