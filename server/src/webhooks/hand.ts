import type { ClaimedLane } from './claim-work.ts'
import type { Target } from './target.ts'

/** What this worker has in hand of one endpoint. */
export interface Hand {
  endpoint: number
  /** Undefined while the endpoint cannot be read. */
  target: Target | undefined
  isPaused: boolean
  /** Lanes that wait for a free request. */
  queue: ClaimedLane[]
  /** Lanes of which an event is on its way. */
  sending: number
  /** Claimed and not yet done with: those that wait and those being sent. */
  held: number
  /** The last claim got as many lanes as it asked for: there may be more. */
  mayHaveMore: boolean
  /** How long the endpoint takes to answer, the latest answers counting most. */
  answerMs: number
}

/**
 * Requests that one endpoint gets at once. Its own bound and the only one: however many endpoints
 * are slow or dead, they take nothing away from the others.
 */
export const MAX_SENDING = 32

// Work for this long is claimed ahead, so that a fast endpoint never waits for a claim.
const AHEAD_MS = 250
// However fast it answers: should it fall silent, what is held then is handed back within a lease.
const MAX_AHEAD = 2_000
// A guess, until the first answers are there.
const FIRST_ANSWER_MS = 125
// A fifth: some ten answers until a change of speed is seen.
const NEWEST_WEIGHT = 0.2

export function emptyHand(endpoint: number): Hand {
  return {
    endpoint,
    target: undefined,
    isPaused: false,
    queue: [],
    sending: 0,
    held: 0,
    mayHaveMore: false,
    answerMs: FIRST_ANSWER_MS,
  }
}

/** How many lanes of an endpoint that answers this fast are worth having in hand. */
export function shareOf(answerMs: number): number {
  const ahead = Math.floor((MAX_SENDING * AHEAD_MS) / Math.max(answerMs, 1))
  return MAX_SENDING + Math.min(MAX_AHEAD, ahead)
}

/** The share of an endpoint of which nothing is known yet. */
export const FIRST_SHARE = shareOf(FIRST_ANSWER_MS)

export function observeAnswer(hand: Hand, durationMs: number): void {
  hand.answerMs += (durationMs - hand.answerMs) * NEWEST_WEIGHT
}
