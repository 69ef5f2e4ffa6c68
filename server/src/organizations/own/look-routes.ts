import type { Routes } from '../../http/api.ts'
import { callerOf } from '../../http/caller.ts'
import { Many, all } from '../../http/envelope.ts'
import { retry } from '../../kernel/database/transaction.ts'
import { listLooks } from '../look-store.ts'
import { LookAnswer, lookToWire } from './look-schema.ts'
import type { OwnOrganizationParts } from './organization-routes.ts'

const tags = ['organization']

/** Which operators look at the calling organization's pages. */
export function ownLookRoutes({ database, clock }: OwnOrganizationParts): Routes {
  return (api) => {
    api.get(
      '/organization/looks',
      {
        schema: {
          operationId: 'listLooks',
          tags,
          summary: 'Operators who look at your pages now',
          description: 'The whole list at once. They read, and change nothing.',
          response: { 200: Many(LookAnswer) },
        },
      },
      async (request) => {
        const { number } = callerOf(request)
        const looks = await retry(() =>
          listLooks(database.db, { organization: number }, clock.now()),
        )
        return all(request, looks.map(lookToWire))
      },
    )
  }
}
