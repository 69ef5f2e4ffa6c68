import { SUBSCRIBABLE_TYPES } from '../events/event.ts'
import type { SubscribableType } from '../events/event.ts'
import { sampleMembers } from '../webhooks/dispatch/sample-event.ts'
import { BatchEvent, schemaOfType } from './event-schema.ts'
import type { Json } from './document.ts'

const SUMMARIES: Record<SubscribableType, string> = {
  'segment-change': 'A customer of yours moved between the segments of a merchant',
  'tx-pending': 'A transaction came to be, or changed while it can still change',
  'tx-validated': 'A transaction became final',
  'tx-declined': 'A transaction was taken back',
  'endpoint-paused': 'Another endpoint of yours was paused, since it failed or answered 410',
}

const DESCRIPTION =
  'Sent again until it is answered 2xx, for 72 hours, in order for each customer and transaction. ' +
  'An endpoint with a `batch_size` above 1 gets a `BatchEvent` of such events instead.'

// Of the day on which the samples were written; a sample has no date of its own.
const AT = new Date('2026-03-01T12:00:00.000Z')

const header = (name: string, description: string): Json => ({
  in: 'header',
  name,
  required: true,
  description,
  schema: { type: 'string' },
})

const PARAMETERS = [
  header('webhook-id', 'The `id` of the body.'),
  header('webhook-timestamp', 'Seconds since 1970.'),
  header('webhook-signature', 'Standard Webhooks: `v1,` and base64, one for each valid secret.'),
  header('X-Button-Signature', 'Hex HMAC-SHA-256 of the body under the oldest valid secret.'),
]

const RESPONSES = {
  '2XX': { description: 'Taken.' },
  '400': { description: 'Refused: it is not sent again.' },
  '410': { description: 'Gone: the endpoint is paused.' },
  default: { description: 'Sent again later; after `Retry-After`, if that is given.' },
}

/** The requests that endpoints get, by event type. */
export function describeWebhooks(): Record<string, { post: Json }> {
  return Object.fromEntries(
    SUBSCRIBABLE_TYPES.map((type) => [
      type,
      {
        post: {
          operationId: `receive-${type}`,
          tags: ['webhooks'],
          summary: SUMMARIES[type],
          description: DESCRIPTION,
          security: [],
          parameters: PARAMETERS,
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: { oneOf: [schemaOfType[type], BatchEvent] } as unknown as Json,
              },
            },
          },
          responses: RESPONSES,
        },
      },
    ]),
  )
}

/** An event of the type, as it is sent. */
export function sampleEvent(type: SubscribableType): Json {
  const sample = {
    id: 'hook-00000000000000f1',
    request_id: 'attempt-00000000000000f2',
    event_type: type,
    ...sampleMembers(type, AT),
  }
  return sample
}
