import { objectOf, objectsOf } from './answer.ts'
import type { Send } from './send.ts'
import type { EvidencePolicy, VerdictPolicy } from './verdict-terms.ts'

/** What a merchant tells publishers of itself; empty at a publisher. */
export interface OrganizationProfile {
  categories: string[]
  description: string | null
  icon_url: string | null
  homepage: string | null
  terms_and_conditions: string | null
  available_platforms: string[]
  supported_products: string[]
}

/** Your organization. What is not of its profile is set by the operator. */
export interface Organization extends OrganizationProfile {
  /** `org-…` */
  id: string
  name: string
  role: 'publisher' | 'merchant'
  /** Whether a merchant's segments are shown. */
  customer_segments: boolean
  /** How long an order stays open. */
  finalization_days: number
  verdict_policy: VerdictPolicy
  evidence_policy: EvidencePolicy
  /** Whether a merchant answers the publishers that ask; else only the operator does. */
  answers_publishers: boolean
  /** Whether operators may look at its pages, to read. */
  operator_may_look: boolean
  /** 0: no limit. */
  requests_per_minute: number
  /** After so many days without a sign of life a customer is erased; null: never. */
  retention_days: number | null
  created_date: string
}

/** Members that are absent stay as they are. A publisher has no profile. */
export type OrganizationFields = {
  name?: string | undefined
  retention_days?: number | null | undefined
  operator_may_look?: boolean | undefined
} & {
  [K in keyof OrganizationProfile]?: OrganizationProfile[K] | undefined
}

/** An operator who reads your pages for a reason, and changes nothing. */
export interface Look {
  id: string
  reason: string
  started_date: string
  /** When it ends by itself. */
  until_date: string
}

/** What is missing before a merchant's segments are switched on, computed from its imports and last orders. */
export interface Readiness {
  /** Whether nothing is missing. It holds no switch: the operator decides. */
  is_ready: boolean
  as_of_date: string
  /** Rows of files of purchasers that were imported and not undone. */
  history_rows: number
  /** Days in UTC before today; `without_gap`: up to yesterday, each with an order. */
  order_days: { looked_at: number; with_orders: number; without_gap: number }
  /**
   * The last orders, 1,000 at most: of guests, of nobody that is known, of which you said whether the customer is
   * new, and of these where the network judged otherwise.
   */
  last_orders: {
    looked_at: number
    guests: number
    unidentified: number
    claimed: number
    conflicts: number
  }
  /** What weighs most first; a message is a sentence for people. */
  missing: {
    code: 'history' | 'orders' | 'gaps' | 'unidentified' | 'conflicts'
    message: string
  }[]
}

export interface OrganizationCalls {
  get(): Promise<Organization>
  /** Errors: 400 `InvalidField`. */
  change(fields: OrganizationFields): Promise<Organization>
  /** Operators who look at your pages now. */
  looks(): Promise<Look[]>
  /** For merchants. */
  readiness(): Promise<Readiness>
}

const ORGANIZATION_PATH = '/v1/organization'

export function createOrganizationCalls(send: Send): OrganizationCalls {
  return {
    get: async () => objectOf(await send({ method: 'GET', path: ORGANIZATION_PATH })),
    change: async (body) =>
      objectOf(await send({ method: 'PATCH', path: ORGANIZATION_PATH, body })),
    looks: async () => objectsOf(await send({ method: 'GET', path: `${ORGANIZATION_PATH}/looks` })),
    readiness: async () =>
      objectOf(await send({ method: 'GET', path: `${ORGANIZATION_PATH}/readiness` })),
  }
}
