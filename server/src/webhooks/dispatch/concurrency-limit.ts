/**
 * AIMD concurrency limit with slow start: how many requests one endpoint gets at once, learnt from
 * how fast it answers.
 */
export interface ConcurrencyLimit {
  /** A fraction counts towards the next whole request. */
  limit: number
  /** Moving average of how long an answer takes, in milliseconds. */
  averageMs: number
  /** How long an answer takes while the receiver is not overloaded. */
  baselineMs: number
  /** Until the first overload the limit doubles with each round of answers. */
  isSlowStart: boolean
  /** Answers until the limit may shrink again; those under way were requested at the old limit. */
  cooldown: number
}

/** What an answer says of the receiver's load; `ignored` says nothing of it. */
export type AnswerVerdict = 'ok' | 'overloaded' | 'ignored'

// Enough for a receiver on another continent, little enough for a small one to begin with.
const INITIAL_LIMIT = 8
/** The only bound, and one of each endpoint: however many endpoints are slow, they take nothing from others. */
export const MAX_LIMIT = 64
// A guess, until the first answers are there.
const INITIAL_AVERAGE_MS = 125
// A fifth: some ten answers until a change of speed shows.
const NEWEST_WEIGHT = 0.2
// A receiver that is slow with so few requests at once is not slow because of them: that is its normal speed.
const FEW = 4
const DRIFT = 0.05
// Twice the baseline; but some of it may be our own, when this process is busy.
const OVERLOAD_FACTOR = 2
const OWN_LATENCY_MS = 50
const DECREASE = 0.7

export function initialLimit(): ConcurrencyLimit {
  return {
    limit: INITIAL_LIMIT,
    averageMs: INITIAL_AVERAGE_MS,
    baselineMs: Infinity,
    isSlowStart: true,
    cooldown: 0,
  }
}

/** How many requests may be in flight now. */
export function maxRequests({ limit }: ConcurrencyLimit): number {
  return Math.floor(limit)
}

/** What a status says of the receiver's load; null where there was no answer. */
export function judgeAnswer(status: number | null): AnswerVerdict {
  if (status === null || status === 429 || status >= 500) return 'overloaded'
  return status < 300 ? 'ok' : 'ignored'
}

/**
 * Additive increase, multiplicative decrease: one more request at once after each round of answers
 * that came at the baseline's speed, three tenths fewer when an answer was slow or absent.
 */
export function observeAnswer(
  concurrency: ConcurrencyLimit,
  verdict: AnswerVerdict,
  durationMs: number,
): ConcurrencyLimit {
  const { limit, isSlowStart } = concurrency
  const averageMs = concurrency.averageMs + (durationMs - concurrency.averageMs) * NEWEST_WEIGHT
  if (verdict === 'ignored') return { ...concurrency, averageMs }
  const isSlow = durationMs > concurrency.baselineMs * OVERLOAD_FACTOR + OWN_LATENCY_MS
  // An answer that failed or is missing says nothing of how fast the receiver could be.
  const baselineMs =
    verdict === 'ok' ? nextBaseline(concurrency, durationMs) : concurrency.baselineMs
  const cooldown = Math.max(0, concurrency.cooldown - 1)
  const observed = { ...concurrency, averageMs, baselineMs, cooldown }
  if (verdict === 'ok' && !isSlow) {
    const increase = isSlowStart ? 1 : 1 / limit
    return { ...observed, limit: Math.min(MAX_LIMIT, limit + increase) }
  }
  if (cooldown > 0) return observed
  return {
    ...observed,
    isSlowStart: false,
    limit: Math.max(1, limit * DECREASE),
    cooldown: Math.ceil(limit),
  }
}

function nextBaseline({ baselineMs, limit }: ConcurrencyLimit, durationMs: number): number {
  if (durationMs < baselineMs) return durationMs
  return limit < FEW + 1 ? baselineMs + (durationMs - baselineMs) * DRIFT : baselineMs
}
