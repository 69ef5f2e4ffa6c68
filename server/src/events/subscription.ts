import type { Cause, SubscribableType } from './event.ts'

/** Subscription of an endpoint to one type of event, with filters, and since when it holds. */
export interface Subscription {
  eventType: SubscribableType
  /** The numbers of the merchants that are wanted; null: all. */
  merchants: number[] | null
  /** The causes that are wanted; null: all. */
  causes: Cause[] | null
  since: Date
}

/** The types and filters that an endpoint asks for now. */
export interface Wish {
  eventTypes: SubscribableType[]
  merchants: number[] | null
  causes: Cause[] | null
}

/**
 * The subscriptions of an endpoint that had those of `before` and from now on asks for `wish`. What both
 * ask for, it gets since then; what only `wish` asks for, it gets from now on.
 */
export function resubscribe(before: Subscription[], wish: Wish, now: Date): Subscription[] {
  const { merchants, causes } = wish
  return wish.eventTypes.flatMap((eventType) => {
    const kept = before
      .filter((each) => each.eventType === eventType)
      .map((each) => ({
        ...each,
        merchants: common(each.merchants, merchants),
        causes: common(each.causes, causes),
      }))
      .filter((each) => each.merchants?.length !== 0 && each.causes?.length !== 0)
    // First among those that begin at the same time, so that it covers all of these.
    return withoutCovered([{ eventType, merchants, causes, since: now }, ...kept])
  })
}

/** Intersection, where null stands for everything. */
function common<T>(left: T[] | null, right: T[] | null): T[] | null {
  if (left === null) return right
  if (right === null) return left
  return left.filter((each) => right.includes(each))
}

/** Oldest first, without those that an older one covers. */
function withoutCovered(subscriptions: Subscription[]): Subscription[] {
  const sorted = subscriptions.toSorted((a, b) => a.since.getTime() - b.since.getTime())
  return sorted.filter((each, index) => !sorted.slice(0, index).some((one) => isWithin(each, one)))
}

function isWithin(inner: Subscription, outer: Subscription): boolean {
  return (
    isSubset<number>(inner.merchants, outer.merchants) &&
    isSubset<Cause>(inner.causes, outer.causes)
  )
}

function isSubset<T>(inner: T[] | null, outer: T[] | null): boolean {
  if (outer === null) return true
  return inner !== null && inner.every((each) => outer.includes(each))
}
