import cluster from 'node:cluster'
import { CannotStart } from './kernel/cannot-start.ts'
import { ConfigError, readConfig, serverUrl } from './kernel/config.ts'
import type { Config } from './kernel/config.ts'
import { createLog } from './kernel/log.ts'
import { supervise } from './kernel/processes/supervise.ts'

// Supervisors kill a program some time after asking it to stop; it ends before that.
const STOP_MS = 15_000

async function main(): Promise<void> {
  const config = readConfig()
  if (config.processes > 1 && cluster.isPrimary) return superviseAll(config)
  // What serves is not loaded into a primary, which would have no use for a hundred megabytes of it.
  const { serve } = await import('./serve.ts')
  await serve(config, STOP_MS)
}

/** Several processes on one port; this one only sees to it that they are there. */
async function superviseAll(config: Config): Promise<void> {
  const { host, processes } = config
  const log = createLog(config.logLevel)
  const supervised = await supervise({
    ...{ processes, host, port: config.port, log, stopMs: STOP_MS },
    serves(port) {
      const url = serverUrl(host, port)
      process.stdout.write(`Newcomer serves ${url} from PostgreSQL by ${processes} processes\n`)
    },
  })
  const asked: string[] = []
  function stop(signal: string): void {
    if (asked.push(signal) > 1) {
      log.error(`second ${signal}, exiting`)
      supervised.kill()
      process.exit(1)
    }
    log.info({ signal }, 'Stopping.')
    supervised.stop()
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.exitCode = await supervised.ended
  if (asked.length > 0) log.info('Stopped.')
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
