import type { OutgoingHttpHeaders } from 'node:http'
import { createNotifier } from '../../src/events/notifier.ts'
import { createKeyUses } from '../../src/organizations/key-uses.ts'
import { SERVICE } from '../../src/journal/entry.ts'
import type { Api } from '../../src/http/api.ts'
import { requireCaller } from '../../src/http/authenticate.ts'
import { createMetrics } from '../../src/metrics.ts'
import { createShell } from '../../src/http/shell.ts'
import { createApiKey } from '../../src/organizations/create-api-key.ts'
import type { Organization } from '../../src/organizations/organization.ts'
import { webhookRoutes } from '../../src/webhooks/endpoints/webhook-routes.ts'
import { showDeliveryRoutes } from '../../src/webhooks/dispatch/show-delivery-routes.ts'
import { seriesRoutes } from '../../src/webhooks/health/series-routes.ts'
import { statsRoutes } from '../../src/webhooks/health/stats-routes.ts'
import { deliveryRoutes } from '../../src/webhooks/history/delivery-routes.ts'
import { pingRoutes } from '../../src/webhooks/history/ping-routes.ts'
import { receiverCheckRoutes } from '../../src/webhooks/receiver-check/receiver-check-routes.ts'
import type { Sender } from '../../src/webhooks/transport/send.ts'
import type { World } from './world.ts'

export interface Answer {
  status: number
  meta: { status: string; next: string | null; previous: string | null }
  object: Record<string, unknown>
  objects: Record<string, unknown>[]
  error: { message: string; type: string; details: Record<string, unknown> }
}

export interface WebhookApi {
  /** As the publisher, unless another key is given. */
  get(url: string, key?: string): Promise<Answer>
  /** The same, with an empty body. */
  post(url: string, key?: string): Promise<Answer & { headers: OutgoingHttpHeaders }>
  keyOf(organization: Organization): Promise<string>
  close(): Promise<void>
}

const REFUSING = { send: () => Promise.reject(new Error('nothing is to be sent')) }

/** The routes of webhooks on a world, without a socket. */
export async function createWebhookApi(
  world: World,
  sender: Pick<Sender, 'send'> = REFUSING,
): Promise<WebhookApi> {
  const { database, clock, log, directory, vault, subjects, targetRule } = world
  const own = { metrics: createMetrics(), keyUses: createKeyUses(clock) }
  const shell = { clock, log, directory, ...own, operatorKey: 'o'.repeat(16) }
  const app = createShell({ ...shell, vault, isStopping: () => false })
  const notifier = createNotifier({ database, log })
  app.register(
    (api: Api, _options, done) => {
      api.addHook('onRequest', requireCaller)
      const parts = { database, vault, clock, notifier, subjects, targetRule, directory }
      for (const routes of [webhookRoutes, pingRoutes, deliveryRoutes, statsRoutes, seriesRoutes])
        routes(parts)(api)
      showDeliveryRoutes({ ...parts, log })(api)
      receiverCheckRoutes({ ...parts, sender })(api)
      done()
    },
    { prefix: '/v1' },
  )
  async function keyOf({ number }: Organization): Promise<string> {
    const by = { organization: number, act: SERVICE, now: clock.now() }
    const { key } = await createApiKey(database.db, by, { name: 'test' })
    await directory.refresh()
    return key
  }
  const publisherKey = await keyOf(world.publisher)
  return {
    keyOf,
    async get(url, key = publisherKey) {
      const answer = await app.inject({ method: 'GET', url, headers: authorize(key) })
      return { status: answer.statusCode, ...answer.json<Omit<Answer, 'status'>>() }
    },
    async post(url, key = publisherKey) {
      const answer = await app.inject({ method: 'POST', url, headers: authorize(key), payload: {} })
      const { statusCode: status, headers } = answer
      return { status, headers, ...answer.json<Omit<Answer, 'status'>>() }
    },
    close: () => app.close(),
  }
}

function authorize(key: string) {
  return { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` }
}
