import { createEraseCustomer } from './customers/erase-customer.ts'
import type { CustomerRouteParts } from './customers/customer-routes.ts'
import { createReadCustomer } from './customers/read-customer.ts'
import { createReportCustomer } from './customers/report-customers.ts'
import { createMetrics } from './http/metrics.ts'
import type { Metrics } from './http/metrics.ts'
import type { Clock } from './kernel/clock.ts'
import type { Database } from './kernel/database.ts'
import type { Logger } from './kernel/log.ts'
import { unavailable } from './kernel/problem.ts'
import type { Vault } from './kernel/vault.ts'
import { createCancelOrder, createUpdateOrder } from './orders/change-order.ts'
import { createForgetCustomer } from './orders/forget-customer.ts'
import type { OrderRouteParts } from './orders/order-routes.ts'
import { createRecordOrder } from './orders/record-orders.ts'
import { createDirectory } from './organizations/directory.ts'
import type { Directory } from './organizations/directory.ts'
import type { Verification } from './organizations/operator-schema.ts'
import { createSegments } from './segments/settle.ts'

export interface Resources {
  database: Database
  vault: Vault
  clock: Clock
  log: Logger
}

/** What the program is made of, built once and passed on. */
export interface Parts extends Resources, CustomerRouteParts, OrderRouteParts {
  directory: Directory
  metrics: Metrics
  verify(): Promise<Verification>
}

/** Builds the parts on what was opened. Nothing runs yet. */
export function createParts(resources: Resources): Parts {
  const directory = createDirectory(resources)
  const metrics = createMetrics()
  const reports = {
    ...resources,
    segments: createSegments({ directory }),
    wake: () => undefined,
    observeSet: metrics.observeSet,
  }
  const { vault } = resources
  return {
    ...resources,
    directory,
    metrics,
    reportCustomer: createReportCustomer(reports),
    readCustomer: createReadCustomer(reports),
    eraseCustomer: createEraseCustomer({ ...reports, forget: createForgetCustomer(vault) }),
    recordOrder: createRecordOrder(reports),
    updateOrder: createUpdateOrder(reports),
    cancelOrder: createCancelOrder(reports),
    verify: () => Promise.reject(unavailable('This server has no checks yet.')),
  }
}
