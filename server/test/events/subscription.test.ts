import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { resubscribe } from '../../src/events/subscription.ts'
import type { Subscription, Wish } from '../../src/events/subscription.ts'
import { CAUSES } from '../../src/events/event.ts'
import type { SubscribableType } from '../../src/events/event.ts'

const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour))
const changes: Wish = { eventTypes: ['segment-change'], merchants: null, causes: null }

function since(subscriptions: Subscription[], merchant: number): number | undefined {
  const mine = subscriptions.filter(
    ({ merchants }) => merchants === null || merchants.includes(merchant),
  )
  return mine[0]?.since.getUTCHours()
}

describe('what an endpoint subscribes to', () => {
  test('a filter that grows owes nothing from before for what it adds', () => {
    const before = resubscribe([], { ...changes, merchants: [1] }, at(1))
    const after = resubscribe(before, { ...changes, merchants: [1, 2] }, at(5))
    expect([since(after, 1), since(after, 2), since(after, 3)]).toEqual([1, 5, undefined])
    const all = resubscribe(after, changes, at(9))
    expect([since(all, 1), since(all, 2), since(all, 3)]).toEqual([1, 5, 9])
  })

  test('one that shrinks loses nothing of what it keeps', () => {
    const before = resubscribe([], changes, at(1))
    const after = resubscribe(before, { ...changes, merchants: [2], causes: ['order'] }, at(5))
    expect(after).toEqual([
      { eventType: 'segment-change', merchants: [2], causes: ['order'], since: at(1) },
    ])
  })

  test('the same wish again changes nothing', () => {
    const before = resubscribe([], { ...changes, causes: ['import'] }, at(1))
    expect(resubscribe(before, { ...changes, causes: ['import'] }, at(1))).toEqual(before)
    expect(resubscribe(before, { ...changes, causes: ['import'] }, at(5))).toEqual(before)
  })

  test('whatever it went through, an event is owed if it was wanted then and ever since', () => {
    const types: SubscribableType[] = ['segment-change', 'tx-pending']
    const subset = <T>(...all: T[]) => fc.option(fc.subarray(all, { minLength: 1 }))
    const wish = fc.record({
      eventTypes: fc.subarray(types, { minLength: 1 }),
      merchants: subset(1, 2, 3),
      causes: subset(...CAUSES),
    })
    const wants = (one: Wish, type: SubscribableType, merchant: number, cause: string) =>
      one.eventTypes.includes(type) &&
      (one.merchants?.includes(merchant) ?? true) &&
      (one.causes?.some((each) => each === cause) ?? true)
    fc.assert(
      fc.property(fc.array(wish, { minLength: 1, maxLength: 6 }), (wishes) => {
        let subscriptions: Subscription[] = []
        for (const [hour, one] of wishes.entries()) {
          subscriptions = resubscribe(subscriptions, one, at(hour))
        }
        const keys = subscriptions.map((each) => `${each.eventType} ${each.since.toISOString()}`)
        expect(new Set(keys).size).toBe(keys.length)
        for (const type of types) {
          for (const merchant of [1, 2, 3]) {
            for (const cause of CAUSES) {
              for (const hour of wishes.keys()) {
                // Half an hour after a change, and everything since.
                const expected = wishes
                  .slice(hour)
                  .every((one) => wants(one, type, merchant, cause))
                const isOwed = subscriptions.some(
                  (each) =>
                    each.since <= at(hour + 0.5) &&
                    wants({ ...each, eventTypes: [each.eventType] }, type, merchant, cause),
                )
                expect(isOwed).toBe(expected)
              }
            }
          }
        }
      }),
    )
  })
})
