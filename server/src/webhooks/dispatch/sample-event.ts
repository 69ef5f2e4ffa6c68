import type { SubscribableType, TransactionEventType } from '../../events/event.ts'
import { DAY_MS } from '../../kernel/durations.ts'

const FINALIZATION_DAYS = 30

const BOOKSHOP = 'org-00000000000000b0'
const CASHBACK = 'org-00000000000000ca'
const NEW = { id: 'segment-00000000000000e0', name: 'new' }
const ACTIVE = { id: 'segment-00000000000000ac', name: 'active' }

/**
 * What an event of the type carries beside its envelope, made up: with exactly the members of a real
 * one, and with ids that nobody has. Test events send it, and the documentation shows it.
 */
export function sampleMembers(type: SubscribableType, at: Date): object {
  if (type === 'segment-change') return sampleChange(at)
  if (type === 'endpoint-paused') return samplePause(at)
  return { type, timestamp: at.toISOString(), data: sampleTransaction(type, at) }
}

function sampleChange(at: Date) {
  const members = {
    type: 'segment-change',
    customer_id: 'customer-123',
    segments: {
      previous: [{ id: NEW.id, organization_id: BOOKSHOP, name: NEW.name }],
      current: [{ id: ACTIVE.id, organization_id: BOOKSHOP, name: ACTIVE.name }],
    },
    timestamp: at.toISOString(),
    sequence: 1,
    cause: 'order',
  }
  return { ...members, data: members }
}

function samplePause(at: Date) {
  return {
    type: 'endpoint-paused',
    timestamp: at.toISOString(),
    sequence: 1,
    data: {
      endpoint_id: 'endpoint-00000000000000e1',
      url: 'https://cashback.example/hooks',
      reason: 'failures',
      failing: 12,
      attempted: 100,
      status: 503,
      error: null,
      paused_date: at.toISOString(),
    },
  }
}

const STATUSES = {
  'tx-pending': 'pending',
  'tx-validated': 'validated',
  'tx-declined': 'declined',
} as const satisfies Record<TransactionEventType, string>

function sampleTransaction(type: TransactionEventType, at: Date) {
  const isPending = type === 'tx-pending'
  const amount = type === 'tx-declined' ? 0 : 229
  // A transaction becomes final long after its order; as it becomes pending it is new.
  const ordered = isPending ? at : new Date(at.getTime() - FINALIZATION_DAYS * DAY_MS)
  const date = ordered.toISOString()
  return {
    id: 'tx-00000000000000a1',
    status: STATUSES[type],
    category: 'new-user-order',
    created_date: date,
    modified_date: at.toISOString(),
    validated_date: type === 'tx-validated' ? at.toISOString() : null,
    attribution_date: date,
    event_date: date,
    order_purchased_date: date,
    amount,
    currency: 'USD',
    order_total: 2299,
    order_currency: 'USD',
    order_line_items: [sampleLine(amount)],
    order_click_channel: null,
    btn_ref: 'srctok-00000000000000a2',
    pub_ref: null,
    button_id: 'static',
    button_order_id: 'btnorder-00000000000000a3',
    order_id: null,
    customer_order_id: null,
    account_id: 'acc-00000000000000a4',
    rate_card_id: 'ratecard-00000000000000a5',
    campaign_id: null,
    publisher_organization: CASHBACK,
    publisher_organization_name: 'Cashback',
    commerce_organization: BOOKSHOP,
    commerce_organization_name: 'Bookshop',
    publisher_customer_id: 'customer-123',
    advertising_id: null,
    country: null,
    customer_segment: NEW,
    verdict: {
      segment: 'new',
      judged: 'new',
      policy: 'network',
      decided_by: 'network',
      judged_date: date.slice(0, 'YYYY-MM-DD'.length),
      evidence: null,
      quote: null,
    },
  }
}

function sampleLine(commission: number) {
  return {
    identifier: 'book-1',
    total: 2299,
    amount: 2299,
    quantity: 1,
    publisher_commission: commission,
    commission_base: 2299,
    sku: null,
    gtin: null,
    category: 'Books',
    subcategory1: null,
    subcategory2: null,
    description: null,
    attributes: {},
  }
}
