import type { SendResult } from '../transport/send.ts'

/** What a check looks at: each but `speed` is one request. */
export const CHECK_NAMES = [
  'right-signature',
  'wrong-signature',
  'repeat',
  'unknown-type',
  'batch',
  'speed',
] as const
export type CheckName = (typeof CHECK_NAMES)[number]

/** `warning`: it works, but not as it should. `skipped`: an earlier one says all. */
export const CHECK_OUTCOMES = ['passed', 'warning', 'failed', 'skipped'] as const
export type CheckOutcome = (typeof CHECK_OUTCOMES)[number]

export interface AnswerJudgement {
  outcome: CheckOutcome
  /** What was found, as a sentence. */
  message: string
  /** The line of code that mends it, for Node; null where there is nothing to mend, or not by a line. */
  mend: string | null
}

const VERIFY =
  'verifyWebhook({ body: rawBody, headers: request.headers, secret: process.env.NEWCOMER_WEBHOOK_SECRET })'
const REFUSE = `try { ${VERIFY} } catch { return response.writeHead(401).end() }`
const ACKNOWLEDGE = 'response.writeHead(204).end() // whatever comes of it afterwards'

/** Slower answers come near to the limit as soon as the receiver has more to do. */
export const SLOW_MS = 3_000

export function passed(message: string): AnswerJudgement {
  return { outcome: 'passed', message, mend: null }
}

export function skipped(message: string): AnswerJudgement {
  return { outcome: 'skipped', message, mend: null }
}

export function isAcknowledged({ status }: Pick<SendResult, 'status'>): boolean {
  return status !== null && status >= 200 && status < 300
}

/** How the receiver answered: "It answered 500". */
function sayAnswer({ status, error }: SendResult): string {
  return status === null ? `It did not answer (${error})` : `It answered ${status}`
}

/** What was answered to an event with the right signature. */
export function judgeRightSignature(result: SendResult): AnswerJudgement {
  const { status } = result
  if (isAcknowledged(result)) return passed(`It answered ${status}: acknowledged.`)
  const said = `${sayAnswer(result)} to an event that was signed rightly`
  if (status === null) return failed(`${said}. It has 10 seconds, connecting included.`, null)
  if (status === 401 || status === 403) {
    const why = 'it has another secret, or verifies what it parsed in place of the bytes that came'
    return failed(`${said}: ${why}.`, VERIFY)
  }
  if (status >= 300 && status < 400) {
    const why = 'no redirect is followed: give the webhook the URL that it leads to'
    return failed(`${said}: ${why}.`, null)
  }
  return failed(`${said}; only a 2xx acknowledges it.`, ACKNOWLEDGE)
}

/** What was answered to an event with signatures of another secret. */
export function judgeWrongSignature(result: SendResult): AnswerJudgement {
  const { status } = result
  if (isAcknowledged(result)) {
    const risk = 'anybody who knows its URL can post to it what they like'
    return failed(`It answered ${status}, without looking at the signature: ${risk}.`, REFUSE)
  }
  const said = `${sayAnswer(result)} to a wrong signature`
  if (status === 400 || status === 410) {
    const risk = 'should one day your secret be wrong, what is sent then is lost. Answer 401'
    return { outcome: 'warning', message: `${said}: ${risk}.`, mend: REFUSE }
  }
  if (status !== null && status >= 400 && status < 500) return passed(`${said}: refused.`)
  return failed(`${said}; answer 401.`, REFUSE)
}

/** What was answered to an event that it had acknowledged already. */
export function judgeRepeat(result: SendResult): AnswerJudgement {
  if (isAcknowledged(result)) return passed(`It answered ${result.status} the second time too.`)
  const message = `${sayAnswer(result)} to an event that it had acknowledged before: it would come again and again.`
  return failed(message, 'if (await isKnown(event.id)) return response.writeHead(204).end()')
}

/** What was answered to an event of a type that the receiver cannot know. */
export function judgeUnknownType(result: SendResult): AnswerJudgement {
  if (isAcknowledged(result)) return passed(`It answered ${result.status}: acknowledged.`)
  const message = `${sayAnswer(result)} to an event type that it does not know; later versions send others.`
  return failed(
    message,
    'default: return response.writeHead(204).end() // of switch (event.event_type)',
  )
}

/** What was answered to a batch of `events`. */
export function judgeBatch(result: SendResult, events: number): AnswerJudgement {
  const batch = `a batch of ${events} ${events === 1 ? 'event' : 'events'}`
  if (isAcknowledged(result)) return passed(`It answered ${result.status} to ${batch}.`)
  if (result.status === 413) {
    const message = `It answered 413 to ${batch}: it takes smaller bodies only.`
    return failed(message, "express.raw({ type: 'application/json', limit: '1mb' })")
  }
  return failed(
    `${sayAnswer(result)} to ${batch}.`,
    'for (const each of event.events) await take(each)',
  )
}

/** How long the slowest answer took; null where there was none. */
export function judgeSpeed(slowestMs: number | null): AnswerJudgement {
  if (slowestMs === null) return skipped('It never answered.')
  const message = `The slowest answer took ${slowestMs} ms`
  if (slowestMs <= SLOW_MS) return passed(`${message}.`)
  const limit = 'after 10,000 ms it counts as none. Answer first, work later'
  return {
    outcome: 'warning',
    message: `${message}; ${limit}.`,
    mend: 'await queue.add(event); response.writeHead(204).end()',
  }
}

function failed(message: string, mend: string | null): AnswerJudgement {
  return { outcome: 'failed', message, mend }
}
