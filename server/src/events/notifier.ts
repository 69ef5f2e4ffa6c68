import { sql } from 'kysely'
import type { Database } from '../kernel/database/database.ts'
import type { Logger } from '../kernel/log.ts'

const EVENTS_CHANNEL = 'newcomer_events'
// Bounds the notifications of a busy process to 50 a second, and what one adds to a delivery.
const DEBOUNCE_MS = 20

/** Notifier (LISTEN/NOTIFY): tells the workers of every process that events were committed. A hint: they also poll. */
export interface Notifier {
  /** Call after the commit, never inside the tx: a NOTIFY there makes commits wait for each other. */
  notify(): void
  /** Calls back when this process or another one notifies. */
  listen(heard: () => void): Promise<void>
  stop(): void
}

export function createNotifier({ database, log }: { database: Database; log: Logger }): Notifier {
  const listeners: (() => void)[] = []
  let timer: NodeJS.Timeout | undefined

  function notifyOthers(): void {
    timer = undefined
    sql`select pg_notify(${EVENTS_CHANNEL}, '')`
      .execute(database.db)
      .catch((error: unknown) => log.debug({ err: error }, 'Other processes could not be notified'))
  }

  return {
    notify() {
      for (const heard of listeners) heard()
      // The embedded database has no other process.
      if (database.kind === 'postgres') timer ??= setTimeout(notifyOthers, DEBOUNCE_MS).unref()
    },
    async listen(heard) {
      listeners.push(heard)
      await database.listen(EVENTS_CHANNEL, heard)
    },
    stop() {
      clearTimeout(timer)
      listeners.length = 0
    },
  }
}
