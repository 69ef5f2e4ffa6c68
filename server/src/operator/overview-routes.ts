import type { Routes } from '../http/api.ts'
import { One, one } from '../http/envelope.ts'
import { OverviewAnswer } from './overview-schema.ts'
import { readOverview } from './read-overview.ts'
import type { OverviewParts } from './read-overview.ts'

/** Whether all is well, at one look. */
export function overviewRoutes(parts: OverviewParts): Routes {
  return (api) => {
    api.get(
      '/overview',
      {
        schema: {
          operationId: 'getOverview',
          tags: ['operator'],
          summary: 'Whether all is well: what runs, how much there is, what waits, and what failed',
          response: { 200: One(OverviewAnswer) },
        },
      },
      async () => one(await readOverview(parts)),
    )
  }
}
