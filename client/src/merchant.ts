import { fetchPage, objectOf } from './answer.ts'
import type { Page, PageQuery } from './answer.ts'
import type { Rate } from './rate.ts'
import { pathTo } from './path.ts'
import type { Send } from './send.ts'

/** How a publisher and a merchant stand to each other. */
export type PartnershipStatus = 'approved' | 'pending' | 'available'

/** A rate that a merchant pays, and of which card it is. */
export type MerchantRate = Rate & { rate_card_id: string }

/** A merchant as a publisher sees it. */
export interface Merchant {
  /** `org-…`, the `organization_id` of the merchant's segments. */
  id: string
  name: string
  categories: string[]
  /** Empty texts where the merchant said nothing. */
  metadata: { description: string; icon_url: string }
  /** `homepage`: of its first host, where it named none. */
  urls: { homepage: string; terms_and_conditions: string }
  available_platforms: string[]
  supported_products: string[]
  status: PartnershipStatus
  /** Whether this merchant tells new customers from active ones. */
  customer_segments: boolean
  /** Since when you stand so, or since the last change of it; absent where nobody ever set it. */
  status_date?: string
  /** How many days after a click an order still comes from it; absent with `status_date`. */
  attribution_days?: number
  /** From when on you can ask again; absent where you can now, or have no need to. */
  ask_again_date?: string
  /** What the merchant pays you now; empty unless you are approved. */
  rates: MerchantRate[]
}

export interface MerchantQuery {
  status?: PartnershipStatus | undefined
  /** ISO 4217: no fixed rates in others. */
  currency?: string | undefined
  cursor?: string | undefined
  /** Merchants a page, 1 to 500; all at once unless given. */
  page_size?: number | undefined
}

/** How the two stand after a publisher asked, or a merchant answered. */
export interface OwnPartnership {
  publisher_id: string
  merchant_id: string
  status: PartnershipStatus
  /** Since when it stands so, or since the last change of it. */
  status_date: string
  /** How many days after a click an order still comes from it. */
  attribution_days: number
}

export interface MerchantCalls {
  /** The merchants a publisher works with or could. */
  list(query?: MerchantQuery): Promise<Page<Merchant>>
  /**
   * Asks a merchant to work with you. Again, or where you are approved, it changes nothing.
   * Errors: 400 `InvalidField` for what is no merchant; 409 `Conflict`, with `details.ask_again_date`, for 30 days
   * after a no or the end of a partnership, and while 50 of your requests are open.
   */
  ask(merchant: string): Promise<OwnPartnership>
}

/** A publisher as a merchant sees it that works with it, or is asked to. */
export interface Publisher {
  /** `org-…` */
  id: string
  name: string
  /** `pending`: it asked, and nobody has answered yet. */
  status: 'approved' | 'pending'
  /** Since when it stands so, or since the last change of it. */
  status_date: string
  /** How many days after a click an order still comes from it. */
  attribution_days: number
  /** What you pay it now, while it is approved. */
  rates: MerchantRate[]
}

export interface PublisherQuery extends PageQuery {
  /** Those with any unless given. */
  status?: Publisher['status'] | undefined
}

export interface PublisherCalls {
  /** For merchants: the oldest organization first. */
  list(query?: PublisherQuery): Promise<Page<Publisher>>
  /**
   * Answers a publisher that asks, where the operator lets you. The same answer again changes nothing.
   * Errors: 403 `Forbidden` where the operator answers in your place; 404 `NotFound` for one that does not ask;
   * 409 `Conflict` to decline one that is approved.
   */
  answer(publisher: string, answer: 'approve' | 'decline'): Promise<OwnPartnership>
}

const PARTNERSHIPS_PATH = '/v1/partnerships'

export function createPublisherCalls(send: Send): PublisherCalls {
  return {
    list: async (query) => fetchPage(send, '/v1/publishers', { ...query }),
    answer: async (publisher, answer) => {
      const path = pathTo(PARTNERSHIPS_PATH, publisher, 'answer')
      return objectOf(await send({ method: 'POST', path, body: { answer } }))
    },
  }
}

export function createMerchantCalls(send: Send): MerchantCalls {
  return {
    list: async (query) => fetchPage(send, '/v1/merchants', { ...query }),
    ask: async (merchant) =>
      objectOf(
        await send({ method: 'POST', path: PARTNERSHIPS_PATH, body: { merchant_id: merchant } }),
      ),
  }
}
