import { objectOf } from './answer.ts'
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
  /** 0: no limit. */
  requests_per_minute: number
  created_date: string
}

/** Members that are absent stay as they are. A publisher has only a name. */
export type OrganizationFields = { name?: string | undefined } & {
  [K in keyof OrganizationProfile]?: OrganizationProfile[K] | undefined
}

export interface OrganizationCalls {
  get(): Promise<Organization>
  /** Errors: 400 `InvalidField`. */
  change(fields: OrganizationFields): Promise<Organization>
}

const ORGANIZATION_PATH = '/v1/organization'

export function createOrganizationCalls(send: Send): OrganizationCalls {
  return {
    get: async () => objectOf(await send({ method: 'GET', path: ORGANIZATION_PATH })),
    change: async (body) =>
      objectOf(await send({ method: 'PATCH', path: ORGANIZATION_PATH, body })),
  }
}
