import { Type } from 'typebox'
import type { Static } from 'typebox'
import { percentToText } from '../commissions/rates/parse-rate.ts'
import { MAX_IDENTIFIERS } from '../customers/identifier.ts'
import { RATE_SEGMENTS } from '../commissions/rates/rate-schema.ts'
import { Warned } from '../http/envelope.ts'
import { OneOf } from '../http/schema.ts'
import { minorDigits } from '../orders/money.ts'
import type { Rate } from '../commissions/rates/rate.ts'
import { isNothing } from './offer.ts'
import type { Offer } from './offer.ts'

const Nullable = (description: string) => ({
  type: ['string', 'null'],
  maxLength: 255,
  description,
})
const Identifiers = (description: string) =>
  Type.Optional(
    Type.Unsafe<string[] | null>({
      type: ['array', 'null'],
      items: { type: 'string' },
      maxItems: MAX_IDENTIFIERS,
      description,
    }),
  )

export const OffersBody = Type.Object(
  {
    user_id: Type.Optional(
      Type.Unsafe<string | null>({
        ...Nullable('Your own id of the customer. Its reported identifiers join those given.'),
        pattern: '^(?:[\\x21-\\x7E]+|\\s*)$',
      }),
    ),
    device_ids: Identifiers(
      'IDFAs or Android advertising ids. The all-zero id means none; what is none matches nobody.',
    ),
    email_sha256s: Identifiers('SHA-256 of trimmed, lower-cased e-mail addresses: 64 hex digits.'),
    merchant_id: Type.Optional(
      Type.Unsafe<string | null>(Nullable("Only this merchant's offers. Without it: all.")),
    ),
  },
  {
    title: 'OfferQuery',
    description: `At most ${MAX_IDENTIFIERS} identifiers. Nothing given is kept.`,
  },
)
export type OffersBody = Static<typeof OffersBody>

/** What an offer is for; typed clients of the field know these and no others. */
const OFFER_TYPES = ['default', 'category', 'product', 'exclusion'] as const

const OfferAnswer = Type.Object(
  {
    id: Type.String({ description: '`offer-…`; the same for the same rate.' }),
    rank: Type.Integer({ description: '1 is the best.' }),
    rate_percent: Type.Optional(Type.String({ description: 'A decimal such as `5.25`.' })),
    rate_fixed: Type.Optional(
      Type.String({
        description: 'An amount an order, a decimal in major units of `currency` such as `5.00`.',
      }),
    ),
    currency: Type.Optional(Type.String({ description: 'Of `rate_fixed`: ISO 4217.' })),
    segment: OneOf(RATE_SEGMENTS, 'The segment that the rate is for; `default`: for either.'),
    display_params: Type.Object({
      category: Type.Optional(Type.String({ description: 'Absent: every category.' })),
      offer_type: OneOf(
        OFFER_TYPES,
        '`category`: for one category alone; `exclusion`: that category pays nothing. There are no rates ' +
          'for a single `product` so far.',
      ),
    }),
  },
  { title: 'Offer' },
)

const MerchantOffers = Type.Object({
  merchant_id: Type.String(),
  offers: Type.Array(OfferAnswer),
})

const Quote = Type.Unsafe<{ id: string; expires: string } | null>({
  type: ['object', 'null'],
  properties: {
    id: { type: 'string', description: '`quote-…`, to be sent with the link.' },
    expires: { type: 'string', format: 'date-time', description: 'Purchases until then count.' },
  },
  required: ['id', 'expires'],
  description: 'Null without a `user_id`.',
})

export const OffersAnswer = Warned(
  Type.Object({ merchant_offers: Type.Array(MerchantOffers), quote: Quote }, { title: 'Offers' }),
)

/** A merchant's offers as they are answered. */
export function answerMerchantOffers(
  merchantId: string,
  offers: Offer[],
): Static<typeof MerchantOffers> {
  return { merchant_id: merchantId, offers: offers.map(answerOffer) }
}

function answerOffer({ id, rank, rate }: Offer): Static<typeof OfferAnswer> {
  const pay =
    'percent' in rate
      ? { rate_percent: percentToText(rate.percent) }
      : { rate_fixed: toDecimal(rate.fixed, rate.currency), currency: rate.currency }
  const category = rate.category === null ? {} : { category: rate.category }
  return {
    id,
    rank,
    ...pay,
    segment: rate.segment ?? 'default',
    display_params: { ...category, offer_type: offerType(rate) },
  }
}

function offerType(rate: Rate): (typeof OFFER_TYPES)[number] {
  if (rate.category === null) return 'default'
  return isNothing(rate) ? 'exclusion' : 'category'
}

/** Of the smallest unit in major units, with all the decimals of the currency: 500 USD as "5.00". */
function toDecimal(minor: number, currency: string): string {
  const digits = minorDigits(currency)
  const text = String(minor).padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}
