import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database/database.ts'
import type { Logger } from '../../kernel/log.ts'
import { createLoop } from '../../kernel/loop.ts'
import type { Loop } from '../../kernel/loop.ts'
import { SUBSCRIBABLE_TYPES } from '../../events/event.ts'
import { newsTimes, takeMoment } from './list-feed.ts'
import type { Moment } from './feed-cursor.ts'
import { findOrganizationsWithNews } from './feed-store.ts'

/**
 * Calls that wait for events. However many there are, the database is asked once for all of them: at a
 * wake-up, and otherwise once a second.
 */
export interface Listening extends Loop {
  /** Takes one of the organization's places, which is to be given back; undefined when all are taken. */
  enter(organization: number, ended: AbortSignal): Listener | undefined
}

export interface Listener {
  /**
   * Resolves when there may be news, and when it is over. Nothing is missed that happens after the
   * call: so make it first, then look, and then wait for it.
   */
  news(): Promise<void>
  /** Whether `ended` is, or the program is being stopped. */
  isOver(): boolean
  leave(): void
}

// A developer has a few programs that listen. Each holds a connection for as long as it waits.
export const MAX_LISTENERS = 5
// Asking 20 times a second is often enough, whatever the number of events.
const REST_MS = 50

export interface ListeningParts {
  database: Database
  clock: Clock
  log: Logger
}

export function createListening({ database, clock, log }: ListeningParts): Listening {
  const bells = new Map<number, Set<Bell>>()
  let isStopped = false
  let seen: Moment | undefined

  async function turn(): Promise<void> {
    if (bells.size === 0) {
      seen = undefined
      return
    }
    const now = await takeMoment({ database, clock })
    // Only now: whoever came before this moment could not see all that was there at it.
    const all = [...bells.keys()]
    const told = seen ? await findNews(all, seen, now) : all
    seen = now
    for (const organization of told) ring(bells.get(organization) ?? [])
    await pause(REST_MS)
  }

  function findNews(organizations: number[], { at, snapshot }: Moment, now: Moment) {
    const query = { ...newsTimes(at, now.at), types: SUBSCRIBABLE_TYPES, since: snapshot }
    return findOrganizationsWithNews(database.db, { ...query, organizations })
  }

  const failure = 'Whether there is news for those who listen could not be found out.'
  const loop = createLoop({ turn, failure, log })
  return {
    ...loop,
    async stop() {
      isStopped = true
      for (const all of bells.values()) ring(all)
      await loop.stop()
    },
    enter(organization, ended) {
      const others = bells.get(organization) ?? new Set()
      if (others.size >= MAX_LISTENERS) return undefined
      const bell: Bell = { ring: () => undefined }
      bells.set(organization, others.add(bell))
      const isOver = () => isStopped || ended.aborted
      ended.addEventListener('abort', () => bell.ring(), { once: true })
      return {
        news: () =>
          new Promise((resolve) => {
            bell.ring = resolve
            if (isOver()) resolve()
          }),
        isOver,
        leave() {
          others.delete(bell)
          if (others.size === 0) bells.delete(organization)
        },
      }
    },
  }
}

/** What wakes one listener. */
interface Bell {
  ring: () => void
}

function ring(bells: Iterable<Bell>): void {
  for (const bell of bells) bell.ring()
}
