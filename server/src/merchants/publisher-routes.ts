import { Type } from 'typebox'
import type { Static } from 'typebox'
import { rateAnswer } from '../commissions/rates/rate-schema.ts'
import { showRates } from '../commissions/rates/show-rates.ts'
import type { Routes } from '../http/api.ts'
import { onlyMerchant } from '../http/caller.ts'
import { Many, many } from '../http/envelope.ts'
import { closed, date, OneOf, pageQuery } from '../http/schema.ts'
import { listOrganizations } from '../organizations/list-organizations.ts'
import type { Organization } from '../organizations/organization.ts'
import type { MerchantRouteParts } from './merchant-routes.ts'

const STATUSES = ['approved', 'pending'] as const

const Query = Type.Object(
  {
    ...pageQuery,
    status: Type.Optional(
      Type.Enum([...STATUSES], { description: 'Only publishers with this status.' }),
    ),
  },
  closed,
)

const Publisher = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    status: OneOf(STATUSES, '`pending`: it asked, and nobody has answered yet.'),
    status_date: date('Since when it stands so, or since the last change of it.'),
    attribution_days: Type.Integer({
      description: 'How long after a click an order still comes from it.',
    }),
    rates: Type.Array(
      Type.Object({ rate_card_id: Type.String(), ...rateAnswer }, { title: 'MerchantRate' }),
      { description: 'What you pay it now, while it is approved.' },
    ),
  },
  { title: 'Publisher' },
)

/** The publishers that a merchant works with, or is asked by. */
export function publisherRoutes({ directory, catalog, clock }: MerchantRouteParts): Routes {
  return (api) => {
    api.get(
      '/publishers',
      {
        config: { only: 'merchant' },
        schema: {
          operationId: 'listPublishers',
          tags: ['merchants'],
          summary: 'The publishers that work with you, or ask to',
          description: 'Others of the network are not told of, as merchants are to publishers.',
          querystring: Query,
          response: { 200: Many(Publisher) },
        },
      },
      (request) => {
        const merchant = onlyMerchant(request)
        const snapshot = directory.current()
        const { cursor, page_size: pageSize, status: asked } = request.query
        const standingOf = ({ number }: Organization) =>
          snapshot.partnership(number, merchant.number)
        const known = snapshot.publishers().filter((publisher) => {
          const { status = 'available' } = standingOf(publisher) ?? {}
          return asked === undefined ? status !== 'available' : status === asked
        })
        const filters = { merchant: merchant.id, status: asked }
        const page = listOrganizations(known, { cursor, pageSize, filters })
        const objects = page.objects.flatMap((publisher): Static<typeof Publisher>[] => {
          const standing = standingOf(publisher)
          if (!standing || standing.status === 'available') return []
          const rated = { publisher, merchant, currency: undefined, at: clock.now() }
          return [
            {
              id: publisher.id,
              name: publisher.name,
              status: standing.status,
              status_date: standing.modifiedAt.toISOString(),
              attribution_days: standing.attributionDays,
              rates: standing.status === 'approved' ? showRates(catalog, rated) : [],
            },
          ]
        })
        return Promise.resolve(many(request, { ...page, objects }))
      },
    )
  }
}
