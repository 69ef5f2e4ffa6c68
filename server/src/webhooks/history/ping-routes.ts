import type { Routes } from '../../http/api.ts'
import { callerOf } from '../../http/caller.ts'
import { One, one } from '../../http/envelope.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database/database.ts'
import { inTx } from '../../kernel/database/transaction.ts'
import type { Vault } from '../../kernel/vault.ts'
import { getEndpoint } from '../endpoints/change-endpoint.ts'
import { draftPing, pingEndpoint } from '../endpoints/ping-endpoint.ts'
import type { Notifier } from '../../events/notifier.ts'
import { PingBody, WebhookPath } from '../endpoints/webhook-schema.ts'
import { DeliveryAnswer, deliveryToWire } from './delivery-schema.ts'

export interface PingParts {
  database: Database
  vault: Vault
  clock: Clock
  notifier: Notifier
}

/** What is sent to an endpoint to try it. */
export function pingRoutes({ database, vault, clock, notifier }: PingParts): Routes {
  return (api) => {
    api.post(
      '/webhooks/:webhook/ping',
      {
        schema: {
          operationId: 'pingWebhook',
          tags: ['webhooks'],
          summary:
            'Send a ping or a test event; while the webhook is paused it waits like all others',
          description: 'What is answered is its delivery, which waits.',
          params: WebhookPath,
          body: PingBody,
          response: { 200: One(DeliveryAnswer) },
        },
      },
      async (request) => {
        const organization = callerOf(request)
        const { event_type: tested } = request.body
        const type = tested ? (`test-${tested}` as const) : ('ping' as const)
        const what = { type, now: clock.now(), draft: draftPing() }
        const { event, dueAt } = await inTx(database.db, async (tx) => {
          const endpoint = await getEndpoint(tx, vault, organization, request.params.webhook)
          const pinged = await pingEndpoint(tx, organization, endpoint, what)
          return { event: pinged, dueAt: endpoint.pause === null ? pinged.at : null }
        })
        notifier.notify()
        const waiting = { ...event, state: 'waiting' as const, next_attempt_at: dueAt }
        return one(deliveryToWire({ ...waiting, customerId: null, attempts: [] }))
      },
    )
  }
}
