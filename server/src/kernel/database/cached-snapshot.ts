import type { Database, Db } from './database.ts'
import type { Logger } from '../log.ts'
import { Problem } from '../problem.ts'
import { isPassing, retry } from './transaction.ts'

// A revoked key is refused everywhere within a second, also when its notification was lost.
const POLL_MS = 500

/** Rows that are few and seldom change, kept in memory and kept fresh. */
export interface Copy<T> {
  /** What is known now; the same object until something changes. */
  current(): T
  /** Afterwards `current` includes all that was committed before the call. */
  refresh(): Promise<void>
  /** Loads, then listens and polls until it is stopped. */
  start(): Promise<void>
  stop(): Promise<void>
}

export interface CopyOptions<T> {
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
}

export function createCopy<T extends { version: number }>(options: CopyOptions<T>): Copy<T> {
  const { database, log, name, channel } = options
  let current = options.nothing
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined

  async function load(): Promise<void> {
    if ((await options.readVersion(database.db)) === current.version) return
    current = await options.read(database.db)
  }

  function run(): Promise<void> {
    const mine = retry(load).finally(() => {
      if (running === mine) running = undefined
    })
    return (running = mine)
  }

  // A load under way may have read before the caller's commit: the caller waits for the one after,
  // which all who ask meanwhile share.
  function refresh(): Promise<void> {
    if (!running) return run()
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined
        return run()
      })
    return next
  }

  function refreshInBackground(): void {
    if (stopped || next) return
    refresh().catch((error: unknown) => {
      if (stopped) return
      const message = `The ${name} could not be refreshed; the copy in memory stays in use.`
      if (isPassing(error) || error instanceof Problem) log.warn({ err: error }, message)
      else log.error({ err: error }, message)
    })
  }

  return {
    current: () => current,
    refresh,
    async start() {
      await refresh()
      await database.listen(channel, refreshInBackground)
      timer = setInterval(() => {
        if (!running) refreshInBackground()
      }, POLL_MS)
      timer.unref()
    },
    async stop() {
      stopped = true
      clearInterval(timer)
      await next?.catch(() => undefined)
      await running?.catch(() => undefined)
    },
  }
}
