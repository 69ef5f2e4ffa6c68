import type { DeliveryQuery, DeliveryState, EventType } from '@newcomer/client/browser'
import { STATES, TYPES } from './words.ts'

export const TABS = ['overview', 'deliveries', 'replays', 'test', 'settings'] as const
export type Tab = (typeof TABS)[number]

/** What the address of a webhook says beside its id: the tab, and what its list is narrowed to. */
export interface WebhookSearch {
  tab?: Tab | undefined
  state?: DeliveryState | undefined
  type?: EventType | undefined
  event?: string | undefined
  customer?: string | undefined
  transaction?: string | undefined
  /** ISO 8601. */
  start?: string | undefined
  end?: string | undefined
  cursor?: string | undefined
}

const EVENT_TYPES: EventType[] = [...TYPES.map(({ value }) => value), 'ping']

/** An address may be typed by hand: what it can't mean is left out. */
export function parseWebhookSearch(search: Record<string, unknown>): WebhookSearch {
  // The router reads "123" of an address as a number.
  const text = (name: string): string | undefined => {
    const value = search[name]
    if (typeof value === 'number') return String(value)
    return typeof value === 'string' && value !== '' ? value.slice(0, 2_000) : undefined
  }
  const oneOf = <T extends string>(name: string, all: readonly T[]): T | undefined =>
    all.find((each) => each === search[name])
  const date = (name: string): string | undefined => {
    const value = text(name)
    return value === undefined || Number.isNaN(Date.parse(value)) ? undefined : value
  }
  return {
    tab: oneOf('tab', TABS),
    state: oneOf(
      'state',
      STATES.map(({ value }) => value),
    ),
    type: oneOf('type', EVENT_TYPES),
    event: text('event'),
    customer: text('customer'),
    transaction: text('transaction'),
    start: date('start'),
    end: date('end'),
    cursor: text('cursor'),
  }
}

export const PAGE_SIZE = 25

export function toDeliveryQuery(search: WebhookSearch): DeliveryQuery {
  return {
    state: search.state,
    event_type: search.type,
    event_id: search.event,
    customer_id: search.customer,
    transaction_id: search.transaction,
    start_date: search.start,
    end_date: search.end,
    cursor: search.cursor,
    page_size: PAGE_SIZE,
  }
}
