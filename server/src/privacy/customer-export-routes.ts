import { Readable } from 'node:stream'
import { actOf } from '../http/act.ts'
import type { Routes } from '../http/api.ts'
import { callerOf } from '../http/caller.ts'
import { One } from '../http/envelope.ts'
import { CustomerParams } from '../reports/customer-schema.ts'
import type { ReportParts } from '../reports/report-parts.ts'
import { CustomerExport } from './customer-export-schema.ts'
import { exportCustomer } from './export-customer.ts'

/** All that is held of a customer, for whoever asks what that is. */
export function customerExportRoutes(parts: ReportParts): Routes {
  return (api) => {
    api.get(
      '/customers/:id/export',
      {
        exposeHeadRoute: false,
        schema: {
          operationId: 'exportCustomer',
          summary: 'All that is held of a customer, for its right of access',
          description:
            'One JSON text with everything that is kept under the customer: identifiers and who gave them, ' +
            'segments and stays, events and their deliveries, orders, clicks, transactions and imports; no ' +
            'segment that you may not see. The export is an entry of your audit log. Answered as it is read: ' +
            'a text that ends early is not JSON.',
          tags: ['customers'],
          params: CustomerParams,
          response: { 200: One(CustomerExport) },
        },
      },
      async (request, reply) => {
        const by = { organization: callerOf(request), act: actOf(request) }
        const pieces = await exportCustomer(parts, by, request.params.id)
        return reply
          .header('content-type', 'application/json; charset=utf-8')
          .header('content-disposition', 'attachment; filename="customer.json"')
          .send(Readable.from(pieces) as never)
      },
    )
  }
}
