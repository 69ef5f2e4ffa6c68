import closeWithGrace from 'close-with-grace'
import { containErrors } from './kernel/bulkhead.ts'
import { CannotStart } from './kernel/cannot-start.ts'
import { ConfigError, readConfig } from './kernel/config.ts'
import type { Config } from './kernel/config.ts'
import { createLog } from './kernel/log.ts'
import { createSetUpToken } from './members/set-up.ts'
import { startServer } from './start.ts'

// Supervisors kill a program some time after asking it to stop; it ends before that.
const STOP_MS = 15_000

async function main(): Promise<void> {
  const config = readConfig()
  const log = createLog(config.logLevel)
  const server = await startServer({
    config,
    log,
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
  const options = { delay: STOP_MS, logger: log, skip: ['unhandledRejection' as const] }
  closeWithGrace(options, async ({ err, signal }) => {
    if (err) log.fatal({ err }, 'Nobody caught this error; the program stops.')
    else log.info({ signal }, 'Stopping.')
    await server.stop()
    log.info('Stopped.')
  })
  process.stdout.write(`Newcomer serves ${server.url} ${sayDatabase(config)}\n`)
  const token = await createSetUpToken(server.parts)
  if (token === undefined) return
  const base = config.publicUrl ?? server.url.replace('127.0.0.1', 'localhost')
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

/** What the operator can mend is said in a sentence; anything else with its stack. */
function sayFailure(error: unknown): string {
  if (error instanceof ConfigError || error instanceof CannotStart) {
    return error.message
  }
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'EADDRINUSE') return 'The port is in use. Stop what uses it, or set PORT to another.'
  if (code === 'EACCES')
    return `${error.message}. Set PORT above 1023, or NEWCOMER_DATA to a folder of your own.`
  if (/^(ECONNREFUSED|ENOTFOUND|ETIMEDOUT|28P01|28000|3D000)$/.test(code)) {
    return `The database of DATABASE_URL can't be reached (${code}).`
  }
  return error.stack ?? error.message
}

main().catch((error: unknown) => {
  process.stderr.write(`Newcomer did not start.\n${sayFailure(error)}\n`)
  process.exit(1)
})
