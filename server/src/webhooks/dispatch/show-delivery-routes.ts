import { Type } from 'typebox'
import type { Static } from 'typebox'
import type { Routes } from '../../http/api.ts'
import { callerOf } from '../../http/caller.ts'
import { One, one } from '../../http/envelope.ts'
import type { Logger } from '../../kernel/log.ts'
import { getEndpoint } from '../endpoints/change-endpoint.ts'
import type { WebhookParts } from '../endpoints/webhook-parts.ts'
import { DeliveryAnswer, deliveryToWire } from '../history/delivery-schema.ts'
import { showDelivery } from './show-delivery.ts'
import type { ShownDelivery } from './show-delivery.ts'

const DeliveryPath = Type.Object({ webhook: Type.String(), event: Type.String() })

const ShownDeliveryAnswer = Type.Object(
  {
    ...DeliveryAnswer.properties,
    body: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description:
        'The event as it would be sent now, alone; null where its customer is erased or it cannot be ' +
        'read any more.',
    }),
    headers: Type.Unsafe<Record<string, string>>({
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'What a request with this body carries, both signatures among them.',
    }),
  },
  { title: 'DeliveryWithBody' },
)

/** One delivery, with what is sent. */
export function showDeliveryRoutes({
  database,
  vault,
  subjects,
  directory,
  clock,
  log,
}: WebhookParts & { log: Logger }): Routes {
  return (api) => {
    api.get(
      '/webhooks/:webhook/deliveries/:event',
      {
        schema: {
          operationId: 'getDelivery',
          tags: ['webhooks'],
          summary: 'See one event on its way to a webhook, with its body as it would be sent now',
          description: 'Bodies are not kept: it is rendered and signed when it is asked for.',
          params: DeliveryPath,
          response: { 200: One(ShownDeliveryAnswer) },
        },
      },
      async (request) => {
        const { db } = database
        const organization = callerOf(request)
        const { webhook, event } = request.params
        const endpoint = await getEndpoint(db, vault, organization, webhook)
        const reading = { db, vault, subjects, organization, endpoint }
        return one(shownToWire(await showDelivery({ ...reading, directory, clock, log }, event)))
      },
    )
  }
}

function shownToWire({ delivery, request }: ShownDelivery): Static<typeof ShownDeliveryAnswer> {
  const body = request ? Buffer.from(request.body).toString('utf8') : null
  return { ...deliveryToWire(delivery), body, headers: request?.headers ?? {} }
}
