import { Type } from 'typebox'
import type { Static } from 'typebox'
import type { Routes } from '../http/api.ts'
import { onlyPublisher } from '../http/caller.ts'
import { Many, all, many } from '../http/envelope.ts'
import { date, OneOf, pageQuery } from '../http/schema.ts'
import { findAskAgain } from '../organizations/ask-partnership.ts'
import type { Directory } from '../organizations/directory.ts'
import { listOrganizations } from '../organizations/list-organizations.ts'
import type { Organization, Partnership, PartnershipStatus } from '../organizations/organization.ts'
import { PARTNERSHIP_STATUSES } from '../organizations/organization.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database/database.ts'
import { findHosts, homepageOf } from './host.ts'
import type { Catalog } from '../commissions/rates/catalog.ts'
import { rateAnswer } from '../commissions/rates/rate-schema.ts'
import { showRates } from '../commissions/rates/show-rates.ts'

const MerchantRate = Type.Object(
  { rate_card_id: Type.String(), ...rateAnswer },
  { title: 'MerchantRate' },
)

const Merchant = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    categories: Type.Array(Type.String()),
    metadata: Type.Object(
      { description: Type.String(), icon_url: Type.String() },
      { description: 'Texts, empty where the merchant said nothing.' },
    ),
    urls: Type.Object({
      homepage: Type.String({
        description: 'Of the first host that links may lead to, where the merchant named none.',
      }),
      terms_and_conditions: Type.String(),
    }),
    available_platforms: Type.Array(Type.String()),
    supported_products: Type.Array(Type.String()),
    status: OneOf(PARTNERSHIP_STATUSES),
    customer_segments: Type.Boolean({
      description: 'Whether the merchant tells new customers from active ones.',
    }),
    status_date: Type.Optional(
      date(
        'Since when you stand so, or since the last change of it; absent where nobody ever set it.',
      ),
    ),
    attribution_days: Type.Optional(
      Type.Integer({
        description:
          'How long after a click an order still comes from it; absent with `status_date`.',
      }),
    ),
    ask_again_date: Type.Optional(
      date('From when on you can ask again; absent where you can now, or have no need to.'),
    ),
    rates: Type.Array(MerchantRate, {
      description: 'What is paid to you now. Empty unless you are approved.',
    }),
  },
  { title: 'Merchant' },
)

const Query = Type.Object(
  {
    ...pageQuery,
    status: Type.Optional(
      Type.Enum([...PARTNERSHIP_STATUSES], { description: 'Only merchants with this status.' }),
    ),
    currency: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z]{3}$',
        description: 'Only rates in this ISO 4217 currency.',
      }),
    ),
  },
  { additionalProperties: false },
)

export interface MerchantRouteParts {
  database: Database
  directory: Directory
  catalog: Catalog
  clock: Clock
}

export function merchantRoutes(parts: MerchantRouteParts): Routes {
  const { directory, catalog, clock } = parts
  return (api) => {
    api.get(
      '/merchants',
      {
        config: { only: 'publisher' },
        schema: {
          operationId: 'listMerchants',
          tags: ['merchants'],
          summary: 'All merchants, and how the calling publisher stands with each',
          description: 'The whole list, unless `page_size` asks for pages.',
          querystring: Query,
          response: { 200: Many(Merchant) },
        },
      },
      async (request) => {
        const publisher = onlyPublisher(request)
        const snapshot = directory.current()
        const { status, cursor, page_size: pageSize } = request.query
        const currency = request.query.currency?.toUpperCase()
        const statusOf = (merchant: Organization): PartnershipStatus =>
          snapshot.partnership(publisher.number, merchant.number)?.status ?? 'available'
        const merchants = snapshot
          .merchants()
          .filter((merchant) => status === undefined || statusOf(merchant) === status)
        const answer = async (shown: readonly Organization[]) => {
          const hosts = await findHosts(parts.database, shown)
          return shown.map((merchant) => {
            const standing = statusOf(merchant)
            const asked = { publisher, merchant, currency, at: clock.now() }
            const rates = standing === 'approved' ? showRates(catalog, asked) : []
            const partnership = snapshot.partnership(publisher.number, merchant.number)
            const itsHosts = hosts.get(merchant.number)
            const askAgain = findAskAgain(partnership, clock.now())
            const its = { partnership, askAgain, rates, hosts: itsHosts }
            return toWire(merchant, { status: standing, ...its })
          })
        }
        // Clients of this call have always got the whole list at once.
        if (cursor === undefined && pageSize === undefined)
          return all(request, await answer(merchants))
        const filters = { status, currency }
        const page = listOrganizations(merchants, { cursor, pageSize, filters })
        return many(request, { ...page, objects: await answer(page.objects) })
      },
    )
  }
}

function toWire(
  merchant: Organization,
  more: {
    status: PartnershipStatus
    partnership: Partnership | undefined
    askAgain: Date | undefined
    rates: Static<typeof MerchantRate>[]
    hosts: string[] | undefined
  },
): Static<typeof Merchant> {
  const { id, name, profile, segmentsOnAt } = merchant
  const { partnership } = more
  return {
    id,
    name,
    categories: profile.categories,
    // Typed parsers of the field fail the whole list for a null here.
    metadata: { description: profile.description ?? '', icon_url: profile.icon_url ?? '' },
    urls: {
      homepage: homepageOf(merchant, more.hosts),
      terms_and_conditions: profile.terms_and_conditions ?? '',
    },
    available_platforms: profile.available_platforms,
    supported_products: profile.supported_products,
    status: more.status,
    customer_segments: segmentsOnAt !== null,
    ...(partnership && {
      status_date: partnership.modifiedAt.toISOString(),
      attribution_days: partnership.attributionDays,
    }),
    ...(more.askAgain && { ask_again_date: more.askAgain.toISOString() }),
    rates: more.rates,
  }
}
