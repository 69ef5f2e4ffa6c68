import type { Organization } from '@newcomer/client/browser'
import type { Partnership, PartnershipStatus } from '../api/operator.ts'

export interface Pair {
  publisher: Organization
  merchant: Organization
  /** Undefined where it was never set. */
  partnership: Partnership | undefined
}

export interface Pairs {
  publishers: Organization[]
  merchants: Organization[]
  find: (publisher: Organization, merchant: Organization) => Partnership | undefined
  onChoose: (pair: Pair) => void
}

export const STATUS_LABELS: Record<PartnershipStatus, string> = {
  available: 'not partners',
  pending: 'pending',
  approved: 'approved',
}

/** What there is between two, by their ids. */
export function createFindPartnership(partnerships: Partnership[]): Pairs['find'] {
  const known = new Map(
    partnerships.map((each) => [`${each.publisher} ${each.merchant}`, each] as const),
  )
  return (publisher, merchant) => known.get(`${publisher.id} ${merchant.id}`)
}
