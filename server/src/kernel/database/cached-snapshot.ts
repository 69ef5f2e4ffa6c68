import type { Database, Db } from './database.ts'
import type { Logger } from '../log.ts'
import { Problem, unavailable } from '../problem.ts'
import { isTransient, retry } from './transaction.ts'

/*
 * Cached snapshots: rows that are few and seldom change, kept in memory by every process. Cache
 * invalidation by LISTEN/NOTIFY: a notification tells of a change at once, and may never come; so that the
 * version is read twice a second as well, and a process that could not read it for five seconds doesn't
 * answer from memory any more.
 */

// A revoked key is refused everywhere within a second, also when its notification was lost.
const POLL_MS = 500
/** For how long a snapshot may be relied on that could not be confirmed: two silent connections. */
export const MAX_UNCONFIRMED_MS = 5_000

export interface CachedSnapshot<T> {
  /**
   * What is known now; the same object until something changes.
   * @throws Problem 503 where it could not be confirmed for five seconds
   */
  current(): T
  /** The same however old it is: only for what does better with old knowledge than with none. */
  lastKnown(): T
  /** Whether `current` would answer. */
  isConfirmed(): boolean
  /** Afterwards `current` includes all that was committed before the call. */
  refresh(): Promise<void>
  /** Loads, then listens and polls until it is stopped. */
  start(): Promise<void>
  stop(): Promise<void>
}

export interface CachedSnapshotOptions<T> {
  database: Database
  log: Logger
  /** What the log calls it. */
  name: string
  /** Where changes are notified. */
  channel: string
  /** What is known before anything was read. */
  nothing: T
  /** One cheap read: the version of what `read` would return now. */
  readVersion(db: Db): Promise<number>
  read(db: Db): Promise<T>
  /** Milliseconds from any moment on, which never go back; the system's unless given. */
  elapsedMs?: (() => number) | undefined
}

export function createCachedSnapshot<T extends { version: number }>(
  options: CachedSnapshotOptions<T>,
): CachedSnapshot<T> {
  const { database, log, name, channel, elapsedMs = () => performance.now() } = options
  // No other process writes to the embedded database.
  const canBeStale = database.kind !== 'pglite'
  let current = options.nothing
  /** When the read began that last found it true. */
  let confirmedAt = Number.NEGATIVE_INFINITY
  let isStarted = false
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  async function load(): Promise<void> {
    const began = elapsedMs()
    if ((await options.readVersion(database.watch)) !== current.version) {
      current = await options.read(database.watch)
    }
    confirmedAt = began
  }

  const isConfirmed = (): boolean =>
    !canBeStale || !isStarted || elapsedMs() - confirmedAt <= MAX_UNCONFIRMED_MS

  const loads = shareRuns(() => retry(load))

  function refreshInBackground(): void {
    if (stopped || loads.isNextAsked()) return
    loads.run().catch((error: unknown) => {
      if (stopped) return
      const message = `The ${name} could not be refreshed; after 5 s without, calls are answered 503.`
      if (isTransient(error) || error instanceof Problem) log.warn({ err: error }, message)
      else log.error({ err: error }, message)
    })
  }

  return {
    current() {
      if (isConfirmed()) return current
      throw unavailable(`The ${name} may be out of date here; the same call later is safe.`)
    },
    lastKnown: () => current,
    isConfirmed,
    refresh: loads.run,
    async start() {
      await loads.run()
      isStarted = true
      await database.listen(channel, refreshInBackground)
      timer = setInterval(() => {
        if (!loads.isRunning()) refreshInBackground()
      }, POLL_MS)
      timer.unref()
    },
    async stop() {
      stopped = true
      clearInterval(timer)
      await loads.settled()
    },
  }
}

interface SharedRuns {
  /** Does the work, beginning after the call. */
  run(this: void): Promise<void>
  isRunning(): boolean
  /** Whether a run is to follow the one under way. */
  isNextAsked(): boolean
  settled(): Promise<void>
}

/**
 * One run at a time. One under way may have read before the caller's commit: the caller waits for the one
 * after, which all who ask meanwhile share.
 */
function shareRuns(work: () => Promise<void>): SharedRuns {
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined

  function begin(): Promise<void> {
    const mine = work().finally(() => {
      if (running === mine) running = undefined
    })
    return (running = mine)
  }

  return {
    run() {
      if (!running) return begin()
      next ??= running
        .catch(() => undefined)
        .then(() => {
          next = undefined
          return begin()
        })
      return next
    },
    isRunning: () => running !== undefined,
    isNextAsked: () => next !== undefined,
    async settled() {
      await next?.catch(() => undefined)
      await running?.catch(() => undefined)
    },
  }
}
