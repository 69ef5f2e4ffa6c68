import { createCatalog } from './commissions/rates/catalog.ts'
import type { Catalog } from './commissions/rates/catalog.ts'
import { verify } from './audit/verify.ts'
import type { Verification } from './audit/verify.ts'
import { createVerifications } from './audit/run-verifications.ts'
import type { Verifications } from './audit/run-verifications.ts'
import { createValidation } from './commissions/transactions/validate-transactions.ts'
import { createNotifier } from './events/notifier.ts'
import type { Notifier } from './events/notifier.ts'
import { createSender } from './webhooks/transport/send.ts'
import type { Sender } from './webhooks/transport/send.ts'
import type { TargetRule } from './webhooks/transport/target-rule.ts'
import { createClickBuffer } from './links/click-buffer.ts'
import type { ClickBuffer } from './links/click-buffer.ts'
import { createImportRunner } from './imports/run/import-runner.ts'
import type { OpenWorker } from './imports/worker/worker-client.ts'
import { createFindLinkHost } from './links/find-link-host.ts'
import type { FindLinkHost } from './links/find-link-host.ts'
import { recordVisits } from './links/record-visits.ts'
import { createMetrics } from './metrics.ts'
import type { Metrics } from './metrics.ts'
import type { Clock } from './kernel/clock.ts'
import type { Database } from './kernel/database/database.ts'
import type { Logger } from './kernel/log.ts'
import type { Loop } from './kernel/loop.ts'
import { createSharedCounts } from './kernel/limits/shared-counts.ts'
import type { SharedCounts } from './kernel/limits/shared-counts.ts'
import type { Mailer } from './kernel/mailer.ts'
import { onCommit } from './kernel/database/transaction.ts'
import type { Vault } from './kernel/vault.ts'
import { createPasswordHashes } from './members/people/hash-password.ts'
import type { PasswordHashes } from './members/people/hash-password.ts'
import { createSessions } from './members/sessions/find-session.ts'
import { createRefusalWriter } from './journal/write-refusals.ts'
import type { RefusalWriter } from './journal/write-refusals.ts'
import { createSignInThrottle } from './members/sign-in-throttle.ts'
import type { SignInThrottle } from './members/sign-in-throttle.ts'
import { createDirectory } from './organizations/directory.ts'
import { createKeyUses } from './organizations/key-uses.ts'
import type { KeyUses } from './organizations/key-uses.ts'
import type { Directory } from './organizations/directory.ts'
import type { Sessions } from './organizations/session.ts'
import { createReports } from './statistics/keep-reports.ts'
import type { Reports } from './statistics/keep-reports.ts'
import { createSubjects } from './reports/subjects.ts'
import { createPauseMails } from './webhooks/health/pause-mail.ts'
import { createDispatcher } from './webhooks/dispatch/dispatcher.ts'
import type { Dispatcher, DispatcherMetrics } from './webhooks/dispatch/dispatcher.ts'
import { createGathering } from './webhooks/replays/gather-replays.ts'
import { createFeedWaiters } from './webhooks/feed/feed-waiters.ts'
import type { FeedWaiters } from './webhooks/feed/feed-waiters.ts'
import { createReadBacklogs } from './webhooks/health/read-backlogs.ts'
import { createSignsOfLife } from './customers/signs-of-life.ts'
import type { SignsOfLife } from './customers/signs-of-life.ts'
import type { Subjects } from './webhooks/attempts/subject.ts'

export interface Resources {
  database: Database
  vault: Vault
  clock: Clock
  log: Logger
  targetRule: TargetRule
  /** Undefined where no mail is sent. */
  mailer?: Mailer | undefined
  openWorker: OpenWorker
  /** For how many days events that are done with are kept, and attempts. */
  eventDays: number
  /** At which hour of the day, in UTC, a verification is run each night; undefined: none is. */
  verifyHour?: number | undefined
  /** How many processes of this machine have these parts; one unless given. */
  processes?: number
}

/** What the program is made of, built once and passed on. */
export interface Parts extends Resources {
  directory: Directory
  keyUses: KeyUses
  catalog: Catalog
  metrics: Metrics
  observeSet: Metrics['observeSet']
  observeVerdict: Metrics['countVerdict']
  notifier: Notifier
  /** Closed with the dispatcher. */
  sender: Sender
  dispatcher: Dispatcher
  feedWaiters: FeedWaiters
  validation: Loop
  importing: Loop
  pauseMails: Loop | undefined
  wakeImports: () => void
  gathering: Loop
  wakeGathering: () => void
  subjects: Subjects
  sessions: Sessions
  passwords: PasswordHashes
  throttle: SignInThrottle
  sharedCounts: SharedCounts
  refusals: RefusalWriter
  reports: Reports
  clicks: ClickBuffer
  signs: SignsOfLife
  findLinkHost: FindLinkHost
  verifications: Verifications
  /** Of the calls that this process has answered, since when. */
  callCounts(): { since: Date; answered: number; failed: number }
  /** Checks the invariants, without keeping what it finds. */
  verify(): Promise<Verification>
}

/** Builds the parts on what was opened. Nothing runs yet. */
export function createParts(resources: Resources): Parts {
  const { vault } = resources
  const directory = createDirectory(resources)
  const catalog = createCatalog(resources)
  const metrics = createMetrics()
  const sharedCounts = createSharedCounts(resources)
  const since = resources.clock.now()
  const notifier = createNotifier(resources)
  onCommit(resources.database.db, 'events', () => notifier.notify())
  const importing = createImportRunner({
    ...resources,
    directory,
    countCalls: metrics.countedRequests,
  })
  const gathering = createGathering(resources)
  const subjects = createSubjects(vault, resources.log)
  metrics.watchDeliveries(createReadBacklogs(resources))
  const sender = createSender(resources)
  const dispatcher = createDispatcher({
    ...resources,
    sender,
    directory,
    subjects,
    metrics: createDispatcherMetrics(metrics),
  })
  return {
    ...resources,
    directory,
    keyUses: createKeyUses(resources.clock),
    catalog,
    metrics,
    notifier,
    sender,
    dispatcher,
    feedWaiters: createFeedWaiters(resources),
    validation: createValidation({ ...resources, directory }),
    importing,
    pauseMails:
      resources.mailer && createPauseMails({ ...resources, mailer: resources.mailer, directory }),
    wakeImports: () => importing.wake(),
    gathering,
    wakeGathering: () => gathering.wake(),
    subjects,
    sessions: createSessions(resources),
    passwords: createPasswordHashes(),
    throttle: createSignInThrottle(resources.clock, sharedCounts),
    sharedCounts,
    refusals: createRefusalWriter(resources),
    reports: createReports({ ...resources, directory }),
    clicks: createClicks(resources, metrics),
    signs: createSignsOfLife({ ...resources, db: resources.database.db, directory }),
    findLinkHost: createFindLinkHost(resources.database),
    observeSet: metrics.observeSet,
    observeVerdict: metrics.countVerdict,
    verifications: createVerifications(resources),
    callCounts: () => ({
      since,
      answered: metrics.countedRequests(),
      failed: metrics.countedFailures(),
    }),
    verify: () => verify(resources.database),
  }
}

function createDispatcherMetrics(metrics: Metrics): DispatcherMetrics {
  return {
    answered: metrics.observeReceiver,
    attempted: metrics.countDelivery,
    claimed(lanes, durationMs) {
      metrics.observeClaim(durationMs)
      if (lanes > 0) metrics.observeSet('lanes', lanes)
    },
  }
}

function createClicks({ database, vault, log }: Resources, metrics: Metrics): ClickBuffer {
  return createClickBuffer({
    write(visits) {
      metrics.observeSet('clicks', visits.length)
      return recordVisits({ db: database.db, vault }, visits)
    },
    written: (clicks) => metrics.countClicks(clicks),
    lost: (clicks) => metrics.countLostClicks(clicks),
    log,
  })
}
