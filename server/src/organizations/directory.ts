import type { Database } from '../kernel/database.ts'
import type { Logger } from '../kernel/log.ts'
import { Problem } from '../kernel/problem.ts'
import { isPassing, retry } from '../kernel/transaction.ts'
import { createSnapshot } from './snapshot.ts'
import type { Snapshot } from './snapshot.ts'
import { DIRECTORY_CHANNEL, readSnapshot, readVersion } from './snapshot-store.ts'

// A revoked key is refused everywhere within a second, also when its notification was lost.
const POLL_MS = 500

/** The organizations, their keys, segments and partnerships, kept in memory and kept fresh. */
export interface Directory {
  /** What is known now; the same object until something changes. */
  current(): Snapshot
  /** Afterwards `current` includes all that was committed before the call. */
  refresh(): Promise<void>
  /** Loads, then listens and polls until it is stopped. */
  start(): Promise<void>
  stop(): Promise<void>
}

const NOTHING = createSnapshot({
  version: -1,
  organizations: [],
  segments: [],
  partnerships: [],
  keys: [],
})

export function createDirectory({ database, log }: { database: Database; log: Logger }): Directory {
  let snapshot = NOTHING
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined

  async function load(): Promise<void> {
    if ((await readVersion(database.db)) === snapshot.version) return
    snapshot = createSnapshot(await readSnapshot(database.db))
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
      const message = 'The directory could not be refreshed; the copy in memory stays in use.'
      if (isPassing(error) || error instanceof Problem) log.warn({ err: error }, message)
      else log.error({ err: error }, message)
    })
  }

  return {
    current: () => snapshot,
    refresh,
    async start() {
      await refresh()
      await database.listen(DIRECTORY_CHANNEL, refreshInBackground)
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

export type { Snapshot } from './snapshot.ts'
