import { Type } from 'typebox'
import type { Static } from 'typebox'
import type { Routes } from '../../http/api.ts'
import { callerOf } from '../../http/caller.ts'
import { One, one } from '../../http/envelope.ts'
import { closed, date } from '../../http/schema.ts'
import { KEPT_HOURS } from '../attempts/minute-store.ts'
import { getEndpoint } from '../endpoints/change-endpoint.ts'
import type { WebhookParts } from '../endpoints/webhook-parts.ts'
import { WebhookPath } from '../endpoints/webhook-schema.ts'
import { RatesAnswer, ratesToWire } from './rates-schema.ts'
import { readSeries } from './read-series.ts'
import type { Series } from './read-series.ts'

const SeriesQuery = Type.Object(
  {
    hours: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: KEPT_HOURS,
        default: KEPT_HOURS,
        description: 'The last so many hours; counters are kept no longer.',
      }),
    ),
  },
  closed,
)

const SeriesAnswer = Type.Object(
  {
    start_date: date(),
    end_date: date('The end of the last bucket, which is not over yet.'),
    bucket_minutes: Type.Integer({
      description: '1 for up to 2 hours, 10 for up to 24, else 30.',
    }),
    buckets: Type.Array(
      Type.Object({ start_date: date(), ...RatesAnswer.properties }, { title: 'SeriesBucket' }),
      { description: 'Oldest first and without gaps: at most 144.' },
    ),
  },
  { title: 'EndpointSeries' },
)

/** How an endpoint fared over the last hours. */
export function seriesRoutes({ database, vault, clock }: WebhookParts): Routes {
  return (api) => {
    api.get(
      '/webhooks/:webhook/series',
      {
        schema: {
          operationId: 'getWebhookSeries',
          tags: ['webhooks'],
          summary: 'See how a webhook fared over up to 48 hours',
          description:
            'What was sent and what came of it, replays and pings with it, by when it was sent. Both ' +
            'percentiles are of how long the receiver took, give or take a quarter.',
          params: WebhookPath,
          querystring: SeriesQuery,
          response: { 200: One(SeriesAnswer) },
        },
      },
      async (request) => {
        const { db } = database
        const { hours = KEPT_HOURS } = request.query
        const endpoint = await getEndpoint(db, vault, callerOf(request), request.params.webhook)
        return one(seriesToWire(await readSeries(db, endpoint, { hours, now: clock.now() })))
      },
    )
  }
}

function seriesToWire(series: Series): Static<typeof SeriesAnswer> {
  return {
    start_date: series.startsAt.toISOString(),
    end_date: series.endsAt.toISOString(),
    bucket_minutes: series.bucketMinutes,
    buckets: series.buckets.map(({ startsAt, ...rates }) => ({
      start_date: startsAt.toISOString(),
      ...ratesToWire(rates),
    })),
  }
}
