import type { AddressInfo } from 'node:net'
import type { Api } from '../src/http/api.ts'
import { requireCaller } from '../src/http/authenticate.ts'
import { requireOperator } from '../src/http/authorize.ts'
import { createShell } from '../src/http/shell.ts'
import { operatorRoutes } from '../src/operator/organization-routes.ts'
import { customerRoutes } from '../src/reports/customer-routes.ts'
import type { CustomerReport, Reported } from '../src/reports/report-customers.ts'
import { openWorker } from '../src/imports/worker/open-worker.ts'
import { reportCustomers } from '../src/reports/report-customers.ts'
import { systemClock } from '../src/kernel/clock.ts'
import { createTargetRule } from '../src/webhooks/transport/target-rule.ts'
import { readConfig } from '../src/kernel/config.ts'
import { createLog } from '../src/kernel/log.ts'
import { migrate } from '../src/kernel/database/migrate.ts'
import { openOperatorKey } from '../src/operator/open-operator-key.ts'
import { openVault } from '../src/kernel/database/open-vault.ts'
import { createParts } from '../src/parts.ts'
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
const workers = await startWorkers(parts)
const operatorKey = openOperatorKey(config, log)
const app = createShell({ ...parts, operatorKey, isStopping: () => false })
app.register(
  (api: Api, _options, done) => {
    api.addHook('onRequest', requireCaller)
    customerRoutes(parts, reportAlone)(api)
    done()
  },
  { prefix: '/v1' },
)
app.register(
  (api: Api, _options, done) => {
    api.addHook('onRequest', requireOperator)
    operatorRoutes(parts)(api)
    done()
  },
  { prefix: '/operator/v1' },
)

async function reportAlone(report: CustomerReport): Promise<Reported> {
  const [outcome] = await reportCustomers(parts, [report])
  if (!outcome) throw new Error('a report was left without an outcome')
  if ('problem' in outcome) throw outcome.problem
  return outcome.answer
}

await app.listen({ host: config.host, port: config.port })

async function stop(): Promise<void> {
  await app.close()
  await workers.stop()
  await database.close()
}
process.once('SIGTERM', () => void stop())
const { port } = app.server.address() as AddressInfo
process.stdout.write(`Newcomer without gathering serves http://${config.host}:${port}\n`)
