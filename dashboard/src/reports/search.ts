import { parseCurrency } from '../parts/currency-input.tsx'
import { readSearch } from '../parts/search-text.ts'

/** What commissions are told apart by; `partner` is the merchant, or the publisher. */
export const GROUPINGS = ['day', 'partner', 'segment', 'status', 'category'] as const
export const STATUSES = ['pending', 'validated', 'declined'] as const
/** `none`: the merchant told no segments. */
export const PAID_SEGMENTS = ['new', 'active', 'none'] as const
export const CAUSES = ['order', 'order-deleted', 'import', 'customer', 'erasure'] as const
export const COMPARISONS = ['before', 'none', 'other'] as const

export type Grouping = (typeof GROUPINGS)[number]

/** What segments and moves are narrowed to. Days are of UTC, `YYYY-MM-DD`, the last among them. */
export interface SegmentSearch {
  from?: string | undefined
  to?: string | undefined
  merchant?: string | undefined
  cause?: (typeof CAUSES)[number] | undefined
}

export interface CommissionSearch {
  from?: string | undefined
  to?: string | undefined
  by?: Grouping | undefined
  /** `before` unless given: as many days right before. */
  compare?: (typeof COMPARISONS)[number] | undefined
  /** Where the other time begins, of `other`. */
  other?: string | undefined
  /** The merchant, or the publisher. */
  partner?: string | undefined
  segment?: (typeof PAID_SEGMENTS)[number] | undefined
  status?: (typeof STATUSES)[number] | undefined
  currency?: string | undefined
}

export function parseSegmentSearch(search: Record<string, unknown>): SegmentSearch {
  const { text, oneOf } = readSearch(search)
  return {
    from: dayOf(search, 'from'),
    to: dayOf(search, 'to'),
    merchant: text('merchant'),
    cause: oneOf('cause', CAUSES),
  }
}

export function parseCommissionSearch(search: Record<string, unknown>): CommissionSearch {
  const { text, oneOf } = readSearch(search)
  return {
    from: dayOf(search, 'from'),
    to: dayOf(search, 'to'),
    by: oneOf('by', GROUPINGS),
    compare: oneOf('compare', COMPARISONS),
    other: dayOf(search, 'other'),
    partner: text('partner'),
    segment: oneOf('segment', PAID_SEGMENTS),
    status: oneOf('status', STATUSES),
    currency: parseCurrency(text('currency')),
  }
}

function dayOf(search: Record<string, unknown>, name: string): string | undefined {
  const value = readSearch(search).date(name)
  return value === undefined ? undefined : new Date(value).toISOString().slice(0, 10)
}
