import type { Static } from 'typebox'
import type { Routes } from '../http/api.ts'
import { actOf } from '../http/act.ts'
import { Many, One, many, one } from '../http/envelope.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database/database.ts'
import { slicePage } from '../kernel/database/page.ts'
import type { Directory, Snapshot } from '../organizations/directory.ts'
import { findOfRole, parseOfRole } from '../organizations/find-in-directory.ts'
import type { Organization } from '../organizations/organization.ts'
import type { MerchantPartner } from '../organizations/snapshot.ts'
import { setPartnership } from '../organizations/set-partnership.ts'
import * as schema from './organization-schema.ts'

export interface OperatorPartnershipParts {
  database: Database
  directory: Directory
  clock: Clock
}

const tags = ['operator']

/** Which publisher may see what of which merchant. */
export function operatorPartnershipRoutes(parts: OperatorPartnershipParts): Routes {
  return (api) => {
    listRoute(parts)(api)
    setRoute(parts)(api)
  }
}

function listRoute({ directory }: OperatorPartnershipParts): Routes {
  return (api) => {
    api.get(
      '/partnerships',
      {
        schema: {
          operationId: 'listPartnerships',
          tags,
          summary:
            'How publishers stand with merchants, by the age of the publisher and the merchant',
          description: 'A pair that is absent was never set, which is the same as `available`.',
          querystring: schema.PartnershipListQuery,
          response: { 200: Many(schema.PartnershipAnswer) },
        },
      },
      (request) => {
        const { cursor, page_size: pageSize, ...filters } = request.query
        const snapshot = directory.current()
        const all = listPartnerships(snapshot, {
          publisher: parseOfRole(directory, filters.publisher, 'publisher'),
          merchant: parseOfRole(directory, filters.merchant, 'merchant'),
        }).filter(({ status }) => filters.status === undefined || status === filters.status)
        const page = slicePage(all, placeOf, { cursor, pageSize, filters })
        return many(request, { ...page, objects: page.objects.map(toWire) })
      },
    )
  }
}

type Partner = MerchantPartner & { publisher: Organization }

function listPartnerships(
  snapshot: Snapshot,
  { publisher, merchant }: Record<'publisher' | 'merchant', Organization | undefined>,
): Partner[] {
  return (publisher ? [publisher] : snapshot.publishers()).flatMap((each) =>
    snapshot
      .partnersOf(each.number)
      .filter((partner) => !merchant || partner.merchant.id === merchant.id)
      .map((partner) => ({ ...partner, publisher: each })),
  )
}

// Numbers of organizations have at most ten digits: as text they sort as they do.
const MOST_DIGITS = 10

function placeOf({ publisher, merchant }: Partner): string {
  return [publisher, merchant]
    .map(({ number }) => String(number).padStart(MOST_DIGITS, '0'))
    .join('.')
}

function toWire({
  publisher,
  merchant,
  status,
  attributionDays,
  modifiedAt,
}: Partner): Static<typeof schema.PartnershipAnswer> {
  return {
    publisher: publisher.id,
    merchant: merchant.id,
    status,
    attribution_days: attributionDays,
    modified_date: modifiedAt.toISOString(),
  }
}

function setRoute({ database, directory, clock }: OperatorPartnershipParts): Routes {
  return (api) => {
    api.put(
      '/partnerships/:publisher/:merchant',
      {
        schema: {
          operationId: 'setPartnership',
          tags,
          summary: 'Set how a publisher stands with a merchant',
          description:
            'Until it is `approved` the publisher sees no segment, rate or order of the merchant. `available` ' +
            'for one that asked is a no: it can ask again after 30 days.',
          params: schema.PartnershipPath,
          body: schema.PartnershipBody,
          response: { 200: One(schema.PartnershipAnswer) },
        },
      },
      async (request) => {
        const publisher = findOfRole(directory, request.params.publisher, 'publisher')
        const merchant = findOfRole(directory, request.params.merchant, 'merchant')
        const { status, attribution_days: attributionDays } = request.body
        const change = {
          ...{ publisher, merchant, status, attributionDays },
          ...{ act: actOf(request), now: clock.now() },
        }
        const row = await setPartnership(database.db, change)
        await directory.refresh()
        return one({
          publisher: publisher.id,
          merchant: merchant.id,
          status: row.status,
          attribution_days: row.attribution_days,
          modified_date: row.modified_at.toISOString(),
        })
      },
    )
  }
}
