import type { Customer, CustomerEvent, CustomerStanding, SegmentChangeCause } from './customer.ts'
import type { Order } from './order.ts'
import type { Transaction } from './transaction.ts'

/** What calls and orders, or one import, gave of a customer. */
export interface CustomerSource {
  /** `import-…`; null for what calls and orders gave. */
  import_id: string | null
  /** Since when the import, or one whose place it took, has said so. */
  since_date: string | null
  /** Whether the import says that it has purchased. */
  has_purchased: boolean
  emails_sha256: string[]
  advertising_ids: string[]
  first_purchase_date: string | null
  last_purchase_date: string | null
}

/** An order as it is exported with its customer. */
export interface ExportedOrder {
  order: Order
  /** The customer as the order reported it. */
  customer: {
    id: string | null
    email_sha256: string | null
    emails_sha256: string[]
    device_id: string | null
    is_new: boolean | null
  } | null
  advertising_id: string | null
  /** What held before the order, as the network judged. */
  judged: 'new' | 'active'
  /** What it is paid as. */
  segment: 'new' | 'active'
}

/** An attempt to tell a webhook of one of the customer's events. */
export interface ExportedAttempt {
  request_id: string
  webhook_id: string
  sequence: number
  number: number
  date: string
  outcome: 'acknowledged' | 'refused' | 'failed' | 'expired'
  status: number | null
  error: string | null
  answer: string | null
  replay_id: string | null
}

/** All that is held of a customer. Lists of the other role's are empty. */
export interface CustomerExport {
  customer: Customer
  identifiers: { kind: 'email_sha256' | 'advertising_id'; value: string; since_date: string }[]
  sources: CustomerSource[]
  /** What first made it a buyer, of all that still counts. */
  purchase: {
    known_since_date: string
    button_order_id: string | null
    import_id: string | null
  } | null
  /** YYYY-MM-DD: of a report that changed nothing, or a look at its offers; kept with a retention period. */
  last_sign_day: string | null
  segments: CustomerStanding[]
  /** At merchants whose segments you see; the oldest first. */
  memberships: {
    organization_id: string
    segment: 'active'
    /** Null: before you saw this merchant's segments. */
    entered_date: string | null
    entered_by: SegmentChangeCause | null
    left_date: string | null
    left_by: SegmentChangeCause | null
  }[]
  imports: { id: string; created_date: string }[]
  /** What replacements took away and an undo would give back. */
  removals: { import_id: string; taken_by_import_id: string; sources: CustomerSource[] }[]
  waiting: {
    webhook_id: string
    from_sequence: number
    to_sequence: number
    waiting_since_date: string
  }[]
  replays: { id: string; created_date: string }[]
  events: CustomerEvent[]
  deliveries: ExportedAttempt[]
  orders: ExportedOrder[]
  /** Orders that owe a publisher and were judged by this customer's purchase. */
  evidence_for: { button_order_id: string; created_date: string }[]
  clicks: {
    btn_ref: string
    organization_id: string
    date: string
    pub_ref: string | null
    quote_expires_date: string | null
  }[]
  transactions: Transaction[]
}
