import type { LaneClaim, Want } from '../../events/claim-lanes.ts'
import type { ClaimedLane } from './claim-deliveries.ts'
import { firstPace, MAX_LIMIT, requestsOf } from './concurrency-limit.ts'
import type { Pace } from './concurrency-limit.ts'
import type { Target } from './target.ts'

/** Where this worker has come with claiming lanes of one kind. */
export interface Source {
  /** The last claim got as many as it asked for: there may be more. */
  mayHaveMore: boolean
  /** Another claim was asked for since. */
  isAsked: boolean
  /** Nothing from before is left to claim. */
  from: Date | null
}

/** Lanes of one priority that this worker has in hand. */
export interface Pile extends Source {
  /** Those that wait for a free request. */
  queue: ClaimedLane[]
  /** Claimed and not yet done with: those that wait and those being sent. */
  held: number
  /** Requests with lanes of this priority that are under way. */
  sending: number
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
  /** Lanes that failed before the last resume; in hand they are live or bulk like all others. */
  resumed: Source
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
    resumed: untouched(),
    pace: firstPace(),
    resumedAt: null,
  }
}

function emptyPile(): Pile {
  return { queue: [], held: 0, sending: 0, ...untouched() }
}

function untouched(): Source {
  return { mayHaveMore: false, isAsked: false, from: null }
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
  const { live, resumed, bulk, resumedAt } = hand
  return {
    live: Math.max(0, share - live.held),
    resumed: Math.max(0, share - heldOf(hand)),
    bulk: Math.max(0, share - bulk.held),
    ...{ liveFrom: live.from, resumedFrom: resumed.from, bulkFrom: bulk.from, resumedAt },
  }
}

/** Whether it is time to ask for more of a source, of which so many lanes are in hand; once it is, notes that. */
export function askForMore(hand: Hand): boolean {
  const least = shareOf(hand) / 2
  let isTime = false
  for (const [source, held] of [
    [hand.live, hand.live.held],
    [hand.bulk, hand.bulk.held],
    [hand.resumed, heldOf(hand)],
  ] as const) {
    if (!source.mayHaveMore || source.isAsked || held > least) continue
    source.isAsked = true
    isTime = true
  }
  return isTime
}

/** Nothing is in hand, and all was claimed that there is. */
export function isIdle(hand: Hand): boolean {
  const mayHaveMore = [hand.live, hand.bulk, hand.resumed].some((source) => source.mayHaveMore)
  return heldOf(hand) === 0 && !mayHaveMore
}

/** How many requests with bulk lanes alone may be under way: a live one always finds room soon. */
export function bulkRequestsOf({ pace }: Hand): number {
  const all = requestsOf(pace)
  return Math.max(1, all - Math.ceil(all / 4))
}

/** Remembers where a claim came to. `now` is the claim's; `isCut`, whether it was cut short. */
export function noteClaim(
  hand: Hand,
  lanes: LaneClaim[],
  asked: Want,
  { now, isCut }: { now: Date; isCut: boolean },
): void {
  const [first] = lanes
  if (first && first.resumed_at?.getTime() !== hand.resumedAt?.getTime()) {
    // It was paused meanwhile, and not looked at.
    hand.resumedAt = first.resumed_at
    for (const source of [hand.live, hand.resumed, hand.bulk]) source.from = null
  }
  const due = lanes.filter((lane) => lane.due_at !== null)
  const dueOf = (isBulk: boolean) => due.filter((lane) => lane.is_bulk === isBulk)
  const resumed = lanes.filter((lane) => lane.due_at === null)
  // In a backlog there is no hurry for what comes late, and much that was claimed already lies behind.
  for (const [source, wanted, found, end] of [
    [hand.live, asked.live, dueOf(false), lateBefore(now)],
    [hand.bulk, asked.bulk, dueOf(true), lateBefore(now)],
    [hand.resumed, asked.resumed, resumed, hand.resumedAt],
  ] as const) {
    source.isAsked = false
    if (wanted === 0) continue
    source.mayHaveMore = isCut || found.length >= wanted
    const last = found.at(-1)
    const from = source.mayHaveMore ? (last?.due_at ?? last?.failed_at) : end
    if (from) source.from = from
  }
}

/** From when on there may still be lanes that a look up to this time has not found. */
export function lateBefore(time: Date): Date {
  return new Date(time.getTime() - LATE_MS)
}
