import type { Routes } from '../http/api.ts'
import { One, one } from '../http/envelope.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database/database.ts'
import type { Directory } from '../organizations/directory.ts'
import { findOfRole } from '../organizations/find-in-directory.ts'
import { readReadiness } from '../statistics/read-readiness.ts'
import { ReadinessAnswer, readinessToWire } from '../statistics/readiness-schema.ts'
import { OrganizationPath } from './organization-schema.ts'

export interface OperatorReadinessParts {
  database: Database
  directory: Directory
  clock: Clock
}

/** What is missing before the operator switches a merchant's segments on. */
export function operatorReadinessRoutes(parts: OperatorReadinessParts): Routes {
  return (api) => {
    api.get(
      '/organizations/:organization/readiness',
      {
        schema: {
          operationId: 'getReadiness',
          tags: ['operator'],
          summary: 'What is missing before a merchant’s segments are switched on',
          description: 'Computed from its imports and its last orders. A 400 for a publisher.',
          params: OrganizationPath,
          response: { 200: One(ReadinessAnswer) },
        },
      },
      async (request) => {
        const merchant = findOfRole(parts.directory, request.params.organization, 'merchant')
        return one(readinessToWire(await readReadiness(parts, merchant)))
      },
    )
  }
}
