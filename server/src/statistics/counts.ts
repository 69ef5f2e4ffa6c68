import type { PaidSegment, TransactionStatus } from '../commissions/transactions/transaction.ts'
import type { IdentifierKind } from '../customers/identifier.ts'
import type { Cause } from '../events/event.ts'
import type { Vault } from '../kernel/vault.ts'
import type { SegmentName } from '../organizations/organization.ts'
import type { ReportKey } from './day-store.ts'

/** What is counted of a publisher's customers, at one time of a day. People are customers, guests left out. */
export interface SegmentCounts {
  customers: number
  /** Those who carry an identifier, by which they can be matched. */
  identified: number
  /** Those who are active at a merchant whose segments the publisher sees. */
  matched: number
  /** The same of those who carry an identifier of this kind, and perhaps others. */
  kinds: Record<IdentifierKind, { customers: number; matched: number }>
  /** How many are active at each of those merchants, by the merchant's number; the others are new there. */
  merchants: { merchant: number; active: number }[]
}

/** How many customers came into this segment of this merchant on a day, for this cause. */
export interface MoveCount {
  merchant: number
  segment: SegmentName
  cause: Cause
  moves: number
}

/** What transactions of a day add up to that are alike. Amounts are in the currency's smallest unit. */
export interface CommissionCount {
  /** The number of the organization on the other side. */
  partner: number
  currency: string
  segment: PaidSegment
  status: TransactionStatus
  /** Absent: whole transactions. Otherwise their lines of this category, empty for lines without one. */
  category?: string
  transactions: number
  /** What is paid on. */
  base: number
  amount: number
}

/** Counts are encrypted as all content is: a dump tells of no shop how it does. */
export function encryptCounts(vault: Vault, key: ReportKey, day: string, counts: unknown): Buffer {
  return vault.encrypt(rowOf(key, day), counts)
}

export function decryptCounts<T>(
  vault: Vault,
  key: ReportKey,
  { day, counts }: { day: string; counts: Uint8Array },
): T {
  return vault.decrypt<T>(rowOf(key, day), counts)
}

const rowOf = ({ organization, report }: ReportKey, day: string): string =>
  `report_days/${organization}/${report}/${day}`
