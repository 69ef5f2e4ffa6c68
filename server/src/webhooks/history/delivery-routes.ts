import type { Routes } from '../../http/api.ts'
import { callerOf } from '../../http/caller.ts'
import { Many, many } from '../../http/envelope.ts'
import { getEndpoint } from '../endpoints/change-endpoint.ts'
import { pageDeliveries } from './list-deliveries.ts'
import type { WebhookParts } from '../endpoints/webhook-parts.ts'
import { WebhookPath } from '../endpoints/webhook-schema.ts'
import * as schema from './delivery-schema.ts'

/** Delivery history of an organization's endpoints: what was sent, and what waits. */
export function deliveryRoutes({ database, vault, subjects }: WebhookParts): Routes {
  return (api) => {
    api.get(
      '/webhooks/:webhook/deliveries',
      {
        schema: {
          operationId: 'listDeliveries',
          tags: ['webhooks'],
          summary: 'List what was or is to be sent to a webhook, newest first',
          description:
            'A page may hold less than it could: go on until `meta.next` is null. For a look at what ' +
            'was sent; events are followed by `GET /v1/events`.',
          params: WebhookPath,
          querystring: schema.DeliveriesQuery,
          response: { 200: Many(schema.DeliveryAnswer) },
        },
      },
      async (request) => {
        const { cursor, page_size: pageSize, ...filters } = request.query
        const { db } = database
        const organization = callerOf(request)
        const endpoint = await getEndpoint(db, vault, organization, request.params.webhook)
        const parts = { db, vault, subjects, organization, endpoint }
        const page = await pageDeliveries(parts, filters, { cursor, pageSize })
        return many(request, { ...page, objects: page.objects.map(schema.deliveryToWire) })
      },
    )
  }
}
