import { describe, expect, test } from 'vitest'
import type { ClaimedLane } from '../../../src/webhooks/dispatch/claim-deliveries.ts'
import { emptyHand } from '../../../src/webhooks/dispatch/endpoint-queue.ts'
import type { Hand } from '../../../src/webhooks/dispatch/endpoint-queue.ts'
import { takeParcel } from '../../../src/webhooks/dispatch/take-batch.ts'
import { batchBound } from '../../../src/webhooks/endpoints/batch-bound.ts'

function lane(events: number, attempt = 0): ClaimedLane {
  return { events: Array.from({ length: events }), attempt } as unknown as ClaimedLane
}

function handOf(batchSize: number, live: ClaimedLane[], bulk: ClaimedLane[] = []): Hand {
  const hand = emptyHand(1)
  hand.batchSize = batchSize
  hand.live.queue.push(...live)
  hand.bulk.queue.push(...bulk)
  return hand
}

const sizes = (parcel: ClaimedLane[]) => parcel.map(({ events }) => events.length)

describe('what goes into one request', () => {
  test('one lane, where the endpoint wants no batches', () => {
    const hand = handOf(1, [lane(7), lane(1)], [lane(1)])
    expect(sizes(takeParcel(hand))).toEqual([7])
    expect(sizes(takeParcel(hand))).toEqual([1])
    expect(takeParcel(hand)).toHaveLength(1)
    expect(takeParcel(hand)).toEqual([])
  })

  test('as many lanes as fit whole, live ones first', () => {
    const hand = handOf(10, [lane(4), lane(4)], [lane(2), lane(1)])
    expect(sizes(takeParcel(hand))).toEqual([4, 4, 2])
    expect(sizes(takeParcel(hand))).toEqual([1])
  })

  test('a lane that does not fit waits for the next, and is not passed by those behind it', () => {
    const hand = handOf(10, [lane(8), lane(3), lane(1)])
    expect(sizes(takeParcel(hand))).toEqual([8])
    expect(sizes(takeParcel(hand))).toEqual([3, 1])
  })

  test('what fails in company is tried in smaller company, until it is alone', () => {
    expect([0, 1, 2, 3, 4].map((attempt) => batchBound(500, attempt))).toEqual([500, 62, 7, 1, 1])
    const failing = handOf(100, [lane(2), lane(2, 1), lane(10), lane(2, 9)])
    expect(sizes(takeParcel(failing))).toEqual([2, 2])
    expect(sizes(takeParcel(failing))).toEqual([10])
    expect(sizes(takeParcel(failing)), 'its events are one lane').toEqual([2])
  })
})
