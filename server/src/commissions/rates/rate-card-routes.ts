import type { Routes } from '../../http/api.ts'
import { actOf } from '../../http/act.ts'
import { onlyMerchant } from '../../http/caller.ts'
import { Many, One, many, one } from '../../http/envelope.ts'
import { ListQuery } from '../../http/schema.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database/database.ts'
import { parseInstantField } from '../../kernel/date-field.ts'
import { newId } from '../../kernel/id.ts'
import { invalidField } from '../../kernel/problem.ts'
import type { Directory } from '../../organizations/directory.ts'
import type { Catalog } from './catalog.ts'
import { changeRateCard, createRateCard, endRateCard } from './change-rate-cards.ts'
import { getRateCard, pageRateCards } from './list-rate-cards.ts'
import type { RateCardVersion } from './rate-card.ts'
import * as schema from './rate-card-schema.ts'
import { RATES_BODY_LIMIT } from './rate-schema.ts'
import { parseRates } from './parse-rate.ts'

export interface RateCardRouteParts {
  database: Database
  directory: Directory
  catalog: Catalog
  clock: Clock
}

const tags = ['rate cards']
const path = '/rate-cards/:rate_card'
const bodyLimit = RATES_BODY_LIMIT

/** What a merchant pays. Never edited: each change is a version from an instant on. */
export function rateCardRoutes(parts: RateCardRouteParts): Routes {
  return (api) => {
    createRoute(parts)(api)
    changeRoute(parts)(api)
    endRoute(parts)(api)
    readRoutes(parts)(api)
  }
}

/** What was changed is in memory before the answer, so that the caller's next call goes by it. */
async function answerChange(
  { catalog, directory, clock }: RateCardRouteParts,
  changing: Promise<RateCardVersion[]>,
) {
  const versions = await changing
  await catalog.refresh()
  return one(schema.cardToWire(versions, directory.current(), clock.now()))
}

function createRoute(parts: RateCardRouteParts): Routes {
  return (api) => {
    api.post(
      '/rate-cards',
      {
        bodyLimit,
        config: { only: 'merchant', errors: [409] },
        schema: {
          operationId: 'createRateCard',
          tags,
          summary: 'Create a rate card, for one publisher or for all',
          description:
            'A 409 beside another card for the same publishers at the same time: `details.rate_card_id` names it.',
          body: schema.NewCardBody,
          response: { 200: One(schema.CardAnswer) },
        },
      },
      (request) => {
        const { name, publisher_id: publisher = null, ...body } = request.body
        const now = parts.clock.now()
        const first = {
          card: newId('ratecard'),
          version: 1,
          merchant: onlyMerchant(request).number,
          publisher: publisher === null ? null : findPublisher(parts.directory, publisher),
          name,
          start: parseInstantField(body.start_date, 'start_date') ?? now,
          end: parseInstantField(body.end_date, 'end_date'),
          rates: parseRates(body.rates),
          createdAt: now,
        }
        return answerChange(parts, createRateCard(parts.database.db, first, actOf(request)))
      },
    )
  }
}

function changeRoute(parts: RateCardRouteParts): Routes {
  return (api) => {
    api.post(
      path,
      {
        bodyLimit,
        config: { only: 'merchant', errors: [409] },
        schema: {
          operationId: 'updateRateCard',
          tags,
          summary: 'Change a rate card from now on, or from later on',
          description: 'Adds a version. Orders keep the one that was in force at their purchase.',
          params: schema.CardPath,
          body: schema.CardBody,
          response: { 200: One(schema.CardAnswer) },
        },
      },
      (request) => {
        const { params, body } = request
        const { name, rates, end_date: end } = body
        const place = {
          ...{ merchant: onlyMerchant(request).number, card: params.rate_card },
          ...{ act: actOf(request), now: parts.clock.now() },
        }
        const change = {
          name,
          rates: rates && parseRates(rates),
          start: parseInstantField(body.start_date, 'start_date') ?? undefined,
          end: end === undefined ? undefined : parseInstantField(end, 'end_date'),
        }
        const { db } = parts.database
        return answerChange(parts, changeRateCard(db, place, change))
      },
    )
  }
}

function endRoute(parts: RateCardRouteParts): Routes {
  return (api) => {
    api.post(
      `${path}/end`,
      {
        config: { only: 'merchant', errors: [409] },
        schema: {
          operationId: 'endRateCard',
          tags,
          summary: 'End a rate card, with all that was scheduled for it from then on',
          description: 'Without `end_date` it ends now.',
          params: schema.CardPath,
          body: schema.EndBody,
          response: { 200: One(schema.CardAnswer) },
        },
      },
      (request) => {
        const { params, body } = request
        const now = parts.clock.now()
        const place = {
          ...{ merchant: onlyMerchant(request).number, card: params.rate_card },
          ...{ act: actOf(request), now },
        }
        const end = parseInstantField(body.end_date, 'end_date') ?? now
        return answerChange(parts, endRateCard(parts.database.db, place, end))
      },
    )
  }
}

function readRoutes({ database, directory, clock }: RateCardRouteParts): Routes {
  return (api) => {
    api.get(
      '/rate-cards',
      {
        config: { only: 'merchant' },
        schema: {
          operationId: 'listRateCards',
          tags,
          summary: 'List the rate cards, oldest first',
          querystring: ListQuery,
          response: { 200: Many(schema.ListedCardAnswer) },
        },
      },
      async (request) => {
        const { cursor, page_size: pageSize } = request.query
        const { number } = onlyMerchant(request)
        const page = await pageRateCards(database.db, number, { cursor, pageSize })
        const [snapshot, now] = [directory.current(), clock.now()]
        const objects = page.objects.map((each) => schema.listedCardToWire(each, snapshot, now))
        return many(request, { ...page, objects })
      },
    )
    api.get(
      path,
      {
        config: { only: 'merchant' },
        schema: {
          operationId: 'getRateCard',
          tags,
          summary: 'Read a rate card with all its versions',
          params: schema.CardPath,
          response: { 200: One(schema.CardAnswer) },
        },
      },
      async (request) => {
        const place = { merchant: onlyMerchant(request).number, card: request.params.rate_card }
        const versions = await getRateCard(database.db, place)
        return one(schema.cardToWire(versions, directory.current(), clock.now()))
      },
    )
  }
}

function findPublisher(directory: Directory, id: string): number {
  const publisher = directory.current().byId(id)
  if (publisher?.role === 'publisher') return publisher.number
  throw invalidField('publisher_id', 'publisher_id must be the id of a publisher')
}
