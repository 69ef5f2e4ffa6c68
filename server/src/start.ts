import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import { buildApp } from './app.ts'
import { systemClock } from './kernel/clock.ts'
import type { Clock } from './kernel/clock.ts'
import { serverUrl } from './kernel/config.ts'
import type { Config } from './kernel/config.ts'
import { openDatabase } from './kernel/database/database.ts'
import type { Database, Db } from './kernel/database/database.ts'
import { openWorker as openWorkerThread } from './imports/worker/open-worker.ts'
import type { OpenWorker } from './imports/worker/worker-client.ts'
import { createTargetRule } from './webhooks/transport/target-rule.ts'
import { createLog } from './kernel/log.ts'
import type { Logger } from './kernel/log.ts'
import { openDashboard } from './http/dashboard/dashboard.ts'
import type { Dashboard } from './http/dashboard/dashboard.ts'
import { connectionsBelow, readOpenFilesLimit } from './kernel/open-files.ts'
import type { Siblings } from './kernel/processes/siblings.ts'
import type { ShellMetrics } from './http/shell-metrics.ts'
import { createProvider } from './members/providers/provider.ts'
import { createMailer } from './kernel/mailer.ts'
import { migrate } from './kernel/database/migrate.ts'
import { openOperatorKey } from './operator/open-operator-key.ts'
import { watchEmbedded } from './kernel/database/watch-embedded.ts'
import { warnOfConnections } from './kernel/database/connection-room.ts'
import { openVault } from './kernel/database/open-vault.ts'
import { createParts } from './parts.ts'
import type { Parts } from './parts.ts'
import { startWorkers } from './workers.ts'
import type { Workers } from './workers.ts'

// How long a stop waits for requests under way, of the 15 s that it may take in all.
const GRACE_MS = 8_000
// The kernel shares connections out, and closes those of a process that dies. A primary that passes them on keeps
// open, unanswered, what it has just given to the dead; elsewhere than on Linux there is no other way.
const IS_LINUX = process.platform === 'linux'
const PORT_OF_ALL = { exclusive: IS_LINUX, reusePort: IS_LINUX }
// A database that needs longer for nothing is not one to send calls to.
const READY_MS = 2_000

export interface StartOptions {
  config: Config
  log?: Logger
  clock?: Clock
  /** Instead of the one that the config names. The caller who opened it closes it. */
  database?: Database
  /** Where the files of imports are worked on; in threads unless given. */
  openWorker?: OpenWorker
  /** Called when the embedded database is beyond help: only a new process is. */
  onBroken?: (error: unknown) => void
  /** The processes that serve on the same port; undefined where this is the only one. */
  siblings?: Siblings | undefined
}

export interface RunningServer {
  /** Where it answers, without a slash at the end. */
  url: string
  parts: Parts
  operatorKey: string
  /** Answers what is under way, puts down all work, and closes what it opened. */
  stop(): Promise<void>
}

/** Everything, from the database to the listening socket, in this process. */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { config } = options
  const log = options.log ?? createLog(config.logLevel)
  const database = options.database ?? (await openDatabase(config))
  const closeDatabase = async (): Promise<void> => {
    if (!options.database) await database.close()
  }
  try {
    return await startOn({ ...options, log, database, closeDatabase })
  } catch (error) {
    await closeDatabase()
    throw error
  }
}

interface Opened extends StartOptions {
  log: Logger
  database: Database
  closeDatabase(): Promise<void>
}

async function startOn({
  config,
  database,
  log,
  clock,
  openWorker = openWorkerThread,
  closeDatabase,
  onBroken = () => undefined,
  siblings,
}: Opened): Promise<RunningServer> {
  const applied = await migrate(database)
  if (applied.length > 0) log.info({ applied }, 'The schema was brought up to date.')
  const vault = await openVault({ config, database, log })
  await warnOfConnections(database, config, log)
  const operatorKey = openOperatorKey(config, log)
  if (config.mode === 'development') {
    log.info('Development mode: webhooks may go to http://, to any port and to this machine.')
  }
  const targetRule = createTargetRule(config)
  const mailer = config.mail && createMailer(config.mail)
  const { eventDays, verifyHour, processes } = config
  const means = { database, vault, log, mailer, clock: clock ?? systemClock }
  const resources = { ...means, targetRule, openWorker, eventDays, verifyHour, processes }
  const parts = createParts(resources)
  const workers = await startWorkers(parts)
  let stopping: Promise<void> | undefined
  const app = buildApp({
    ...parts,
    metrics: siblings ? sumWith(parts.metrics, siblings) : parts.metrics,
    operatorKey,
    mode: config.mode,
    provider: config.provider && createProvider(config.provider),
    publicUrl: config.publicUrl,
    trustProxy: config.trustProxy,
    dashboard: dashboardOf(config, log),
    isStopping: () => stopping !== undefined,
    isReady: async () =>
      stopping === undefined &&
      parts.directory.isConfirmed() &&
      parts.catalog.isConfirmed() &&
      (await answers(database.db)),
  })
  const maxConnections = connectionsOf(config, log)
  // Else a primary would offer the connection to one full process after another, for ever.
  Object.assign(app.server, { maxConnections, dropMaxConnection: true })
  try {
    await app.listen({ host: config.host, port: config.port, ...(siblings && PORT_OF_ALL) })
  } catch (error) {
    await workers.stop()
    throw error
  }
  const watch = watchEmbedded(database, onBroken)
  const closeAll = async (): Promise<void> => {
    watch.stop()
    // Until the last call was answered there could be one more click.
    await parts.clicks.close()
    await closeDatabase()
  }
  const stop = (): Promise<void> => (stopping ??= stopAll(app, workers, closeAll))
  const { port } = app.server.address() as AddressInfo
  return { url: serverUrl(config.host, port), parts, operatorKey, stop }
}

/** Whichever process is asked, it shows what all have counted. */
function sumWith(metrics: ShellMetrics, siblings: Siblings): ShellMetrics {
  const { contentType } = metrics.registry
  return { ...metrics, registry: { contentType, metrics: () => siblings.metrics() } }
}

/** What `npm run build` left beside the server. */
function dashboardOf({ hasDashboard }: Config, log: Logger): Dashboard | 'off' | undefined {
  if (!hasDashboard) return 'off'
  const dashboard = openDashboard(fileURLToPath(new URL('../../dashboard/dist', import.meta.url)))
  if (!dashboard) log.warn('The dashboard is not built: `npm run build` does it.')
  return dashboard
}

/** Beyond these a connection is closed at once: out of descriptors nothing works, the database least of all. */
function connectionsOf({ maxConnections, poolSize, processes }: Config, log: Logger): number {
  const limit = readOpenFilesLimit()
  // The limit of files is each process's own; connections are shared out evenly.
  const share = maxConnections === undefined ? undefined : Math.ceil(maxConnections / processes)
  const most = share ?? connectionsBelow(limit, poolSize)
  if (most >= limit) {
    log.warn({ limit, most }, 'More connections are taken than this process may have files open.')
  }
  return most
}

async function stopAll(
  app: FastifyInstance,
  workers: Workers,
  closeAll: () => Promise<void>,
): Promise<void> {
  const cutOff = setTimeout(() => app.server.closeAllConnections(), GRACE_MS)
  // Side by side: an attempt that began while calls were still answered could take 10 s more.
  await Promise.all([app.close(), workers.stop()])
  clearTimeout(cutOff)
  await closeAll()
}

async function answers(db: Db): Promise<boolean> {
  const asked = sql`select 1`.execute(db).then(
    () => true,
    () => false,
  )
  return Promise.race([asked, pause(READY_MS, false, { ref: false })])
}
