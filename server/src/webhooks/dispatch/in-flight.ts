import type { ClaimQuery, LaneClaim, Want } from '../../events/claim-lanes.ts'
import type { Logger } from '../../kernel/log.ts'
import type { ClaimedLane, Work } from './claim-deliveries.ts'
import {
  askForMore,
  bulkRequestsOf,
  emptyHand,
  FIRST_SHARE,
  heldOf,
  isIdle,
  lateBefore,
  noteClaim,
  wantOf,
} from './endpoint-queue.ts'
import type { Hand, Pile } from './endpoint-queue.ts'
import { releaseLane } from './lane-cursor.ts'
import { requestsOf } from './concurrency-limit.ts'
import { takeParcel } from './take-batch.ts'
import type { Recorded } from './record-results.ts'
import type { ReadTarget } from './target.ts'
import { workBatch } from './deliver-batch.ts'
import { workLane } from './deliver-lane.ts'
import type { WorkLaneParts } from './deliver-lane.ts'

/** What a claim asks for. */
export type Asked = Pick<ClaimQuery, 'wanted' | 'share' | 'from'>

/** Everything that this worker has in hand. */
export interface Hands {
  /** What the next claim is to ask for. */
  ask(): Asked
  /** Endpoints of which there are lanes in hand. */
  busy(): number[]
  /** Takes what was claimed, and begins to send it. */
  take(work: Work, asked: Asked, claim: { now: Date; isCut: boolean }): void
  /** Hands back what was not begun of these endpoints. */
  pause(paused: Recorded['paused']): void
  /** Hands back what was not begun of any endpoint; used once it is stopping. */
  drop(): void
  /** Until no request is in flight. */
  idle(): Promise<void>
}

export interface HandsParts {
  laneParts: WorkLaneParts
  readTarget: ReadTarget
  log: Logger
  /** An endpoint that may have more lanes due has room for them. */
  wantsMore(): void
}

// Of idle endpoints only their speed is remembered, which is soon learnt again.
const MAX_REMEMBERED = 10_000

export function createHands(parts: HandsParts): Hands {
  const hands = new Map<number, Hand>()
  const lanes = createLaneQueue(parts)
  let from: Date | null = null

  function handOf(endpoint: number): Hand {
    const hand = hands.get(endpoint) ?? emptyHand(endpoint)
    hands.set(endpoint, hand)
    return hand
  }

  function forget(): void {
    for (const hand of hands.values()) if (isIdle(hand)) hands.delete(hand.endpoint)
  }

  function note(lanes: LaneClaim[], asked: Asked, claim: { now: Date; isCut: boolean }): void {
    const byEndpoint = Map.groupBy(lanes, (lane) => lane.endpoint)
    for (const endpoint of byEndpoint.keys()) handOf(endpoint)
    for (const hand of hands.values()) {
      noteClaim(hand, byEndpoint.get(hand.endpoint) ?? [], wantIn(asked, hand), claim)
    }
    if (!claim.isCut) from = lateBefore(claim.now)
  }

  return {
    ask() {
      if (hands.size > MAX_REMEMBERED) forget()
      // Of the others all was claimed that was due, as of those that are not known.
      const busy = [...hands.values()].filter((hand) => !isIdle(hand))
      const wanted = new Map(busy.map((hand) => [hand.endpoint, wantOf(hand)]))
      return { wanted, share: FIRST_SHARE, from }
    },
    busy: () => [...hands.values()].filter((hand) => heldOf(hand) > 0).map((each) => each.endpoint),
    take(work, asked, claim) {
      note(work.lanes, asked, claim)
      for (const lane of work.lanes) {
        const pile = pileOf(handOf(lane.endpoint), lane)
        pile.queue.push(lane)
        pile.held++
      }
      for (const hand of hands.values()) {
        if (heldOf(hand) === 0) continue
        const row = work.endpoints.get(hand.endpoint)
        // A deleted endpoint is as good as paused.
        hand.isPaused = row?.paused_at !== null
        if (row) {
          hand.target = parts.readTarget(row)
          hand.batchSize = row.batch_size
        }
        lanes.sendNext(hand)
      }
    },
    pause(paused) {
      for (const { endpoint, reason } of paused) {
        const hand = handOf(endpoint)
        parts.log.warn({ endpoint: hand.target?.id, reason }, 'A webhook paused itself')
        hand.isPaused = true
        lanes.sendNext(hand)
      }
    },
    drop: () => [...hands.values()].forEach(lanes.drop),
    idle: lanes.idle,
  }
}

function wantIn({ wanted, share }: Asked, hand: Hand): Want {
  const nothing = { liveFrom: null, resumedFrom: null, bulkFrom: null, resumedAt: null }
  return wanted.get(hand.endpoint) ?? { live: share, resumed: share, bulk: share, ...nothing }
}

function pileOf(hand: Hand, { is_bulk: isBulk }: ClaimedLane): Pile {
  return isBulk ? hand.bulk : hand.live
}

interface LaneQueue {
  /** Begins as many requests of the hand as may be under way at once. */
  sendNext(hand: Hand): void
  drop(hand: Hand): void
  idle(): Promise<void>
}

function createLaneQueue({ laneParts, log, wantsMore }: HandsParts): LaneQueue {
  const working = new Set<Promise<void>>()

  function sendNext(hand: Hand): void {
    if (hand.isPaused || laneParts.isStopping()) drop(hand)
    while (mayBegin(hand)) begin(hand, takeParcel(hand))
    if (askForMore(hand)) wantsMore()
  }

  function begin(hand: Hand, parcel: ClaimedLane[]): void {
    // One live lane is enough: bulk ones that come along cost it nothing.
    const pile = parcel.some((lane) => !lane.is_bulk) ? hand.live : hand.bulk
    pile.sending++
    const work = send(hand, parcel)
      .catch((error: unknown) => log.error({ err: error }, 'Lanes were left to their leases'))
      .finally(() => {
        working.delete(work)
        pile.sending--
        for (const lane of parcel) pileOf(hand, lane).held--
        sendNext(hand)
      })
    working.add(work)
  }

  async function send(hand: Hand, parcel: ClaimedLane[]): Promise<void> {
    const [lane] = parcel
    if (hand.batchSize > 1) await workBatch(laneParts, parcel, hand)
    else if (lane) await workLane(laneParts, lane, hand)
  }

  function drop(hand: Hand): void {
    for (const pile of [hand.live, hand.bulk]) {
      for (const lane of pile.queue.splice(0)) {
        pile.held--
        releaseLane(laneParts, lane)
      }
    }
  }

  return {
    sendNext,
    drop,
    async idle() {
      while (working.size > 0) await Promise.all(working)
    },
  }
}

function mayBegin(hand: Hand): boolean {
  if (hand.live.sending + hand.bulk.sending >= requestsOf(hand.pace)) return false
  if (hand.live.queue.length > 0) return true
  return hand.bulk.queue.length > 0 && hand.bulk.sending < bulkRequestsOf(hand)
}
