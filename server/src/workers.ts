import type { Catalog } from './commissions/catalog.ts'
import type { Clock } from './kernel/clock.ts'
import type { Database } from './kernel/database.ts'
import type { Logger } from './kernel/log.ts'
import type { Loop } from './kernel/loop.ts'
import { ensurePartitions } from './kernel/partition.ts'
import { inTx } from './kernel/transaction.ts'
import type { Directory } from './organizations/directory.ts'
import { endLeases } from './events/lane-store.ts'
import { deleteOldClicks } from './links/delete-old-clicks.ts'
import type { Signal } from './events/signal.ts'
import type { Dispatcher } from './webhooks/dispatcher.ts'

// Partitions are made a week ahead: many of these may fail before one is missed. Clicks are kept long
// after anybody asks for them.
const CHORES_EVERY_MS = 3_600_000

export interface WorkerParts {
  database: Database
  directory: Directory
  catalog: Catalog
  dispatcher: Dispatcher
  /** Tells of transactions that time has validated. */
  validation: Loop
  signal: Signal
  clock: Clock
  log: Logger
}

/** What goes on beside answering calls. */
export interface Workers {
  /** Finishes or gives back what is under way. */
  stop(): Promise<void>
}

/** Once this returns, calls can be answered. */
export async function startWorkers(parts: WorkerParts): Promise<Workers> {
  const { database, directory, catalog, dispatcher, validation, signal, clock, log } = parts
  await ensurePartitions(database.db, clock.now())
  if (database.kind === 'pglite') await inTx(database.db, (tx) => endLeases(tx, clock.now()))
  await directory.start()
  await catalog.start()
  await signal.listen(() => dispatcher.wake())
  dispatcher.start()
  validation.start()
  let isStopping = false
  let making: Promise<void> = Promise.resolve()
  let deleting: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    making = ensurePartitions(database.db, clock.now()).catch((error: unknown) => {
      log.error({ err: error }, 'Partitions for the days to come could not be made.')
    })
    const age = { now: clock.now(), isStopping: () => isStopping }
    deleting = deleteOldClicks(database.db, age).catch((error: unknown) => {
      log.error({ err: error }, 'Old clicks could not be deleted.')
    })
  }, CHORES_EVERY_MS)
  timer.unref()
  return {
    async stop() {
      isStopping = true
      clearInterval(timer)
      signal.stop()
      await validation.stop()
      await dispatcher.stop()
      await making
      await deleting
      await catalog.stop()
      await directory.stop()
    },
  }
}
