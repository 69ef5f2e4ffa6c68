import { ownedKey, toUuid } from '../kernel/key.ts'
import type { Vault } from '../kernel/vault.ts'
import type {
  EvidencePolicy,
  Organization,
  SegmentName,
  VerdictPolicy,
} from '../organizations/organization.ts'
import { DAY_MS } from '../kernel/durations.ts'

/** What a publisher's user was promised: to be paid as this segment, whatever happened in between. */
export interface QuotePromise {
  /** A uuid. A quote is kept for one order. */
  id: string
  segment: SegmentName
  /** When the user's segment was looked at; RFC 3339. */
  at: string
  /** Until when a purchase counts; RFC 3339. */
  expires: string
}

/** An order as reported, normalised: equal reports give equal documents. Names are the wire's. */
export interface OrderDocument {
  order_id: string
  total: number
  currency: string
  /** RFC 3339, or YYYY-MM-DD where only a day was given; null when nothing was, so that a repeat is the same. */
  purchase_date: string | null
  finalization_date: string | null
  btn_ref: string | null
  customer: OrderCustomer | null
  customer_order_id: string | null
  advertising_id: string | null
  /** ISO 3166 alpha-2; absent, and not null, where there is none: old digests go on comparing equal. */
  country?: string
  partner_order_channel: 'app' | 'webview' | null
  line_items: LineItem[]
}

export interface OrderCustomer {
  id: string | null
  email_sha256: string | null
  emails_sha256: string[]
  device_id: string | null
  /** What the merchant believes; recorded to be compared. */
  is_new: boolean | null
}

export interface LineItem {
  identifier: string
  /** The whole line, in the currency's smallest unit; may be negative. */
  total: number
  amount: number | null
  quantity: number
  description: string | null
  sku: string | null
  upc: string | null
  gtin: string | null
  category: string[]
  attributes: Record<string, string | number | boolean | null>
}

/** Why an order's customer was active: what told them, and the purchase that was known of. */
export type Evidence = EvidenceMatch & (OrderEvidence | ImportEvidence)

export interface EvidenceMatch {
  matched: 'customer_id' | 'email_sha256' | 'advertising_id'
  /** The identity that matched; null where the customer's own id did. */
  identity: string | null
  /** Whose customer carried it: the merchant's own, or the one that a publisher sent. */
  through: 'merchant' | 'publisher'
  /**
   * When the purchase became known: the earlier order was accepted, or the row was imported. Of what came after
   * the click, when the identity that matched became the buyer's, if that was later.
   */
  since: string
  /** The key of the merchant's customer whose purchase it is; absent in what was stored before this was kept. */
  buyer?: string
  /** Why it counts; absent in what was stored before this was kept. */
  timing?: EvidenceTiming
}

/**
 * Why evidence counts. `before-click`: it was known before the click that the order came from.
 * `same-publisher`: it was known after it, and is an order through the same publisher that was judged new.
 * `any-time`: the order came from no click, or the policy lets all evidence count. `after-click`: it does not.
 */
export const EVIDENCE_TIMINGS = [
  'before-click',
  'same-publisher',
  'any-time',
  'after-click',
] as const
export type EvidenceTiming = (typeof EVIDENCE_TIMINGS)[number]

interface OrderEvidence {
  source: 'order'
  /** The key of the earlier order. */
  order: string
}

interface ImportEvidence {
  source: 'import'
  /** `import-…` */
  import: string
  /** RFC 3339: what the import said of the purchases, if anything. */
  first_purchase_date: string | null
  last_purchase_date: string | null
}

/**
 * How much the merchant itself had told of an order's buyer when the verdict was taken. How much a publisher
 * has told of them is the publisher's: it is neither kept nor told.
 */
export interface KnownIdentifiers {
  /** Whether the merchant had reported the customer before; null where the order named nobody. */
  customer: boolean | null
  /** How many identifiers the merchant's customer had. */
  email_sha256: number
  advertising_id: number
}

/** A promise that an order came with. */
export interface UsedQuote extends QuotePromise {
  /** Why it was kept, or why not. */
  outcome: 'kept' | 'not-needed' | 'expired' | 'known-before' | 'used-before'
}

/** The segment that held before the order. Stored with it and never computed again. */
export interface Verdict {
  segment: 'new' | 'active'
  evidence: Evidence | null
}

/** The row of an order. */
export interface Order {
  id: string
  button_id: string
  merchant: number
  /** The key of the merchant's customer; null for a nameless order or an erased customer. */
  customer: string | null
  /** Since when it counts for this customer; null: since it was accepted. */
  counted_at: Date | null
  content: Uint8Array
  total: number
  currency: string
  /** Of the currency's smallest unit, as the total was read; null in rows of before this was kept. */
  decimals: number | null
  btn_ref: string | null
  is_test: boolean
  blob: Uint8Array
  verdict: Verdict['segment']
  evidence: Evidence | null
  evidence_policy: EvidencePolicy | null
  /** The click that the verdict goes by; null where it came from none. */
  clicked_at: Date | null
  /** What was known only after the click, and so did not count. */
  later_evidence: Evidence | null
  /** Since when the oldest of all evidence was known, whether it counted or not. */
  known_since: Date | null
  /** What it is paid as: the verdict, unless the policy or a quote says otherwise. */
  segment: SegmentName
  policy: VerdictPolicy
  claim: boolean | null
  known: KnownIdentifiers | null
  quote: UsedQuote | null
  /** The key of what it owes a publisher. */
  transaction: string | null
  version: number
  purchased_at: Date
  finalize_at: Date
  created_at: Date
  /** When it was added to the list of verdict conflicts, where that was later than its verdict. */
  listed_at: Date | null
  modified_at: Date
  deleted_at: Date | null
}

export type OrderStatus = 'open' | 'finalized' | 'deleted'

/** Derived from the dates, so that an order is final to the moment without anybody's doing. */
export function statusOf(order: Pick<Order, 'deleted_at' | 'finalize_at'>, now: Date): OrderStatus {
  if (order.deleted_at !== null) return 'deleted'
  return order.finalize_at <= now ? 'finalized' : 'open'
}

export function orderKey(vault: Vault, merchant: Organization, orderId: string): string {
  return ownedKey(merchant.number, vault.seal('order', merchant.id, orderId))
}

export function btnRefKey(vault: Vault, merchant: Organization, btnRef: string): string {
  return toUuid(vault.seal('btn-ref', merchant.id, btnRef))
}

const TEST_BTN_REF = /^fakesrctok-[0-9a-f]{16}$/

/** A test order moves nobody and pays nothing. */
export function isTest({ btn_ref }: Pick<OrderDocument, 'btn_ref'>): boolean {
  return btn_ref !== null && TEST_BTN_REF.test(btn_ref)
}

export function digestOrder(vault: Vault, merchant: Organization, document: OrderDocument): Buffer {
  // A day alone is sealed as its first instant, as it always was: what was reported then is known again.
  const date = document.purchase_date
  const purchase_date = isDay(date) ? `${date}T00:00:00.000Z` : date
  return vault.seal('content', merchant.id, JSON.stringify({ ...document, purchase_date }))
}

/**
 * When the order was purchased, as far as rates go. Of a day alone, its end counts, or when the order was
 * reported, if that was before: a card that begins today is in force for an order of today.
 */
export function ratedAt(
  { purchased_at: purchasedAt, created_at: createdAt }: Pick<Order, 'purchased_at' | 'created_at'>,
  { purchase_date: date }: Pick<OrderDocument, 'purchase_date'>,
): Date {
  if (!isDay(date)) return purchasedAt
  const dayEnd = purchasedAt.getTime() + DAY_MS - 1
  const reportTime = Math.min(dayEnd, createdAt.getTime())
  return reportTime > purchasedAt.getTime() ? new Date(reportTime) : purchasedAt
}

function isDay(date: string | null): boolean {
  return date !== null && /^\d{4}-\d\d-\d\d$/.test(date)
}

/** What an order's lines add up to; null where it has none. */
export function itemsTotal({
  line_items: lines,
}: Pick<OrderDocument, 'line_items'>): number | null {
  return lines.length === 0 ? null : lines.reduce((sum, { total }) => sum + total, 0)
}

export function encryptOrder(vault: Vault, key: string, document: OrderDocument): Buffer {
  return vault.encrypt(`orders/${key}`, document)
}

export function decryptOrder(
  vault: Vault,
  { id, blob }: Pick<Order, 'id' | 'blob'>,
): OrderDocument {
  return vault.decrypt<OrderDocument>(`orders/${id}`, blob)
}
