import { Type } from 'typebox'
import type { Static } from 'typebox'
import type { Routes } from '../../http/api.ts'
import { onlyMerchant } from '../../http/caller.ts'
import { One, one } from '../../http/envelope.ts'
import { Nullable, OneOf } from '../../http/schema.ts'
import type { Clock } from '../../kernel/clock.ts'
import { parseCurrency } from '../../orders/money.ts'
import type { Directory } from '../../organizations/directory.ts'
import { parseOfRole } from '../../organizations/find-in-directory.ts'
import type { Catalog } from './catalog.ts'
import { chooseVersion } from './choose-rate.ts'
import { CHOICE_CODES, explainCard, explainRate } from './explain-choice.ts'
import type { ChoiceReason, ExplainedRate } from './explain-choice.ts'
import { parseRates, rateToWire } from './parse-rate.ts'
import { RateAnswer, RATES_BODY_LIMIT, RatesBody } from './rate-schema.ts'

export interface RateChoiceRouteParts {
  directory: Directory
  catalog: Catalog
  clock: Clock
}

const MOST_CATEGORIES = 20

const ChoiceBody = Type.Object(
  {
    rates: Type.Optional(RatesBody),
    publisher_id: Type.Optional(
      Type.Unsafe<string | null>({
        type: ['string', 'null'],
        maxLength: 255,
        description: 'Null, or absent: a publisher without a card of its own.',
      }),
    ),
    segment: Type.Optional(
      Type.Enum(['new', 'active', 'none'], {
        description:
          'What the order would be paid as; `none` unless given, as while you tell no segments.',
      }),
    ),
    category: Type.Optional(
      Type.Array(Type.String({ maxLength: 255 }), {
        maxItems: MOST_CATEGORIES,
        description: 'Of the line, from the widest to the narrowest.',
      }),
    ),
    currency: Type.Optional(
      Type.String({
        maxLength: 3,
        description: 'Of the order, ISO 4217. Absent: no fixed rate matches.',
      }),
    ),
  },
  {
    additionalProperties: false,
    title: 'RateChoiceFields',
    description:
      'With `rates` it is asked of a draft, and else of the card in force for the publisher.',
  },
)

const ChoiceAnswer = Type.Object(
  {
    rate_card_id: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      description: '`ratecard-…`; null for a draft, and where no card is in force.',
    }),
    rate: Nullable(RateAnswer),
    reasons: Type.Array(
      Type.Object(
        { code: OneOf(CHOICE_CODES), message: Type.String() },
        { title: 'RateChoiceReason' },
      ),
      { description: 'One a step, in the order of the rules.' },
    ),
  },
  {
    title: 'RateChoice',
    description: 'Which rate a line is paid by; `rate` null: it pays nothing.',
  },
)

/** "Who would get what": the same rule that pays orders, asked of one line. Nothing is written. */
export function rateChoiceRoutes(parts: RateChoiceRouteParts): Routes {
  return (api) => {
    api.post(
      '/rate-cards/choose',
      {
        bodyLimit: RATES_BODY_LIMIT,
        config: { only: 'merchant' },
        schema: {
          operationId: 'chooseRate',
          tags: ['rate cards'],
          summary: 'Which rate a line of an order would be paid by, and why',
          description:
            'As if it was placed now. By the rule that computes commissions; nothing is written.',
          body: ChoiceBody,
          response: { 200: One(ChoiceAnswer) },
        },
      },
      (request) => {
        const merchant = onlyMerchant(request)
        const { segment = 'none' } = request.body
        const { card, rate, reasons } = choose(parts, merchant.number, request.body)
        const isOff = merchant.segmentsOnAt === null && segment !== 'none'
        return one({
          rate_card_id: card,
          rate: rate ? rateToWire(rate) : null,
          reasons: isOff ? [...reasons, SEGMENTS_OFF] : reasons,
        })
      },
    )
  }
}

const SEGMENTS_OFF: ChoiceReason = {
  code: 'segments-off',
  message:
    'You tell no segments now: until you do, orders have none and only the rates for everybody count.',
}

function choose(
  { directory, catalog, clock }: RateChoiceRouteParts,
  merchant: number,
  body: Static<typeof ChoiceBody>,
): ExplainedRate & { card: string | null } {
  const { segment = 'none', category = [], currency = '', publisher_id: id } = body
  const publisher = parseOfRole(directory, id ?? undefined, 'publisher', 'publisher_id')
  const line = {
    ...{ segment: segment === 'none' ? null : segment, category },
    currency: currency === '' ? '' : parseCurrency(currency),
  }
  if (body.rates) return { card: null, ...explainRate(parseRates(body.rates), line) }
  const versions = catalog.current().versionsOf(merchant)
  const version = chooseVersion(versions, publisher?.number ?? null, clock.now())
  const why = explainCard(version)
  if (!version) return { card: null, rate: undefined, reasons: [why] }
  const { rate, reasons } = explainRate(version.rates, line)
  return { card: version.card, rate, reasons: [why, ...reasons] }
}
