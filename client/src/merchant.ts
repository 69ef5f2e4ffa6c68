import { fetchPage } from './answer.ts'
import type { Page } from './answer.ts'
import type { Rate } from './rate.ts'
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

export interface MerchantCalls {
  /** The merchants a publisher works with or could. */
  list(query?: MerchantQuery): Promise<Page<Merchant>>
}

export function createMerchantCalls(send: Send): MerchantCalls {
  return { list: async (query) => fetchPage(send, '/v1/merchants', { ...query }) }
}
