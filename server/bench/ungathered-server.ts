import type { AddressInfo } from 'node:net'
import { buildApp } from '../src/app.ts'
import { openWorker } from '../src/imports/worker/open-worker.ts'
import { reportCustomers } from '../src/reports/report-customers.ts'
import { systemClock } from '../src/kernel/clock.ts'
import { createTargetRule } from '../src/webhooks/transport/target-rule.ts'
import { readConfig } from '../src/kernel/config.ts'
import { createLog } from '../src/kernel/log.ts'
import { migrate } from '../src/kernel/database/migrate.ts'
import { openOperatorKey } from '../src/kernel/open-operator-key.ts'
import { openVault } from '../src/kernel/database/open-vault.ts'
import { createParts } from '../src/parts.ts'
import { createSegments } from '../src/segments/update-memberships.ts'
import { openDatabase } from '../src/kernel/database/database.ts'
import { startWorkers } from '../src/workers.ts'

/*
 * The server, but each reported customer goes into the database by itself, in a tx of its own: as
 * many at once as the pool has connections. Everything else is the same code.
 */

const config = readConfig()
const log = createLog(config.logLevel)
const database = await openDatabase(config)
await migrate(database)
const vault = await openVault({ config, database, log })
const targetRule = createTargetRule(config)
const { eventDays } = config
const parts = createParts({
  database,
  vault,
  log,
  clock: systemClock,
  targetRule,
  openWorker,
  eventDays,
})
const segments = createSegments(parts)
const reportParts = { ...parts, segments, wake: () => parts.signal.raise() }
const workers = await startWorkers(parts)
const app = buildApp({
  ...parts,
  operatorKey: openOperatorKey(config, log),
  isStopping: () => false,
  isReady: () => Promise.resolve(true),
  async reportCustomer(report) {
    const [outcome] = await reportCustomers(reportParts, [report])
    if (!outcome) throw new Error('a report was left without an outcome')
    if ('problem' in outcome) throw outcome.problem
    return outcome.answer
  },
})
await app.listen({ host: config.host, port: config.port })

async function stop(): Promise<void> {
  await app.close()
  await workers.stop()
  await database.close()
}
process.once('SIGTERM', () => void stop())
const { port } = app.server.address() as AddressInfo
process.stdout.write(`Newcomer without gathering serves http://${config.host}:${port}\n`)
