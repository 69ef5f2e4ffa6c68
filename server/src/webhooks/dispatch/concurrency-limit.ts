/** How many requests a receiver is given at once, and how fast it answers. */
export interface Pace {
  /** A fraction counts towards the next whole request. */
  limit: number
  /** How long an answer takes, the latest ones counting most. */
  answerMs: number
  /** How long one takes when the receiver isn't pressed. */
  fastMs: number
  /** It was never too much so far: the limit doubles with each round of answers. */
  isClimbing: boolean
  /** Answers until the limit may shrink again; those under way were asked for at the old one. */
  restingFor: number
}

/** What an answer says of the receiver: it keeps up, it is pressed, or nothing of its speed. */
export type Answered = 'kept-up' | 'pressed' | 'unrelated'

// Enough for a receiver on another continent, little enough for a small one to begin with.
const FIRST_LIMIT = 8
/** Its own bound and the only one: however many endpoints are slow, they take nothing from others. */
export const MAX_LIMIT = 64
// A guess, until the first answers are there.
const FIRST_ANSWER_MS = 125
// A fifth: some ten answers until a change of speed is seen.
const NEWEST_WEIGHT = 0.2
// What is slow with so few requests at once is not slow because of them: it is its normal speed.
const FEW = 4
const DRIFT = 0.05
// Twice as long as unpressed; but some of it may be our own, when this process is busy.
const PRESSED_FACTOR = 2
const OWN_MS = 50
const SHRINK = 0.7

export function firstPace(): Pace {
  return {
    limit: FIRST_LIMIT,
    answerMs: FIRST_ANSWER_MS,
    fastMs: Infinity,
    isClimbing: true,
    restingFor: 0,
  }
}

/** How many requests may be under way now. */
export function requestsOf({ limit }: Pace): number {
  return Math.floor(limit)
}

/** What an answer, or that there was none, says of the receiver's strength. */
export function judgeAnswer(status: number | null): Answered {
  if (status === null || status === 429 || status >= 500) return 'pressed'
  return status < 300 ? 'kept-up' : 'unrelated'
}

/**
 * Learns from an answer: one more request at once after each round of answers that came as fast as
 * ever, three tenths fewer when one was slow or there was none.
 */
export function observeAnswer(pace: Pace, answered: Answered, durationMs: number): Pace {
  const answerMs = pace.answerMs + (durationMs - pace.answerMs) * NEWEST_WEIGHT
  if (answered === 'unrelated') return { ...pace, answerMs }
  const isSlow = durationMs > pace.fastMs * PRESSED_FACTOR + OWN_MS
  const fastMs = driftTo(pace, durationMs)
  const restingFor = Math.max(0, pace.restingFor - 1)
  if (answered === 'kept-up' && !isSlow) {
    const step = pace.isClimbing ? 1 : 1 / pace.limit
    return { ...pace, answerMs, fastMs, restingFor, limit: Math.min(MAX_LIMIT, pace.limit + step) }
  }
  // A receiver that does not answer at all says nothing of how fast it could.
  const seen = answered === 'kept-up' ? fastMs : pace.fastMs
  if (restingFor > 0) return { ...pace, answerMs, fastMs: seen, restingFor }
  const limit = Math.max(1, pace.limit * SHRINK)
  return { answerMs, fastMs: seen, isClimbing: false, limit, restingFor: Math.ceil(pace.limit) }
}

function driftTo({ fastMs, limit }: Pace, durationMs: number): number {
  if (durationMs < fastMs) return durationMs
  return limit < FEW + 1 ? fastMs + (durationMs - fastMs) * DRIFT : fastMs
}
