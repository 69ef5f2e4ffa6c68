import type { Routes } from '../http/api.ts'
import { onlyMerchant } from '../http/caller.ts'
import { One, one } from '../http/envelope.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database/database.ts'
import { readReadiness } from './read-readiness.ts'
import { ReadinessAnswer, readinessToWire } from './readiness-schema.ts'

/** Whether a merchant's data is there from which its segments are told. */
export function readinessRoutes(parts: { database: Database; clock: Clock }): Routes {
  return (api) => {
    api.get(
      '/organization/readiness',
      {
        config: { only: 'merchant' },
        schema: {
          operationId: 'getOwnReadiness',
          tags: ['organization'],
          summary: 'What is missing before your segments are switched on',
          description:
            'Computed from your imports and your last orders. The operator switches segments on, and sees the ' +
            'same.',
          response: { 200: One(ReadinessAnswer) },
        },
      },
      async (request) => one(readinessToWire(await readReadiness(parts, onlyMerchant(request)))),
    )
  }
}
