import type { OrderListQuery, VerdictConflictPeriod } from '@newcomer/client/browser'
import { readSearch } from '../parts/search-text.ts'

export const STATUSES = ['open', 'finalized', 'deleted'] as const
export const SEGMENTS = ['new', 'active'] as const
export const CLAIMS = ['new', 'active', 'none'] as const

/** What the list of orders is narrowed to, and where in it one is. */
export interface OrderSearch {
  status?: (typeof STATUSES)[number] | undefined
  publisher?: string | undefined
  /** What it is paid as. */
  segment?: (typeof SEGMENTS)[number] | undefined
  judged?: (typeof SEGMENTS)[number] | undefined
  claimed?: (typeof CLAIMS)[number] | undefined
  customer?: string | undefined
  /** ISO 8601. */
  start?: string | undefined
  end?: string | undefined
  cursor?: string | undefined
}

export function parseOrderSearch(search: Record<string, unknown>): OrderSearch {
  const { text, oneOf, date } = readSearch(search)
  return {
    status: oneOf('status', STATUSES),
    publisher: text('publisher'),
    segment: oneOf('segment', SEGMENTS),
    judged: oneOf('judged', SEGMENTS),
    claimed: oneOf('claimed', CLAIMS),
    customer: text('customer'),
    start: date('start'),
    end: date('end'),
    cursor: text('cursor'),
  }
}

const PAGE_SIZE = 25

export function toOrderQuery(search: OrderSearch): OrderListQuery {
  const { publisher, customer, ...rest } = search
  return { ...rest, publisher_id: publisher, customer_id: customer, page_size: PAGE_SIZE }
}

/** The time of the list of conflicts, and where in it one is. */
export interface ConflictSearch extends VerdictConflictPeriod {
  cursor?: string | undefined
}

export function parseConflictSearch(search: Record<string, unknown>): ConflictSearch {
  const { text, date } = readSearch(search)
  return { start: date('start'), end: date('end'), cursor: text('cursor') }
}
