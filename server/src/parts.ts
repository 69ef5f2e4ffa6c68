import { createCatalog } from './commissions/rates/catalog.ts'
import type { Catalog } from './commissions/rates/catalog.ts'
import { createRatesOf } from './commissions/rates/show-rates.ts'
import type { CustomerRouteParts } from './reports/customer-routes.ts'
import { verify } from './audit/verify.ts'
import type { Verification } from './audit/verify.ts'
import { createAdjust } from './commissions/transactions/adjust-transaction.ts'
import { createCommission } from './commissions/transactions/commission-orders.ts'
import { createForgetTransactions } from './commissions/transactions/erase-transactions.ts'
import { createReadCommission } from './commissions/transactions/read-commission.ts'
import type { AnswerParts } from './commissions/transactions/transaction-answer.ts'
import { createValidation } from './commissions/transactions/validate-transactions.ts'
import type { EraseParts } from './reports/erase-customer.ts'
import { createEraseCustomer } from './reports/erase-customer.ts'
import { createReadCustomer } from './reports/read-customer.ts'
import { createReportCustomer } from './reports/report-customers.ts'
import { createSignal } from './events/notifier.ts'
import type { Signal } from './events/notifier.ts'
import type { TargetRule } from './webhooks/transport/target-rule.ts'
import { takeQuotes } from './offers/take-quotes.ts'
import { forgetSubjects } from './events/erase-subjects.ts'
import { createAttribute } from './links/attribute.ts'
import { createClickBuffer } from './links/click-buffer.ts'
import type { ClickBuffer } from './links/click-buffer.ts'
import { createImportRunner } from './imports/run/import-runner.ts'
import type { OpenWorker } from './imports/worker/worker-client.ts'
import { createFindLinkHost } from './links/find-link-host.ts'
import type { FindLinkHost } from './links/find-link-host.ts'
import { createForgetClicks } from './links/erase-clicks.ts'
import { recordVisits } from './links/record-visits.ts'
import { createMetrics } from './metrics.ts'
import type { Metrics } from './metrics.ts'
import type { Clock } from './kernel/clock.ts'
import type { Database } from './kernel/database/database.ts'
import { ownerOf } from './kernel/key.ts'
import type { Logger } from './kernel/log.ts'
import type { Loop } from './kernel/loop.ts'
import type { Mailer } from './kernel/mailer.ts'
import type { Vault } from './kernel/vault.ts'
import { createCancelOrder, createUpdateOrder } from './reports/change-order.ts'
import { createForgetCustomer } from './orders/erase-customer-from-orders.ts'
import type { OrderRouteParts } from './reports/order-routes.ts'
import { createRecordOrder } from './reports/record-orders.ts'
import type { Commissions } from './orders/attribution.ts'
import type { VerdictRouteParts } from './orders/verdict-routes.ts'
import { createAnswerOffers } from './offers/answer-offers.ts'
import type { AnswerOffers } from './offers/answer-offers.ts'
import { createDirectory } from './organizations/directory.ts'
import type { Directory } from './organizations/directory.ts'
import type { RatesOf } from './commissions/rates/merchant-routes.ts'
import { deleteMemberships } from './segments/membership-store.ts'
import { createSegments } from './segments/update-memberships.ts'
import { createSubjects } from './reports/subjects.ts'
import { createAlerts } from './webhooks/health/pause-mail.ts'
import { createDispatcher } from './webhooks/dispatch/dispatcher.ts'
import type { Dispatcher, DispatcherMetrics } from './webhooks/dispatch/dispatcher.ts'
import { forgetAnswers } from './webhooks/attempts/erase-answers.ts'
import { createGathering } from './webhooks/replays/gather-replays.ts'
import { createListening } from './webhooks/feed/feed-waiters.ts'
import type { Listening } from './webhooks/feed/feed-waiters.ts'
import { createReadBacklogs } from './webhooks/health/read-backlogs.ts'
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
}

/** What the program is made of, built once and passed on. */
export interface Parts extends Resources, CustomerRouteParts, OrderRouteParts, VerdictRouteParts {
  directory: Directory
  catalog: Catalog
  ratesOf: RatesOf
  metrics: Metrics
  signal: Signal
  dispatcher: Dispatcher
  listening: Listening
  validation: Loop
  importing: Loop
  alerts: Loop | undefined
  wakeImports: () => void
  gathering: Loop
  wakeGathering: () => void
  subjects: Subjects
  commissions: Commissions
  clicks: ClickBuffer
  findLinkHost: FindLinkHost
  answerOffers: AnswerOffers
  verify(): Promise<Verification>
}

/** Builds the parts on what was opened. Nothing runs yet. */
export function createParts(resources: Resources): Parts {
  const { vault } = resources
  const directory = createDirectory(resources)
  const catalog = createCatalog(resources)
  const metrics = createMetrics()
  const signal = createSignal(resources)
  const wake = () => signal.raise()
  const commissions = createCommissions({ vault, directory })
  const reportParts = {
    ...resources,
    segments: createSegments({ directory }),
    wake,
    observeSet: metrics.observeSet,
    observeVerdict: metrics.countVerdict,
    forget: createForget(vault),
    commissions,
  }
  const importing = createImportRunner({
    ...reportParts,
    directory,
    countCalls: metrics.countedRequests,
  })
  const gathering = createGathering({ ...resources, wake })
  const subjects = createSubjects(vault, resources.log)
  metrics.watchDeliveries(createReadBacklogs(resources))
  const dispatcher = createDispatcher({
    ...resources,
    directory,
    subjects,
    metrics: createDispatcherMetrics(metrics),
  })
  return {
    ...resources,
    directory,
    catalog,
    ratesOf: createRatesOf({ ...resources, catalog }),
    metrics,
    signal,
    dispatcher,
    listening: createListening(resources),
    validation: createValidation({ ...resources, directory, wake }),
    importing,
    alerts: resources.mailer && createAlerts({ ...resources, mailer: resources.mailer, directory }),
    wakeImports: () => importing.wake(),
    gathering,
    wakeGathering: () => gathering.wake(),
    subjects,
    commissions,
    clicks: createClicks(resources, metrics),
    findLinkHost: createFindLinkHost(resources.database),
    reportCustomer: createReportCustomer(reportParts),
    readCustomer: createReadCustomer(reportParts),
    eraseCustomer: createEraseCustomer(reportParts),
    recordOrder: createRecordOrder(reportParts),
    updateOrder: createUpdateOrder(reportParts),
    cancelOrder: createCancelOrder(reportParts),
    readCommission: createReadCommission({ ...resources, directory }),
    answerOffers: createAnswerOffers({
      ...resources,
      directory,
      catalog,
      observeSet: metrics.observeSet,
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

function createCommissions(parts: AnswerParts): Commissions {
  const commission = createCommission(parts)
  return {
    attribute: createAttribute(parts),
    takeQuotes,
    commission,
    adjust: createAdjust({ ...parts, commission }),
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

/** What an erased customer is taken out of. */
function createForget(vault: Vault): EraseParts['forget'] {
  const forgetInOrders = createForgetCustomer(vault)
  const forgetInClicks = createForgetClicks(vault)
  const forgetInTransactions = createForgetTransactions(vault)
  return async (tx, key) => {
    await forgetInOrders(tx, key)
    const clicks = await forgetInClicks(tx, key)
    const transactions = await forgetInTransactions(tx, key)
    await deleteMemberships(tx, [key])
    await forgetSubjects(tx, ownerOf(key), [key])
    await forgetAnswers(tx, ownerOf(key), [key, ...transactions])
    return clicks + transactions.length > 0
  }
}
