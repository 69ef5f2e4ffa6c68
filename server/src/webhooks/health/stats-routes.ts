import { Type } from 'typebox'
import type { Static } from 'typebox'
import type { Routes } from '../../http/api.ts'
import { callerOf } from '../../http/caller.ts'
import { One, one } from '../../http/envelope.ts'
import { nullableDate } from '../../http/schema.ts'
import { getEndpoint } from '../endpoints/change-endpoint.ts'
import { MAX_COUNTED } from './backlog-store.ts'
import { RatesAnswer, ratesToWire } from './rates-schema.ts'
import { readStats } from './read-stats.ts'
import type { Stats } from './read-stats.ts'
import { WebhookPath } from '../endpoints/webhook-schema.ts'
import type { WebhookParts } from '../endpoints/webhook-parts.ts'

const most = MAX_COUNTED.toLocaleString('en')

const StatsAnswer = Type.Object(
  {
    waiting: Type.Integer({ description: 'Events in line that are not done with.' }),
    waiting_is_at_least: Type.Boolean({
      description:
        'Whether there may be more: the events of ' +
        `${most} customers and transactions are counted, and the oldest is one of theirs.`,
    }),
    failing: Type.Integer({
      description: `Customers and transactions whose next event failed so far; at most ${most}.`,
    }),
    oldest_waiting_date: nullableDate(),
    last_hour: RatesAnswer,
  },
  { title: 'EndpointStats' },
)

/** Statistics of an endpoint: its backlog and the last hour. */
export function statsRoutes({ database, vault, clock }: WebhookParts): Routes {
  return (api) => {
    api.get(
      '/webhooks/:webhook/stats',
      {
        schema: {
          operationId: 'getWebhookStats',
          tags: ['webhooks'],
          summary: 'See what waits for a webhook, and how it fared in the last hour',
          description:
            'Both percentiles are of how long the receiver took, give or take a quarter.',
          params: WebhookPath,
          response: { 200: One(StatsAnswer) },
        },
      },
      async (request) => {
        const { db } = database
        const endpoint = await getEndpoint(db, vault, callerOf(request), request.params.webhook)
        return one(statsToWire(await readStats(db, endpoint, clock.now())))
      },
    )
  }
}

function statsToWire(stats: Stats): Static<typeof StatsAnswer> {
  return {
    waiting: stats.waiting,
    waiting_is_at_least: stats.isAtLeast,
    failing: stats.failing,
    oldest_waiting_date: stats.oldestAt?.toISOString() ?? null,
    last_hour: ratesToWire(stats.lastHour),
  }
}
