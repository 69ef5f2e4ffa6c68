export const ROLES = ['publisher', 'merchant'] as const
export type Role = (typeof ROLES)[number]

/** A tenant, as every process of the program holds it in memory. */
export interface Organization {
  id: string
  /** Short form of the id; the keys of everything the organization owns begin with it. */
  number: number
  role: Role
  name: string
  /** Since when a merchant's segments are shown; null while they are switched off. */
  segmentsOnAt: Date | null
  /** Grows each time segments are switched on. */
  period: number
  finalizationDays: number
  verdictPolicy: VerdictPolicy
  evidencePolicy: EvidencePolicy
  /** Whether a merchant answers the publishers that ask; else only the operator does. */
  answersPublishers: boolean
  /** Whether operators may look at its pages, to read. */
  operatorMayLook: boolean
  /** 0: no limit. */
  requestsPerMinute: number
  /** After so many days without a sign of life its customers are erased; null: never. */
  retentionDays: number | null
  /** Since when signs of life are counted; null with `retentionDays`. */
  retentionSince: Date | null
  profile: Profile
  createdAt: Date
}

/** What publishers see of a merchant. Stored and shown as one document, so its names are the wire's. */
export interface Profile {
  categories: string[]
  description: string | null
  icon_url: string | null
  homepage: string | null
  terms_and_conditions: string | null
  available_platforms: string[]
  supported_products: string[]
}

export const EMPTY_PROFILE: Readonly<Profile> = Object.freeze({
  categories: [],
  description: null,
  icon_url: null,
  homepage: null,
  terms_and_conditions: null,
  available_platforms: [],
  supported_products: [],
})

export const SEGMENT_NAMES = ['new', 'active'] as const
export type SegmentName = (typeof SEGMENT_NAMES)[number]

/** Who decides what an order is paid as, where the merchant says whether its customer is new. */
export const VERDICT_POLICIES = ['network', 'merchant', 'both_must_agree'] as const
export type VerdictPolicy = (typeof VERDICT_POLICIES)[number]

/**
 * Which evidence counts for an order that came from a click: what the network knew before it, or whatever it
 * knows when the order is reported.
 */
export const EVIDENCE_POLICIES = ['before_click', 'any_time'] as const
export type EvidencePolicy = (typeof EVIDENCE_POLICIES)[number]

export interface Segment {
  id: string
  name: SegmentName
}

export const PARTNERSHIP_STATUSES = ['approved', 'pending', 'available'] as const
/** `available` is also what an absent partnership means. */
export type PartnershipStatus = (typeof PARTNERSHIP_STATUSES)[number]

export interface Partnership {
  status: PartnershipStatus
  /** Grows each time the partnership becomes approved. */
  period: number
  /** How many days after a click an order still comes from it. */
  attributionDays: number
  /** Since when it is as it is. */
  modifiedAt: Date
  /** When it last became available again, by a no or its end; null: never, or it was asked for since. */
  declinedAt: Date | null
}

/** What an organization may be changed to; absent members stay as they are. */
export interface OrganizationChange {
  name?: string
  customerSegments?: boolean
  finalizationDays?: number
  verdictPolicy?: VerdictPolicy
  evidencePolicy?: EvidencePolicy
  answersPublishers?: boolean
  operatorMayLook?: boolean
  requestsPerMinute?: number
  /** Null: customers are kept; absent: as it is. */
  retentionDays?: number | null
  profile?: Partial<Profile>
}
