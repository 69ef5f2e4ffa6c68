import { setTimeout as pause } from 'node:timers/promises'
import type { Catalog } from './commissions/rates/catalog.ts'
import type { Clock } from './kernel/clock.ts'
import type { Database } from './kernel/database/database.ts'
import type { Logger } from './kernel/log.ts'
import type { Loop } from './kernel/loop.ts'
import { dropDays, ensurePartitions } from './kernel/database/partition.ts'
import { inTx, retry } from './kernel/database/transaction.ts'
import type { Directory } from './organizations/directory.ts'
import type { KeyUses } from './organizations/key-uses.ts'
import { writeKeyUses } from './organizations/write-key-uses.ts'
import { dropOldEntries } from './journal/drop-old-entries.ts'
import { dropEventDays } from './events/drop-days.ts'
import { deleteOldReplays } from './events/replay-store.ts'
import { deleteOrphanedLanes, endLeases } from './events/lane-store.ts'
import { createChores } from './kernel/chores.ts'
import type { Chore } from './kernel/chores.ts'
import { deleteOldMinutes } from './webhooks/attempts/minute-store.ts'
import { clearImports } from './imports/clear-imports.ts'
import { endImportLeases } from './imports/store/import-work-store.ts'
import { deleteOldInvitations } from './members/invitations/invitation-store.ts'
import { deleteExpiredChallenges } from './members/sessions/challenge-store.ts'
import { deleteEndedSessions } from './members/sessions/session-store.ts'
import { deleteOldClicks } from './links/delete-old-clicks.ts'
import type { Notifier } from './events/notifier.ts'
import type { Dispatcher } from './webhooks/dispatch/dispatcher.ts'
import type { FeedWaiters } from './webhooks/feed/feed-waiters.ts'
import { DAY_MS } from './kernel/durations.ts'

export interface WorkerParts {
  database: Database
  directory: Directory
  keyUses: KeyUses
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
  // A round that meets a restart of the database would else be an hour late, and an error in the log.
  const chores = createChores(
    listChores(parts).map((chore) => ({
      ...chore,
      run: (isStopping) => retry(() => chore.run(isStopping)),
    })),
    log,
  )
  chores.start()
  return {
    async stop() {
      notifier.stop()
      // First: calls that wait for events would hold up the end.
      await feedWaiters.stop()
      await validation.stop()
      await importing.stop()
      await pauseMails?.stop()
      await gathering.stop()
      await dispatcher.stop()
      await chores.stop()
      await writeLastUses(parts)
      await catalog.stop()
      await directory.stop()
    },
  }
}

// A database that is away must not hold up the end.
const LAST_WRITE_MS = 2_000

async function writeLastUses({ database, keyUses, log }: WorkerParts): Promise<void> {
  const written = writeKeyUses(database.db, keyUses).catch((error: unknown) => {
    log.warn({ err: error }, 'When keys were last used could not be written.')
  })
  await Promise.race([written, pause(LAST_WRITE_MS, undefined, { ref: false })])
}

function listChores(parts: WorkerParts): Chore[] {
  const { database, clock, keyUses, eventDays } = parts
  const { db } = database
  const ago = (ms: number): Date => new Date(clock.now().getTime() - ms)
  return [
    {
      run: () => ensurePartitions(db, clock.now()),
      failure: 'Partitions for the days to come could not be made.',
    },
    {
      run: (isStopping) => deleteOldClicks(db, { now: clock.now(), isStopping }),
      failure: 'Old clicks could not be deleted.',
    },
    {
      run: (isStopping) => clearImports(database, { now: clock.now(), isStopping }),
      failure: 'What is left of imports could not be deleted.',
    },
    {
      run: () => inTx(db, (tx) => deleteOldReplays(tx, ago(eventDays * DAY_MS))),
      failure: 'Old replays could not be deleted.',
    },
    {
      run: (isStopping) => dropEventDays(db, { before: ago(eventDays * DAY_MS), isStopping }),
      failure: 'Old events could not be dropped.',
    },
    {
      run: () => dropDays(db, 'attempts', ago(eventDays * DAY_MS)),
      failure: 'Old attempts could not be dropped.',
    },
    {
      run: () => inTx(db, (tx) => deleteOldMinutes(tx, clock.now())),
      failure: 'Old counts of minutes could not be deleted.',
    },
    {
      run: () => inTx(db, deleteOrphanedLanes),
      failure: 'Lanes of deleted webhooks could not be deleted.',
    },
    {
      run: (isStopping) => dropOldEntries(db, { now: clock.now(), isStopping }),
      failure: 'Old entries of journals could not be dropped.',
    },
    {
      run: () => writeKeyUses(db, keyUses),
      failure: 'When keys were last used could not be written.',
    },
    {
      run: () =>
        inTx(db, async (tx) => {
          await deleteEndedSessions(tx, clock.now())
          await deleteExpiredChallenges(tx, clock.now())
          await deleteOldInvitations(tx, clock.now())
        }),
      failure: 'Sessions, links and invitations that have ended could not be deleted.',
    },
  ]
}
