import { objectOf } from './answer.ts'
import type { RateSegment } from './rate.ts'
import type { Send } from './send.ts'

/** Whose offers, at most 10 identifiers. Nobody has to be known; what is given is not kept. */
export interface OfferQuery {
  /** Your own id of the customer: the identifiers that you reported under it join those given. */
  user_id?: string | null | undefined
  /** IDFAs or Android advertising ids; what is none matches nobody. */
  device_ids?: string[] | null | undefined
  /** See `hashEmail`. */
  email_sha256s?: string[] | null | undefined
  /** Only this merchant's offers; all merchants that approved you unless given. */
  merchant_id?: string | null | undefined
}

/** A rate that the user would earn now: either a percentage, or a fixed amount an order. */
export type Offer = {
  /** `offer-…`, the same for the same rate. */
  id: string
  /** 1 is the best of the merchant. */
  rank: number
  /** The segment that the rate is for; `default`: for either. */
  segment: RateSegment
  display_params: {
    /** Absent: every category. */
    category?: string
    /** `category`: for one category alone; `exclusion`: that category pays nothing. */
    offer_type: 'default' | 'category' | 'product' | 'exclusion'
  }
} & (
  | {
      /** A decimal such as `5.25`. */
      rate_percent: string
      rate_fixed?: undefined
      currency?: undefined
    }
  | {
      rate_percent?: undefined
      /** A decimal in the currency's major unit such as `5.00`. */
      rate_fixed: string
      /** ISO 4217. */
      currency: string
    }
)

/** What a user would be paid for now. */
export interface Offers {
  /** Merchants in the order of their best offers, and each one's offers from the best on. */
  merchant_offers: {
    /** `org-…` */
    merchant_id: string
    offers: Offer[]
  }[]
  /**
   * Keeps the segments that the offers go by: make the link with it, see `links.create`. Null when
   * there was no `user_id`.
   */
  quote: {
    /** `quote-…`, up to some thousand characters. */
    id: string
    /** RFC 3339: purchases until then count. */
    expires: string
  } | null
}

/** For publishers. */
export interface OfferCalls {
  /**
   * The rates a user would earn now, by the segment at each merchant.
   * Errors: 400 `InvalidField`; for a `merchant_id`: 404 `NotFound`, or 403 `NoMerchantApproval` when
   * that merchant has not approved you.
   */
  get(query?: OfferQuery): Promise<Offers>
}

export function createOfferCalls(send: Send): OfferCalls {
  return {
    get: async (query = {}) =>
      objectOf(await send({ method: 'POST', path: '/v1/offers', body: query })),
  }
}
