import cluster from 'node:cluster'
import closeWithGrace from 'close-with-grace'
import { containErrors } from './kernel/bulkhead.ts'
import type { Config } from './kernel/config.ts'
import { createLog } from './kernel/log.ts'
import { findSiblings } from './kernel/processes/siblings.ts'
import { createSetUpToken } from './members/set-up.ts'
import { startServer } from './start.ts'
import type { RunningServer } from './start.ts'

// The number of the first worker that a primary starts.
const FIRST_WORKER = 1
// Terminals and supervisors send them to all processes of a group. The primary asks the workers, one after another.
const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/** Serves in this process until it is asked to stop, which takes at most so long. */
export async function serve(config: Config, stopMs: number): Promise<void> {
  const id = cluster.worker?.id
  const log = createLog(config.logLevel, id === undefined ? null : { process: id })
  const siblings = findSiblings()
  // What has not begun to serve has nothing to put down.
  siblings?.onStop(() => process.exit(0))
  if (siblings) for (const signal of SIGNALS) process.on(signal, () => undefined)
  const server = await startServer({
    config,
    log,
    siblings,
    onBroken(error) {
      log.fatal({ err: error }, 'The embedded database answers nothing any more; the process ends.')
      process.stderr.write(
        'The embedded database is broken. Start Newcomer again; nothing is lost.\n',
      )
      process.exit(1)
    },
  })
  containErrors((error) => {
    log.error({ err: error }, 'Nobody caught this error; the work that it arose in was given up.')
  })
  // Rejections that nobody handles become uncaught errors by themselves, and so are contained too.
  const skip = ['unhandledRejection' as const, ...(siblings ? SIGNALS : [])]
  const options = { delay: stopMs, logger: log, skip }
  const grace = closeWithGrace(options, async ({ err, signal }) => {
    if (err) log.fatal({ err }, 'Nobody caught this error; the program stops.')
    else log.info({ signal }, 'Stopping.')
    await server.stop()
    log.info('Stopped.')
  })
  if (siblings) {
    siblings.onStop(() => void grace.close())
    siblings.serve(server.parts.metrics.registry)
  } else process.stdout.write(`Newcomer serves ${server.url} ${sayDatabase(config)}\n`)
  // Of several processes the first tells it, once.
  if (id === undefined || id === FIRST_WORKER) await tellOfSetUp(server, config)
}

async function tellOfSetUp({ parts, url }: RunningServer, { publicUrl }: Config): Promise<void> {
  const token = await createSetUpToken(parts)
  if (token === undefined) return
  const base = publicUrl ?? url.replace('127.0.0.1', 'localhost')
  // Not by the log, which is kept.
  process.stdout.write(
    `Newcomer has no operator yet. Become it, within an hour and once: ${base}/dashboard/setup#${token}\n`,
  )
}

function sayDatabase(config: Config): string {
  return config.databaseUrl
    ? 'from PostgreSQL'
    : `from the embedded database in ${config.dataFolder}`
}
