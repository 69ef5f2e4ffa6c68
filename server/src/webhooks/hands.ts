import type { Logger } from '../kernel/log.ts'
import type { ClaimedLane, Work } from './claim-work.ts'
import { emptyHand, FIRST_SHARE, MAX_SENDING, shareOf } from './hand.ts'
import type { Hand } from './hand.ts'
import type { Recorded } from './record-turns.ts'
import type { ReadTarget } from './target.ts'
import { releaseLane, workLane } from './work-lane.ts'
import type { WorkLaneParts } from './work-lane.ts'

/** Everything that this worker has in hand. */
export interface Hands {
  /** How many more lanes each endpoint is worth, by its number; others get the first share. */
  wanted(): Map<number, number>
  /** Endpoints of which there are lanes in hand. */
  busy(): number[]
  /** Takes what was claimed, and begins to send it. */
  take(work: Work, wanted: Map<number, number>): void
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

  function handOf(endpoint: number): Hand {
    const hand = hands.get(endpoint) ?? emptyHand(endpoint)
    hands.set(endpoint, hand)
    return hand
  }

  function forget(): void {
    for (const hand of hands.values()) if (hand.held === 0) hands.delete(hand.endpoint)
  }

  return {
    wanted() {
      if (hands.size > MAX_REMEMBERED) forget()
      const entries = [...hands.values()].map(({ endpoint, answerMs, held }) => {
        return [endpoint, Math.max(0, shareOf(answerMs) - held)] as const
      })
      return new Map(entries)
    },
    busy: () => [...hands.values()].filter(({ held }) => held > 0).map(({ endpoint }) => endpoint),
    take(work, wanted) {
      const counts = new Map<number, number>()
      for (const lane of work.lanes) {
        const hand = handOf(lane.endpoint)
        hand.queue.push(lane)
        hand.held++
        counts.set(lane.endpoint, (counts.get(lane.endpoint) ?? 0) + 1)
      }
      for (const hand of hands.values()) {
        if (hand.held === 0) continue
        const row = work.endpoints.get(hand.endpoint)
        // A deleted endpoint is as good as paused.
        hand.isPaused = row?.paused_at !== null
        if (row) hand.target = parts.readTarget(row)
        const asked = wanted.get(hand.endpoint) ?? FIRST_SHARE
        hand.mayHaveMore = (counts.get(hand.endpoint) ?? 0) >= asked
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

interface LaneQueue {
  /** Begins as many lanes of the hand as may be sent at once. */
  sendNext(hand: Hand): void
  drop(hand: Hand): void
  idle(): Promise<void>
}

function createLaneQueue({ laneParts, log, wantsMore }: HandsParts): LaneQueue {
  const working = new Set<Promise<void>>()

  function sendNext(hand: Hand): void {
    if (hand.isPaused || laneParts.isStopping()) drop(hand)
    while (hand.sending < MAX_SENDING) {
      const lane = hand.queue.shift()
      if (!lane) break
      send(hand, lane)
    }
    if (hand.mayHaveMore && hand.held <= shareOf(hand.answerMs) / 2) {
      hand.mayHaveMore = false
      wantsMore()
    }
  }

  function send(hand: Hand, lane: ClaimedLane): void {
    hand.sending++
    const work = workLane(laneParts, lane, hand)
      .catch((error: unknown) => log.error({ err: error }, 'A lane was left to its lease'))
      .finally(() => {
        working.delete(work)
        hand.sending--
        hand.held--
        sendNext(hand)
      })
    working.add(work)
  }

  function drop(hand: Hand): void {
    for (const lane of hand.queue.splice(0)) {
      hand.held--
      releaseLane(laneParts, lane)
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
