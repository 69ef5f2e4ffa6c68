import type { Claimed, Want } from '../events/claim-lanes.ts'
import type { ClaimedLane } from './claim-work.ts'
import { firstPace, MAX_LIMIT, requestsOf } from './pace.ts'
import type { Pace } from './pace.ts'
import type { Target } from './target.ts'

/** Lanes of one priority that this worker has in hand. */
export interface Pile {
  /** Those that wait for a free request. */
  queue: ClaimedLane[]
  /** Claimed and not yet done with: those that wait and those being sent. */
  held: number
  /** Requests with lanes of this priority that are under way. */
  sending: number
  /** The last claim got as many as it asked for: there may be more. */
  mayHaveMore: boolean
  /** Another claim was asked for since. */
  isAsked: boolean
  /** Nothing that was due before is left to claim. */
  from: Date | null
}

/** What this worker has in hand of one endpoint. */
export interface Hand {
  endpoint: number
  /** Undefined while the endpoint cannot be read. */
  target: Target | undefined
  isPaused: boolean
  /** At most this many events in one request. */
  batchSize: number
  live: Pile
  bulk: Pile
  pace: Pace
  /** The endpoint's last resume that is known of. */
  resumedAt: Date | null
}

// Work for this long is claimed ahead, so that a fast endpoint never waits for a claim.
const AHEAD_MS = 250
// However fast it answers: should it fall silent, what is held then is handed back within a lease.
const MAX_AHEAD = 2_000
// Clocks of workers differ by less, and a tx that began before commits within it; what is later is
// found by the next look at everything.
const LATE_MS = 5_000

export function emptyHand(endpoint: number): Hand {
  return {
    endpoint,
    target: undefined,
    isPaused: false,
    batchSize: 1,
    live: emptyPile(),
    bulk: emptyPile(),
    pace: firstPace(),
    resumedAt: null,
  }
}

function emptyPile(): Pile {
  return { queue: [], held: 0, sending: 0, mayHaveMore: false, isAsked: false, from: null }
}

export function heldOf({ live, bulk }: Hand): number {
  return live.held + bulk.held
}

/** How many lanes of each priority are worth having in hand. */
export function shareOf({ pace, batchSize }: Pick<Hand, 'pace' | 'batchSize'>): number {
  const ahead = (requestsOf(pace) * AHEAD_MS) / Math.max(pace.answerMs, 1)
  const requests = requestsOf(pace) + ahead
  return Math.min(MAX_LIMIT + MAX_AHEAD, Math.ceil(requests * batchSize))
}

/** The share of an endpoint of which nothing is known yet, not even whether it wants batches. */
export const FIRST_SHARE = 64

export function wantOf(hand: Hand): Want {
  const share = shareOf(hand)
  return {
    live: Math.max(0, share - hand.live.held),
    bulk: Math.max(0, share - hand.bulk.held),
    liveFrom: hand.live.from,
    bulkFrom: hand.bulk.from,
    resumedAt: hand.resumedAt,
  }
}

/** How many requests with bulk lanes alone may be under way: a live one always finds room soon. */
export function bulkRequestsOf({ pace }: Hand): number {
  const all = requestsOf(pace)
  return Math.max(1, all - Math.ceil(all / 4))
}

/** Remembers where a claim came to. `now` is the claim's; `isCut`, whether it was cut short. */
export function noteClaim(
  hand: Hand,
  found: Claimed['found'],
  asked: Want,
  { now, isCut }: { now: Date; isCut: boolean },
): void {
  const [first] = found
  if (first && first.resumed_at?.getTime() !== hand.resumedAt?.getTime()) {
    // It was paused meanwhile, and not looked at.
    hand.resumedAt = first.resumed_at
    hand.live.from = null
    hand.bulk.from = null
  }
  for (const [pile, isBulk, wanted] of [
    [hand.live, false, asked.live],
    [hand.bulk, true, asked.bulk],
  ] as const) {
    pile.isAsked = false
    if (wanted === 0) continue
    const due = found.filter((lane) => lane.is_bulk === isBulk && lane.due_at !== null)
    pile.mayHaveMore = isCut || due.length >= wanted
    // In a backlog there is no hurry for what comes late, and much that was claimed already lies behind.
    const from = pile.mayHaveMore ? due.at(-1)?.due_at : lateBefore(now)
    if (from) pile.from = from
  }
}

/** From when on there may still be lanes that a look up to this time has not found. */
export function lateBefore(time: Date): Date {
  return new Date(time.getTime() - LATE_MS)
}
