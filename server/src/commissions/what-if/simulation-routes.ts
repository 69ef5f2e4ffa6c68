import { Type } from 'typebox'
import type { Static } from 'typebox'
import type { Routes } from '../../http/api.ts'
import { onlyMerchant } from '../../http/caller.ts'
import { FEWEST_PEOPLE } from '../../customers/privacy-floor.ts'
import { One, one } from '../../http/envelope.ts'
import { Nullable, nullableDate, nullableGivenDate, OneOf } from '../../http/schema.ts'
import type { Database } from '../../kernel/database/database.ts'
import { parseInstantField } from '../../kernel/date-field.ts'
import { conflict, invalidField } from '../../kernel/problem.ts'
import type { Vault } from '../../kernel/vault.ts'
import type { Directory, Snapshot } from '../../organizations/directory.ts'
import { SEGMENT_NAMES } from '../../organizations/organization.ts'
import { RATES_BODY_LIMIT, RatesBody } from '../rates/rate-schema.ts'
import { parseRates } from '../rates/parse-rate.ts'
import { simulateCard } from './simulate-card.ts'
import { lumpPublishers } from './simulation.ts'
import type { CurrencySums, Simulation, Sums } from './simulation.ts'

export interface SimulationRouteParts {
  database: Database
  vault: Vault
  directory: Directory
}

const sums = {
  orders: Type.Integer(),
  order_total: Type.Integer({ description: "In the currency's smallest unit, as all amounts." }),
  cost: Type.Integer({ description: 'What they would have cost under the draft.' }),
  actual_cost: Type.Integer({ description: 'What they cost.' }),
}

const SimulationBody = Type.Object(
  {
    rates: RatesBody,
    publisher_id: Type.Optional(
      Type.Unsafe<string | null>({
        type: ['string', 'null'],
        description: 'Only orders that this publisher sent.',
      }),
    ),
    start_date: nullableGivenDate('ISO 8601: only orders purchased from then on.'),
    end_date: nullableGivenDate('ISO 8601: only orders purchased before.'),
  },
  { additionalProperties: false, title: 'SimulationFields' },
)

const SimulationAnswer = Type.Object(
  {
    currencies: Type.Array(
      Type.Object(
        {
          currency: Type.String(),
          ...sums,
          segments: Type.Array(Type.Object({ segment: OneOf(SEGMENT_NAMES), ...sums })),
          publishers: Type.Array(
            Type.Object({ publisher_id: Type.String(), name: Type.String(), ...sums }),
          ),
          other_publishers: Nullable(
            Type.Object(
              { publishers: Type.Integer(), ...sums },
              {
                description: `Publishers with fewer than ${FEWEST_PEOPLE} customers among the orders.`,
              },
            ),
          ),
        },
        { title: 'SimulatedCurrency' },
      ),
    ),
    start_date: nullableDate(),
    end_date: nullableDate(),
  },
  { title: 'Simulation' },
)

/** What-if: a draft of a card over the merchant's own past. Nothing is written. */
export function simulationRoutes(parts: SimulationRouteParts): Routes {
  const running = new Set<number>()
  return (api) => {
    api.post(
      '/rate-cards/simulate',
      {
        bodyLimit: RATES_BODY_LIMIT,
        config: { only: 'merchant', errors: [409] },
        schema: {
          operationId: 'simulateRateCard',
          summary: 'What your attributed orders would have cost under other rates',
          description:
            'Each order keeps the verdict it was given. One at a time for an organization.',
          tags: ['rate cards'],
          body: SimulationBody,
          response: { 200: One(SimulationAnswer) },
        },
      },
      async (request, reply) => {
        const merchant = onlyMerchant(request)
        const snapshot = parts.directory.current()
        const { start_date: start, end_date: end, publisher_id: publisherId = null } = request.body
        const period = {
          start: parseInstantField(start, 'start_date'),
          end: parseInstantField(end, 'end_date'),
        }
        const draft = {
          rates: parseRates(request.body.rates),
          publisher: publisherId === null ? null : publisherOf(snapshot, publisherId),
          ...period,
        }
        if (running.has(merchant.number))
          throw conflict('A simulation of yours is running already.')
        const leaving = new AbortController()
        reply.raw.once('close', () => leaving.abort())
        running.add(merchant.number)
        try {
          const simulation = await simulateCard(parts, merchant, draft, leaving.signal)
          const currencies = answerSimulation(simulation, snapshot)
          return one({
            currencies,
            start_date: period.start?.toISOString() ?? null,
            end_date: period.end?.toISOString() ?? null,
          })
        } finally {
          running.delete(merchant.number)
        }
      },
    )
  }
}

function publisherOf(snapshot: Snapshot, id: string): number {
  const publisher = snapshot.byId(id)
  if (publisher?.role === 'publisher') return publisher.number
  throw invalidField('publisher_id', 'publisher_id must be the id of a publisher')
}

function answerSimulation(
  { currencies }: Simulation,
  snapshot: Snapshot,
): Static<typeof SimulationAnswer>['currencies'] {
  return [...currencies]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, its]) => ({ currency, ...toWire(its), ...answerParts(its, snapshot) }))
}

function answerParts({ segments, publishers }: CurrencySums, snapshot: Snapshot) {
  const { named, others } = lumpPublishers(publishers)
  return {
    segments: [...segments]
      .sort(([a], [b]) => (a < b ? 1 : -1))
      .map(([segment, its]) => ({ segment, ...toWire(its) })),
    publishers: named
      .sort(([a], [b]) => a - b)
      .map(([number, its]) => {
        const { id = '', name = '' } = snapshot.byNumber(number) ?? {}
        return { publisher_id: id, name, ...toWire(its) }
      }),
    other_publishers: others && { publishers: others.publishers, ...toWire(others) },
  }
}

function toWire({ orders, total, draft, actual }: Sums) {
  return {
    orders,
    order_total: toSafe(total),
    cost: toSafe(draft),
    actual_cost: toSafe(actual),
  }
}

function toSafe(sum: bigint): number {
  if (sum <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(sum)
  throw invalidField('start_date', 'The sums are beyond 2^53: choose a shorter period.')
}
