import type { TransactionFilters } from '@newcomer/client/browser'
import { parseCurrency } from '../parts/currency-input.tsx'
import { readSearch } from '../parts/search-text.ts'

export const STATUSES = ['pending', 'validated', 'declined'] as const
/** `none`: the merchant told no segments when the order came. */
export const SEGMENTS = ['new', 'active', 'none'] as const

/** What the list of transactions is narrowed to, and where in it one is. */
export interface TransactionSearch {
  status?: (typeof STATUSES)[number] | undefined
  segment?: (typeof SEGMENTS)[number] | undefined
  /** ISO 4217. */
  currency?: string | undefined
  /** For publishers. */
  merchant?: string | undefined
  customer?: string | undefined
  /** For merchants. */
  publisher?: string | undefined
  /** ISO 8601. */
  start?: string | undefined
  end?: string | undefined
  cursor?: string | undefined
}

export function parseTransactionSearch(search: Record<string, unknown>): TransactionSearch {
  const { text, oneOf, date } = readSearch(search)
  return {
    status: oneOf('status', STATUSES),
    segment: oneOf('segment', SEGMENTS),
    currency: parseCurrency(text('currency')),
    merchant: text('merchant'),
    customer: text('customer'),
    publisher: text('publisher'),
    start: date('start'),
    end: date('end'),
    cursor: text('cursor'),
  }
}

/** What the API is asked for, by the one that asks: a filter of the other role's is left out. */
export function toTransactionFilters(
  search: TransactionSearch,
  isMerchant: boolean,
): TransactionFilters {
  const { status, segment, currency, start, end, merchant, customer, publisher } = search
  const who = isMerchant
    ? { publisher_id: publisher }
    : { merchant_id: merchant, customer_id: customer }
  return { status, segment, currency, start, end, ...who }
}
