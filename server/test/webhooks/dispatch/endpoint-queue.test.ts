import { describe, expect, test } from 'vitest'
import type { LaneClaim } from '../../../src/events/claim-lanes.ts'
import {
  askForMore,
  emptyHand,
  isIdle,
  noteClaim,
  wantOf,
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

/** Of what a claim found; one after another it had asked for two of each kind. */
function handAfter(...claims: LaneClaim[][]) {
  const hand = emptyHand(1)
  for (const lanes of claims) {
    const asked = { ...wantOf(hand), live: 2, resumed: 2, bulk: 2 }
    noteClaim(hand, lanes, asked, { now, isCut: false })
  }
  return hand
}

describe('after a claim', () => {
  test('of fewer than were asked for, all is claimed but for what comes late', () => {
    const hand = handAfter([due(1), resumed(2)])
    expect(isIdle(hand)).toBe(true)
    expect(wantOf(hand)).toMatchObject({
      liveFrom: new Date(now.getTime() - 5_000),
      resumedFrom: resumedAt,
      resumedAt,
    })
  })

  test('of as many as were asked for, the next begins at the last of them', () => {
    const hand = handAfter([due(1), due(3)])
    expect(isIdle(hand)).toBe(false)
    expect(wantOf(hand)).toMatchObject({ liveFrom: minute(3), resumedFrom: resumedAt })
    expect(askForMore(hand)).toBe(true)
    expect(askForMore(hand), 'once').toBe(false)
  })

  test('of as many that a resume made due, more of those are asked for at once', () => {
    const hand = handAfter([resumed(4), resumed(5)])
    expect(isIdle(hand)).toBe(false)
    expect(wantOf(hand)).toMatchObject({ resumedFrom: minute(5) })
    expect(askForMore(hand)).toBe(true)
  })

  test('more that a resume made due are asked for once few of any kind are in hand', () => {
    const hand = handAfter([resumed(4), resumed(5)])
    hand.live.held = wantOf(hand).live
    expect(wantOf(hand)).toMatchObject({ live: 0, resumed: 0 })
    expect(askForMore(hand)).toBe(false)
    hand.live.held = 0
    expect(askForMore(hand)).toBe(true)
  })

  test('that finds another resume, what failed before that one is looked for', () => {
    const again = new Date('2026-01-01T11:30:00.000Z')
    const hand = handAfter([due(1), due(3)], [lane({ due_at: minute(4), resumed_at: again })])
    expect(wantOf(hand)).toMatchObject({ resumedAt: again, resumedFrom: again })
  })
})
