import { describe, expect, test } from 'vitest'
import type { LaneClaim } from '../../../src/events/claim-lanes.ts'
import type { ClaimedLane } from '../../../src/webhooks/dispatch/claim-deliveries.ts'
import {
  createEndpointQueue,
  demandOf,
  enqueueLane,
  isIdle,
  recordClaim,
  removeWaiting,
  requestMore,
} from '../../../src/webhooks/dispatch/endpoint-queue.ts'

const now = new Date('2026-01-01T12:00:00.000Z')
const resumedAt = new Date('2026-01-01T11:00:00.000Z')
const minute = (minutes: number): Date => new Date(Date.UTC(2026, 0, 1, 10, minutes))

function lane(what: Partial<LaneClaim>): LaneClaim {
  return {
    ...{ endpoint: 1, subject: '00000001-0000-4000-8000-000000000000', acked: 0, tail: 1 },
    ...{ waiting_since: now, attempt: 0, failing_since: null, failed_at: null, replay: null },
    ...{ is_bulk: false, due_at: null, resumed_at: resumedAt },
    ...what,
  }
}

const due = (minutes: number): LaneClaim => lane({ due_at: minute(minutes) })
const resumed = (minutes: number): LaneClaim =>
  lane({ attempt: 1, failing_since: minute(0), failed_at: minute(minutes) })

/** The queue after claims that found these lanes, each of which had asked for two of each kind. */
function queueAfter(...claims: LaneClaim[][]) {
  const queue = createEndpointQueue(1)
  for (const lanes of claims) {
    const request = { ...demandOf(queue), live: 2, resumed: 2, bulk: 2 }
    recordClaim(queue, lanes, request, { now, isCut: false })
  }
  return queue
}

describe('after a claim', () => {
  test('of fewer than were asked for, all is claimed but for what comes late', () => {
    const queue = queueAfter([due(1), resumed(2)])
    expect(isIdle(queue)).toBe(true)
    expect(demandOf(queue)).toMatchObject({
      liveWatermark: new Date(now.getTime() - 5_000),
      resumedWatermark: resumedAt,
      resumedAt,
    })
  })

  test('of as many as were asked for, the next begins at the last of them', () => {
    const queue = queueAfter([due(1), due(3)])
    expect(isIdle(queue)).toBe(false)
    expect(demandOf(queue)).toMatchObject({ liveWatermark: minute(3), resumedWatermark: resumedAt })
    expect(requestMore(queue)).toBe(true)
    expect(requestMore(queue), 'once').toBe(false)
  })

  test('of as many that a resume made due, more of those are asked for at once', () => {
    const queue = queueAfter([resumed(4), resumed(5)])
    expect(isIdle(queue)).toBe(false)
    expect(demandOf(queue)).toMatchObject({ resumedWatermark: minute(5) })
    expect(requestMore(queue)).toBe(true)
  })

  test('more that a resume made due are asked for once few of any kind are in hand', () => {
    const queue = queueAfter([resumed(4), resumed(5)])
    const { live } = demandOf(queue)
    for (let index = 0; index < live; index++) enqueueLane(queue, due(1) as ClaimedLane)
    expect(demandOf(queue)).toMatchObject({ live: 0, resumed: 0 })
    expect(requestMore(queue)).toBe(false)
    removeWaiting(queue)
    expect(requestMore(queue)).toBe(true)
  })

  test('that finds another resume, what failed before that one is looked for', () => {
    const again = new Date('2026-01-01T11:30:00.000Z')
    const queue = queueAfter([due(1), due(3)], [lane({ due_at: minute(4), resumed_at: again })])
    expect(demandOf(queue)).toMatchObject({ resumedAt: again, resumedWatermark: again })
  })
})
