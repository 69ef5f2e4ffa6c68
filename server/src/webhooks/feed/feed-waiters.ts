import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database/database.ts'
import type { Logger } from '../../kernel/log.ts'
import { createLoop } from '../../kernel/loop.ts'
import type { Loop } from '../../kernel/loop.ts'
import { SUBSCRIBABLE_TYPES } from '../../events/event.ts'
import { feedTimes, takeFeedPoint } from './list-feed.ts'
import type { FeedPoint } from './feed-cursor.ts'
import { listOrganizationsWithEvents } from './feed-store.ts'

/**
 * Long polls that wait for events. One query serves all of them, however many there are: at each wake-up,
 * and otherwise once a second.
 */
export interface FeedWaiters extends Loop {
  /** Admits a long poll, which is to leave in the end; undefined where whoever polls has too many already. */
  add(poller: Poller, ended: AbortSignal): LongPoll | undefined
}

export interface Poller {
  /** Whose events are waited for. */
  organization: number
  /** The person who looks; undefined where a program does, with the organization's key. */
  person: number | undefined
}

export interface LongPoll {
  /**
   * Resolves when there may be events, and when the poll is over. It misses nothing that happens after
   * the call: so call it first, then look for events, and then await it.
   */
  notified(): Promise<void>
  /** Whether `ended` is aborted, or the program is being stopped. */
  isOver(): boolean
  leave(): void
}

// A developer runs a few programs that listen, and has as many tabs open. Each holds a connection for as long as it
// waits. People are counted by themselves, over all organizations: none of an organization's own is used.
export const MAX_LONG_POLLS = 5
// 20 queries a second are often enough, whatever the number of events.
const REST_MS = 50

export interface FeedWaitersParts {
  database: Database
  clock: Clock
  log: Logger
}

export function createFeedWaiters({ database, clock, log }: FeedWaitersParts): FeedWaiters {
  const waiters = new Map<number, Set<Waiter>>()
  const counts = new Map<string, number>()
  let isStopped = false
  let seen: FeedPoint | undefined

  async function turn(): Promise<void> {
    if (waiters.size === 0) {
      seen = undefined
      return
    }
    const now = await takeFeedPoint({ database, clock })
    // Only now: a poll that began before this point may have looked before it, and missed what it shows.
    const all = [...waiters.keys()]
    const notified = seen ? await listNotified(all, seen, now) : all
    seen = now
    for (const organization of notified) wakeAll(waiters.get(organization) ?? [])
    await pause(REST_MS)
  }

  function listNotified(organizations: number[], { at, snapshot }: FeedPoint, now: FeedPoint) {
    const query = { ...feedTimes(at, now.at), types: SUBSCRIBABLE_TYPES, since: snapshot }
    return listOrganizationsWithEvents(database.db, { ...query, organizations })
  }

  const failure = 'Whether there are events for those who listen could not be found out.'
  const loop = createLoop({ turn, failure, log })
  return {
    ...loop,
    async stop() {
      isStopped = true
      for (const all of waiters.values()) wakeAll(all)
      await loop.stop()
    },
    add({ organization, person }, ended) {
      const counted = person === undefined ? `organization ${organization}` : `person ${person}`
      const count = counts.get(counted) ?? 0
      if (count >= MAX_LONG_POLLS) return undefined
      counts.set(counted, count + 1)
      const others = waiters.get(organization) ?? new Set()
      const waiter: Waiter = { wake: () => undefined }
      waiters.set(organization, others.add(waiter))
      const isOver = () => isStopped || ended.aborted
      ended.addEventListener('abort', () => waiter.wake(), { once: true })
      return {
        notified: () =>
          new Promise((resolve) => {
            waiter.wake = resolve
            if (isOver()) resolve()
          }),
        isOver,
        leave() {
          if (!others.delete(waiter)) return
          const left = (counts.get(counted) ?? 0) - 1
          if (left > 0) counts.set(counted, left)
          else counts.delete(counted)
          if (others.size === 0) waiters.delete(organization)
        },
      }
    },
  }
}

/** What wakes one long poll. */
interface Waiter {
  wake: () => void
}

function wakeAll(waiters: Iterable<Waiter>): void {
  for (const waiter of waiters) waiter.wake()
}
