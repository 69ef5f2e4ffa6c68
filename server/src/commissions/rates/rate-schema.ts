import { Type } from 'typebox'
import type { Static } from 'typebox'
import { NullableString, OneOf } from '../../http/schema.ts'

// A trillion of the smallest unit: more than any order pays, and far from 2^53 when added up.
const MAX_FIXED = 1_000_000_000_000
const MAX_RATES = 200
/** Of a call with rates: as many as there may be, with categories as long as they may be. */
export const RATES_BODY_LIMIT = 256 * 1024

/** The segment that a rate is for. */
export const RATE_SEGMENTS = ['new', 'active', 'default'] as const

const segment = Type.Enum([...RATE_SEGMENTS], {
  description: '`default` is for orders of every segment that has no rate of its own.',
})

const RateBody = Type.Object(
  {
    segment: Type.Optional(segment),
    category: Type.Optional(
      Type.Unsafe<string | null>({
        type: ['string', 'null'],
        maxLength: 255,
        description: 'Null: every category. Compared trimmed and in lower case.',
      }),
    ),
    percent: Type.Optional(
      Type.Unsafe<string | number>({
        type: ['string', 'number'],
        maxLength: 32,
        description: 'From 0 to 100, with at most four decimals. 0 excludes.',
      }),
    ),
    fixed: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MAX_FIXED,
        description: "An amount an order, in the currency's smallest unit.",
      }),
    ),
    currency: Type.Optional(
      Type.String({ maxLength: 3, description: 'Of a fixed rate: its ISO 4217 code.' }),
    ),
  },
  {
    additionalProperties: false,
    title: 'RateFields',
    description: 'Either `percent`, or `fixed` with `currency`.',
  },
)
export type RateBody = Static<typeof RateBody>

/** The rates of a card, as they come. */
export const RatesBody = Type.Array(RateBody, { minItems: 1, maxItems: MAX_RATES })

/** A rate, as it is answered. */
export const rateAnswer = {
  segment: OneOf(RATE_SEGMENTS),
  category: NullableString,
  percent: Type.Optional(Type.String({ description: 'A decimal such as `5.25`.' })),
  fixed: Type.Optional(
    Type.Integer({ description: "An amount an order, in the currency's smallest unit." }),
  ),
  currency: Type.Optional(Type.String()),
}
export const RateAnswer = Type.Object(rateAnswer, { title: 'Rate' })
export type RateWire = Static<typeof RateAnswer>
