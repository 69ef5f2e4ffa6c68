import { Type } from 'typebox'
import type { Static } from 'typebox'
import type { Routes } from '../http/api.ts'
import { actOf } from '../http/act.ts'
import { onlyMerchant, onlyPublisher } from '../http/caller.ts'
import { One, one } from '../http/envelope.ts'
import { closed, date, OneOf } from '../http/schema.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database/database.ts'
import { notFound } from '../kernel/problem.ts'
import { answerPartnership, PARTNERSHIP_ANSWERS } from '../organizations/answer-partnership.ts'
import { ASK_AGAIN_DAYS, askPartnership, MAX_REQUESTS } from '../organizations/ask-partnership.ts'
import type { Directory } from '../organizations/directory.ts'
import { parseOfRole } from '../organizations/find-in-directory.ts'
import type { Organization } from '../organizations/organization.ts'
import { PARTNERSHIP_STATUSES } from '../organizations/organization.ts'
import type { PartnershipRow } from '../organizations/partnership-store.ts'

const OwnPartnership = Type.Object(
  {
    publisher_id: Type.String(),
    merchant_id: Type.String(),
    status: OneOf(PARTNERSHIP_STATUSES),
    status_date: date('Since when it stands so, or since the last change of it.'),
    attribution_days: Type.Integer({
      description: 'How long after a click an order still comes from it.',
    }),
  },
  { title: 'OwnPartnership' },
)

const RequestBody = Type.Object(
  { merchant_id: Type.String({ description: 'As `listMerchants` has it.' }) },
  closed,
)

const AnswerBody = Type.Object({ answer: Type.Enum([...PARTNERSHIP_ANSWERS]) }, closed)

export interface PartnershipRouteParts {
  database: Database
  directory: Directory
  clock: Clock
}

const tags = ['merchants']

/** A publisher asks a merchant to work with it, and the merchant answers. */
export function partnershipRoutes(parts: PartnershipRouteParts): Routes {
  return (api) => {
    askRoute(parts)(api)
    answerRoute(parts)(api)
  }
}

function askRoute({ database, directory, clock }: PartnershipRouteParts): Routes {
  return (api) => {
    api.post(
      '/partnerships',
      {
        config: { only: 'publisher', errors: [409] },
        schema: {
          operationId: 'askPartnership',
          tags,
          summary: 'Ask a merchant to work with you',
          description:
            'The partnership is `pending` until the merchant or the operator answers. Where you have asked or ' +
            'are approved, nothing changes. A 409, with `ask_again_date`, for ' +
            `${ASK_AGAIN_DAYS} days after a no or the end of a partnership; and while ${MAX_REQUESTS} of your ` +
            'requests are open.',
          body: RequestBody,
          response: { 200: One(OwnPartnership) },
        },
      },
      async (request) => {
        const publisher = onlyPublisher(request)
        const { merchant_id: id } = request.body
        const merchant = parseOfRole(directory, id, 'merchant', 'merchant_id')
        if (!merchant) throw notFound(id)
        const asking = { publisher, merchant, act: actOf(request), now: clock.now() }
        const row = await askPartnership(database.db, asking)
        await directory.refresh()
        return one(toWire(publisher, merchant, row))
      },
    )
  }
}

function answerRoute({ database, directory, clock }: PartnershipRouteParts): Routes {
  return (api) => {
    api.post(
      '/partnerships/:publisher/answer',
      {
        config: { only: 'merchant', errors: [403, 404, 409] },
        schema: {
          operationId: 'answerPartnership',
          tags,
          summary: 'Approve or decline a publisher that asks to work with you',
          description:
            'Approved, it sees your segments, rates and its orders at once. The same answer again changes ' +
            'nothing. A 403 unless `answers_publishers` of your organization is on; a 404 for a publisher ' +
            'that does not ask; a 409 to decline one that is approved: only the operator ends a partnership.',
          params: Type.Object({ publisher: Type.String() }),
          body: AnswerBody,
          response: { 200: One(OwnPartnership) },
        },
      },
      async (request) => {
        const merchant = onlyMerchant(request)
        const { publisher: id } = request.params
        const publisher = directory.current().byId(id)
        if (publisher?.role !== 'publisher') throw notFound(id)
        const { answer } = request.body
        const answering = { publisher, merchant, answer, act: actOf(request), now: clock.now() }
        const row = await answerPartnership(database.db, answering)
        await directory.refresh()
        return one(toWire(publisher, merchant, row))
      },
    )
  }
}

function toWire(
  publisher: Organization,
  merchant: Organization,
  row: PartnershipRow,
): Static<typeof OwnPartnership> {
  return {
    publisher_id: publisher.id,
    merchant_id: merchant.id,
    status: row.status,
    status_date: row.modified_at.toISOString(),
    attribution_days: row.attribution_days,
  }
}
