import { fetchPage } from './answer.ts'
import type { Page } from './answer.ts'
import type { Send } from './send.ts'

/** How a publisher and a merchant stand to each other. */
export type PartnershipStatus = 'approved' | 'pending' | 'available'

/** A merchant as a publisher sees it. */
export interface Merchant {
  /** `org-…`, the `organization_id` of the merchant's segments. */
  id: string
  name: string
  categories: string[]
  metadata: { description: string | null; icon_url: string | null }
  urls: { homepage: string | null; terms_and_conditions: string | null }
  available_platforms: string[]
  supported_products: string[]
  status: PartnershipStatus
  /** Whether this merchant tells new customers from active ones. */
  customer_segments: boolean
  /** What the merchant pays. Rates are decimal strings, amounts in the currency's smallest unit. */
  rates: Record<string, unknown>[]
}

export interface MerchantQuery {
  status?: PartnershipStatus | undefined
  /** ISO 4217. */
  currency?: string | undefined
}

export interface MerchantCalls {
  /** The merchants a publisher works with or could, all at once. */
  list(query?: MerchantQuery): Promise<Page<Merchant>>
}

export function buildMerchantCalls(send: Send): MerchantCalls {
  return { list: async (query) => fetchPage(send, '/v1/merchants', { ...query }) }
}
