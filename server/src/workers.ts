import type { Catalog } from './commissions/rates/catalog.ts'
import type { Clock } from './kernel/clock.ts'
import type { Database } from './kernel/database/database.ts'
import type { Logger } from './kernel/log.ts'
import type { Loop } from './kernel/loop.ts'
import { dropDays, ensurePartitions } from './kernel/database/partition.ts'
import { inTx } from './kernel/database/transaction.ts'
import type { Directory } from './organizations/directory.ts'
import { dropEventDays } from './events/drop-days.ts'
import { deleteOldReplays } from './events/replay-store.ts'
import { endLeases } from './events/lane-store.ts'
import { clearImports } from './imports/clear-imports.ts'
import { endImportLeases } from './imports/store/import-work-store.ts'
import { deleteOldClicks } from './links/delete-old-clicks.ts'
import type { Notifier } from './events/notifier.ts'
import type { Dispatcher } from './webhooks/dispatch/dispatcher.ts'
import type { FeedWaiters } from './webhooks/feed/feed-waiters.ts'

// Partitions are made a week ahead: many of these may fail before one is missed. Clicks are kept long
// after anybody asks for them.
const DAY_MS = 86_400_000
const CHORES_EVERY_MS = 3_600_000

export interface WorkerParts {
  database: Database
  directory: Directory
  catalog: Catalog
  dispatcher: Dispatcher
  /** Tells those who wait for events. */
  feedWaiters: FeedWaiters
  /** Tells of transactions that time has validated. */
  validation: Loop
  /** Checks, runs and undoes imports. */
  importing: Loop
  /** Tells by mail of webhooks that paused themselves. */
  pauseMails: Loop | undefined
  /** Puts the events of replays in line. */
  gathering: Loop
  notifier: Notifier
  clock: Clock
  log: Logger
  /** For how many days events that are done with are kept, and attempts. */
  eventDays: number
}

/** What goes on beside answering calls. */
export interface Workers {
  /** Finishes or gives back what is under way. */
  stop(): Promise<void>
}

/** Once this returns, calls can be answered. */
export async function startWorkers(parts: WorkerParts): Promise<Workers> {
  const { database, directory, catalog, dispatcher, validation, importing, gathering } = parts
  const { notifier, feedWaiters, pauseMails, clock, log } = parts
  await ensurePartitions(database.db, clock.now())
  if (database.kind === 'pglite') {
    await inTx(database.db, async (tx) => {
      await endLeases(tx)
      await endImportLeases(tx)
    })
  }
  await directory.start()
  await catalog.start()
  await notifier.listen(() => {
    dispatcher.wake()
    feedWaiters.wake()
  })
  dispatcher.start()
  feedWaiters.start()
  validation.start()
  importing.start()
  pauseMails?.start()
  gathering.start()
  let isStopping = false
  let making: Promise<void> = Promise.resolve()
  let deleting: Promise<void> = Promise.resolve()
  let clearing: Promise<void> = Promise.resolve()
  let dropping: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    making = ensurePartitions(database.db, clock.now()).catch((error: unknown) => {
      log.error({ err: error }, 'Partitions for the days to come could not be made.')
    })
    const age = { now: clock.now(), isStopping: () => isStopping }
    deleting = deleteOldClicks(database.db, age).catch((error: unknown) => {
      log.error({ err: error }, 'Old clicks could not be deleted.')
    })
    clearing = clearImports(database, age).catch((error: unknown) => {
      log.error({ err: error }, 'What is left of imports could not be deleted.')
    })
    dropping = dropOld(parts, age).catch((error: unknown) => {
      log.error({ err: error }, 'Old events and attempts could not be dropped.')
    })
  }, CHORES_EVERY_MS)
  timer.unref()
  return {
    async stop() {
      isStopping = true
      clearInterval(timer)
      notifier.stop()
      // First, for whoever waits holds up the end of calls.
      await feedWaiters.stop()
      await validation.stop()
      await importing.stop()
      await pauseMails?.stop()
      await gathering.stop()
      await dispatcher.stop()
      await making
      await deleting
      await clearing
      await dropping
      await catalog.stop()
      await directory.stop()
    },
  }
}

async function dropOld(
  { database: { db }, eventDays }: WorkerParts,
  { now, isStopping }: { now: Date; isStopping(): boolean },
): Promise<void> {
  const before = new Date(now.getTime() - eventDays * DAY_MS)
  await inTx(db, (tx) => deleteOldReplays(tx, before))
  await dropEventDays(db, { before, isStopping })
  await dropDays(db, 'attempts', before)
}
