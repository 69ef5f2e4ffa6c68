import { describe, expect, test } from 'vitest'
import type { ClaimedLane } from '../../../src/webhooks/dispatch/claim-deliveries.ts'
import {
  configure,
  createEndpointQueue,
  enqueueLane,
} from '../../../src/webhooks/dispatch/endpoint-queue.ts'
import type { EndpointQueue } from '../../../src/webhooks/dispatch/endpoint-queue.ts'
import { takeBatch } from '../../../src/webhooks/dispatch/take-batch.ts'
import type { Target } from '../../../src/webhooks/dispatch/target.ts'
import { maxBatchSize } from '../../../src/webhooks/endpoints/batch-bound.ts'

function lane(events: number, attempt = 0): ClaimedLane {
  return { events: Array.from({ length: events }), attempt } as unknown as ClaimedLane
}

function queueOf(batchSize: number, live: ClaimedLane[], bulk: ClaimedLane[] = []): EndpointQueue {
  const queue = createEndpointQueue(1)
  configure(queue, { target: undefined, batchSize })
  for (const lane of live) enqueueLane(queue, lane)
  for (const lane of bulk) enqueueLane(queue, { ...lane, is_bulk: true })
  return queue
}

const sizes = (batch: ClaimedLane[]) => batch.map(({ events }) => events.length)

// A thousand bytes around each payload, and 200 around the batch, are taken for granted.
function heavy(kilobytes: number[]): ClaimedLane {
  const events = kilobytes.map((size, index) => ({
    type: 'tx-pending',
    payload: { text: 'x'.repeat(size * 1_000 - 1_100) },
    customerId: null,
    sequence: index + 1,
  }))
  return { events, attempt: 0, acked: 0, end: events.length } as unknown as ClaimedLane
}

function heavyQueue(batchSize: number, lanes: ClaimedLane[]): EndpointQueue {
  const queue = queueOf(batchSize, lanes)
  configure(queue, { target: { maxBatchBytes: 100_000 } as Target, batchSize })
  return queue
}

describe('bytes', () => {
  test('cut a batch, between lanes where that is enough', () => {
    const queue = heavyQueue(500, [heavy([30, 30]), heavy([30]), heavy([30]), heavy([5])])
    expect(sizes(takeBatch(queue))).toEqual([2, 1])
    expect(sizes(takeBatch(queue))).toEqual([1, 1])
  })

  test('cut a lane that alone has too many, behind the last that fits', () => {
    const [cut] = takeBatch(heavyQueue(500, [heavy([40, 40, 40, 40])]))
    expect([cut?.events.length, cut?.end]).toEqual([2, 2])
  })

  test('do not stop a single event that has more', () => {
    const queue = heavyQueue(500, [heavy([300, 2]), heavy([2])])
    expect(takeBatch(queue).map(({ events, end }) => [events.length, end])).toEqual([[1, 1]])
    expect(sizes(takeBatch(queue))).toEqual([1])
  })

  test('count for nothing where events come one by one', () => {
    expect(sizes(takeBatch(heavyQueue(1, [heavy([300, 300])])))).toEqual([2])
  })
})

describe('what goes into one request', () => {
  test('one lane, where the endpoint wants no batches', () => {
    const queue = queueOf(1, [lane(7), lane(1)], [lane(1)])
    expect(sizes(takeBatch(queue))).toEqual([7])
    expect(sizes(takeBatch(queue))).toEqual([1])
    expect(takeBatch(queue)).toHaveLength(1)
    expect(takeBatch(queue)).toEqual([])
  })

  test('as many lanes as fit whole, live ones first', () => {
    const queue = queueOf(10, [lane(4), lane(4)], [lane(2), lane(1)])
    expect(sizes(takeBatch(queue))).toEqual([4, 4, 2])
    expect(sizes(takeBatch(queue))).toEqual([1])
  })

  test('a lane that does not fit waits for the next, and is not passed by those behind it', () => {
    const queue = queueOf(10, [lane(8), lane(3), lane(1)])
    expect(sizes(takeBatch(queue))).toEqual([8])
    expect(sizes(takeBatch(queue))).toEqual([3, 1])
  })

  test('what fails in company is tried in smaller company, until it is alone', () => {
    expect([0, 1, 2, 3, 4].map((attempt) => maxBatchSize(500, attempt))).toEqual([500, 62, 7, 1, 1])
    const failing = queueOf(100, [lane(2), lane(2, 1), lane(10), lane(2, 9)])
    expect(sizes(takeBatch(failing))).toEqual([2, 2])
    expect(sizes(takeBatch(failing))).toEqual([10])
    expect(sizes(takeBatch(failing)), 'its events are one lane').toEqual([2])
  })
})
