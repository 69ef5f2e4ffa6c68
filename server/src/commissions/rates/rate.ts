import type { SegmentName } from '../../organizations/organization.ts'

/** So many are 100 %: percentages have up to four decimals, and are kept as whole numbers. */
export const WHOLE_PERCENT = 1_000_000

/** Part of what a line costs, in ten-thousandths of a percent: 5.25 % are 52,500. 0 excludes. */
export interface PercentRate {
  percent: number
}

/** An amount an order, in the currency's smallest unit. Applies to orders in that currency only. */
export interface FixedRate {
  fixed: number
  currency: string
}

/** What a merchant pays for the lines that this is about. */
export type Rate = (PercentRate | FixedRate) & {
  /** Null: whatever the segment. */
  segment: SegmentName | null
  /** Trimmed, in lower case. Null: whatever the category. */
  category: string | null
}
