import { idPattern, newId } from '../../kernel/id.ts'
import { idOfKey, keyOfId } from '../../kernel/key.ts'
import type { Vault } from '../../kernel/vault.ts'
import type { LineItem } from '../../orders/order.ts'
import { SEGMENT_NAMES } from '../../organizations/organization.ts'
import type { SegmentName } from '../../organizations/organization.ts'

/** The row of what an order owes a publisher. */
export interface Transaction {
  id: string
  publisher: number
  merchant: number
  order_key: string
  /** The key of the publisher's customer who clicked; null for nobody, and once they are erased. */
  customer: string | null
  currency: string
  country: string | null
  /** Null where the merchant told no segments when the order came: its default rates are paid. */
  segment: SegmentName | null
  /** The version that was in force at the purchase; null where none was. */
  rate_card: string | null
  rate_version: number | null
  /** In the currency's smallest unit: what the commissions add up to. */
  amount: number
  /**
   * One a line of the order, in its order, and behind them one for what of the total no line is for, if
   * there is any; of the whole order where it has no lines.
   */
  commissions: number[]
  /** What each is paid on; they add up to the order's total. Null in rows of before this was kept. */
  bases: number[] | null
  blob: Uint8Array
  attributed_at: Date
  finalize_at: Date
  /** When the publisher was told that it is validated; it is so from `finalize_at` on. */
  validated_at: Date | null
  declined_at: Date | null
  created_at: Date
  modified_at: Date
  /** How many entries its ledger has. */
  entries: number
  event_sequence: number
  version: number
}

/** What a publisher sees of the order. */
export interface OrderView {
  total: number
  currency: string
  /** RFC 3339. */
  purchased: string
  line_items: LineItem[]
  customer_order_id: string | null
  partner_order_channel: 'app' | 'webview' | null
}

/** What is encrypted in a transaction's row. */
export interface TransactionContent {
  btn_ref: string
  /** The publisher's own id of its customer. */
  publisher_customer_id: string | null
  pub_ref: string | null
  /**
   * The order as it was when it ceased to be owed for under this transaction: what it became after
   * that may be another publisher's business. Null while the order tells.
   */
  order: OrderView | null
}

/** What an order is paid as; `none` where the merchant told no segments when it came. */
export const PAID_SEGMENTS = [...SEGMENT_NAMES, 'none'] as const
export type PaidSegment = (typeof PAID_SEGMENTS)[number]

export const TRANSACTION_STATUSES = ['pending', 'validated', 'declined'] as const
export type TransactionStatus = (typeof TRANSACTION_STATUSES)[number]

/** Derived from the dates, so that a transaction is final to the moment without anybody's doing. */
export function transactionStatus(
  { declined_at, finalize_at }: Pick<Transaction, 'declined_at' | 'finalize_at'>,
  now: Date,
): TransactionStatus {
  if (declined_at !== null) return 'declined'
  return finalize_at <= now ? 'validated' : 'pending'
}

export function newTransactionKey(publisher: number): string {
  return keyOfId(publisher, newId('tx'))
}

/** `tx-…`, as the publisher knows it. */
export function transactionId(key: string): string {
  return idOfKey('tx', key)
}

const TRANSACTION_ID = idPattern('tx')

/** The key under which the publisher's transaction would be kept; undefined for what is no id. */
export function keyOfTransactionId(publisher: number, id: string): string | undefined {
  return TRANSACTION_ID.test(id) ? keyOfId(publisher, id) : undefined
}

export function encryptTransaction(vault: Vault, key: string, content: TransactionContent): Buffer {
  return vault.encrypt(`transactions/${key}`, content)
}

export function decryptTransaction(
  vault: Vault,
  { id, blob }: Pick<Transaction, 'id' | 'blob'>,
): TransactionContent {
  return vault.decrypt<TransactionContent>(`transactions/${id}`, blob)
}
