import { Type } from 'typebox'
import type { Static } from 'typebox'
import type { Routes } from '../http/api.ts'
import { onlyPublisher } from '../http/caller.ts'
import { Many, One, many, one } from '../http/envelope.ts'
import { ListQuery } from '../http/schema.ts'
import type { Database } from '../kernel/database/database.ts'
import { notFound } from '../kernel/problem.ts'
import type { Directory } from '../organizations/directory.ts'
import { listOrganizations } from '../organizations/list-organizations.ts'
import type { Organization } from '../organizations/organization.ts'
import { findHosts, homepageOf } from './host.ts'

export interface BrandRouteParts {
  database: Database
  directory: Directory
}

const text = (description: string) => Type.String({ description })

const Brand = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    description: text('Empty where the merchant said nothing, as all texts are.'),
    icon_url: Type.String(),
    urls: Type.Object({ homepage: Type.String() }),
    categories: Type.Array(Type.String()),
    apps: Type.Array(Type.Unknown(), { description: 'Always empty: links lead to pages.' }),
    supported_hostnames: Type.Array(Type.String(), {
      description: 'The hosts that links may lead to, from the first registered on.',
    }),
    subdomain: Type.Null(),
    is_live_ready: Type.Boolean({
      description: 'Whether links can be made: it approved you, and has a host.',
    }),
    terms_and_conditions: Type.Object({
      reporting_window_days: Type.Integer({
        description: 'After how many days orders are reported: 0, as they are made.',
      }),
      finalization_window_minutes: Type.Integer({
        description: 'How long an order can change, unless the merchant names its date.',
      }),
      coupons_allowed: Type.Boolean(),
      gift_cards_allowed: Type.Boolean(),
      exclusion_details: text('What pays nothing is in the rates: see `listOffers`.'),
      other_terms: text('Where the terms are to be read.'),
    }),
  },
  { title: 'Brand' },
)

const tags = ['merchants']

/** Merchants as newer clients read them. */
export function brandRoutes({ database, directory }: BrandRouteParts): Routes {
  const answer = async (publisher: Organization, brands: readonly Organization[]) => {
    const snapshot = directory.current()
    const hosts = await findHosts(database, brands)
    return brands.map((brand) => {
      const status = snapshot.partnership(publisher.number, brand.number)?.status
      return toWire(brand, hosts.get(brand.number) ?? [], status === 'approved')
    })
  }
  return (api) => {
    api.get(
      '/brands',
      {
        config: { only: 'publisher' },
        schema: {
          operationId: 'listBrands',
          tags,
          summary: 'The merchants that approved the calling publisher, oldest first',
          description: 'What is asked for now and then; not for each link.',
          querystring: ListQuery,
          response: { 200: Many(Brand) },
        },
      },
      async (request) => {
        const publisher = onlyPublisher(request)
        const approved = directory
          .current()
          .partnersOf(publisher.number)
          .filter(({ status }) => status === 'approved')
          .map(({ merchant }) => merchant)
        const { cursor, page_size: pageSize } = request.query
        const page = listOrganizations(approved, { cursor, pageSize })
        return many(request, { ...page, objects: await answer(publisher, page.objects) })
      },
    )
    api.get(
      '/brands/:brand',
      {
        config: { only: 'publisher' },
        schema: {
          operationId: 'getBrand',
          tags,
          summary: 'Read a merchant, whether it approved the calling publisher or not',
          params: Type.Object({ brand: Type.String() }),
          response: { 200: One(Brand) },
        },
      },
      async (request) => {
        const publisher = onlyPublisher(request)
        const { brand: id } = request.params
        const brand = directory.current().byId(id)
        if (brand?.role !== 'merchant') throw notFound(id)
        const [answered] = await answer(publisher, [brand])
        if (!answered) throw notFound(id)
        return one(answered)
      },
    )
  }
}

const DAY_MINUTES = 24 * 60

function toWire(brand: Organization, hosts: string[], isApproved: boolean): Static<typeof Brand> {
  const { id, name, profile, finalizationDays } = brand
  return {
    id,
    name,
    description: profile.description ?? '',
    icon_url: profile.icon_url ?? '',
    urls: { homepage: homepageOf(brand, hosts) },
    categories: profile.categories,
    apps: [],
    supported_hostnames: hosts,
    subdomain: null,
    is_live_ready: isApproved && hosts.length > 0,
    terms_and_conditions: {
      reporting_window_days: 0,
      finalization_window_minutes: finalizationDays * DAY_MINUTES,
      // Nothing is left unpaid for them but what a rate card excepts.
      coupons_allowed: true,
      gift_cards_allowed: true,
      exclusion_details: '',
      other_terms: profile.terms_and_conditions ?? '',
    },
  }
}
