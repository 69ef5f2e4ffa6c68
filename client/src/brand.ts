import { fetchPage, objectOf } from './answer.ts'
import type { Page, PageQuery } from './answer.ts'
import { pathTo } from './path.ts'
import type { Send } from './send.ts'

/** A merchant with what is to be known before linking there. Texts are empty where it said nothing. */
export interface Brand {
  /** `org-…` */
  id: string
  name: string
  description: string
  icon_url: string
  /** `homepage`: of its first host, where it named none. */
  urls: { homepage: string }
  categories: string[]
  /** Always empty: links lead to pages. */
  apps: unknown[]
  /** The hosts that links may lead to. */
  supported_hostnames: string[]
  subdomain: null
  /** Whether you can make links: it approved you, and has a host. */
  is_live_ready: boolean
  terms_and_conditions: {
    reporting_window_days: number
    /** How long an order can change, unless the merchant names its date. */
    finalization_window_minutes: number
    coupons_allowed: boolean
    gift_cards_allowed: boolean
    exclusion_details: string
    /** Where the merchant's terms are to be read. */
    other_terms: string
  }
}

/** For publishers. */
export interface BrandCalls {
  /** The merchants that approved you, oldest first. */
  list(query?: PageQuery): Promise<Page<Brand>>
  /** Errors: 404 `NotFound`. */
  get(id: string): Promise<Brand>
}

const BRANDS_PATH = '/v1/brands'

export function createBrandCalls(send: Send): BrandCalls {
  return {
    list: async (query) => fetchPage(send, BRANDS_PATH, { ...query }),
    get: async (id) => objectOf(await send({ method: 'GET', path: pathTo(BRANDS_PATH, id) })),
  }
}
