import { setTimeout as pause } from 'node:timers/promises'
import type { Catalog } from './commissions/rates/catalog.ts'
import type { Clock } from './kernel/clock.ts'
import type { Database } from './kernel/database/database.ts'
import type { Logger } from './kernel/log.ts'
import type { Loop } from './kernel/loop.ts'
import { createChoreClaims } from './kernel/database/chore-store.ts'
import { deleteOldCounts } from './kernel/limits/shared-count-store.ts'
import type { SharedCounts } from './kernel/limits/shared-counts.ts'
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
import { clearSessions } from './members/sessions/end-sessions.ts'
import { deleteOldClicks } from './links/delete-old-clicks.ts'
import { forgetSilent } from './privacy/forget-silent.ts'
import type { ForgetParts } from './privacy/forget-silent.ts'
import type { Notifier } from './events/notifier.ts'
import { interruptRuns } from './audit/verification-store.ts'
import type { Verifications } from './audit/run-verifications.ts'
import type { Reports } from './statistics/keep-reports.ts'
import type { Dispatcher } from './webhooks/dispatch/dispatcher.ts'
import type { FeedWaiters } from './webhooks/feed/feed-waiters.ts'
import { DAY_MS } from './kernel/durations.ts'

export interface WorkerParts extends ForgetParts {
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
  sharedCounts: SharedCounts
  clock: Clock
  log: Logger
  reports: Reports
  verifications: Verifications
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
      await interruptRuns(tx, clock.now())
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
    // The embedded database has one process, which does a round whenever it starts.
    database.kind === 'postgres' ? createChoreClaims(database.db) : undefined,
  )
  chores.start()
  parts.sharedCounts.start()
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
      await parts.reports.stop()
      await parts.verifications.stop()
      await chores.stop()
      await writeLastUses(parts)
      await parts.sharedCounts.stop()
      await catalog.stop()
      await directory.stop()
    },
  }
}

// A database that is away must not hold up the end.
const LAST_WRITE_MS = 2_000

async function writeLastUses({ database, keyUses, signs, log }: WorkerParts): Promise<void> {
  const written = writeKeyUses(database.db, keyUses).catch((error: unknown) => {
    log.warn({ err: error }, 'When keys were last used could not be written.')
  })
  const all = Promise.all([written, signs.close()])
  await Promise.race([all, pause(LAST_WRITE_MS, undefined, { ref: false })])
}

function listChores(parts: WorkerParts): Chore[] {
  const { database, clock, keyUses } = parts
  const { db } = database
  return [
    {
      name: 'partitions',
      run: () => ensurePartitions(db, clock.now()),
      failure: 'Partitions for the days to come could not be made.',
    },
    // Before events are dropped: what they tell of is counted then.
    {
      name: 'reports',
      run: () => parts.reports.countAll(),
      failure: 'Reports could not be counted.',
    },
    {
      name: 'clicks',
      run: (isStopping) => deleteOldClicks(db, { now: clock.now(), isStopping }),
      failure: 'Old clicks could not be deleted.',
    },
    {
      name: 'imports',
      run: (isStopping) => clearImports(database, { now: clock.now(), isStopping }),
      failure: 'What is left of imports could not be deleted.',
    },
    ...listEventChores(parts),
    {
      name: 'journals',
      run: (isStopping) => dropOldEntries(db, { now: clock.now(), isStopping }),
      failure: 'Old entries of journals could not be dropped.',
    },
    {
      run: (isStopping) => forgetSilent(parts, isStopping),
      failure: 'Customers without a sign of life could not be forgotten.',
    },
    {
      run: () => writeKeyUses(db, keyUses),
      failure: 'When keys were last used could not be written.',
    },
    {
      name: 'verifications',
      run: () => parts.verifications.keep(),
      failure: 'The verification of the night could not be begun, or old ones not deleted.',
    },
    {
      name: 'sessions',
      run: () =>
        inTx(db, async (tx) => {
          const now = clock.now()
          await clearSessions(tx, now)
          await deleteExpiredChallenges(tx, clock.now())
          await deleteOldInvitations(tx, clock.now())
        }),
      failure: 'Sessions, links and invitations that have ended could not be deleted.',
    },
    {
      name: 'limits',
      run: () => inTx(db, (tx) => deleteOldCounts(tx, clock.now())),
      failure: 'Old counts of limits could not be deleted.',
    },
  ]
}

/** What is deleted of events, once they are done with for long enough. */
function listEventChores({ database, clock, eventDays }: WorkerParts): Chore[] {
  const { db } = database
  const before = (): Date => new Date(clock.now().getTime() - eventDays * DAY_MS)
  return [
    {
      name: 'replays',
      run: () => inTx(db, (tx) => deleteOldReplays(tx, before())),
      failure: 'Old replays could not be deleted.',
    },
    {
      name: 'events',
      run: (isStopping) => dropEventDays(db, { before: before(), isStopping }),
      failure: 'Old events could not be dropped.',
    },
    {
      name: 'attempts',
      run: () => dropDays(db, 'attempts', before()),
      failure: 'Old attempts could not be dropped.',
    },
    {
      name: 'minutes',
      run: () => inTx(db, (tx) => deleteOldMinutes(tx, clock.now())),
      failure: 'Old counts of minutes could not be deleted.',
    },
    {
      name: 'lanes',
      run: () => inTx(db, deleteOrphanedLanes),
      failure: 'Lanes of deleted webhooks could not be deleted.',
    },
  ]
}
