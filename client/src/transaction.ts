import { fetchPage, objectOf } from './answer.ts'
import type { Page, PageQuery } from './answer.ts'
import type { Segment } from './customer.ts'
import { pathTo } from './path.ts'
import type { Send } from './send.ts'
import type { DecidedBy, QuoteOutcome, VerdictPolicy } from './verdict-terms.ts'

/** A line of the order, with what it pays. Amounts are in the currency's smallest unit. */
export interface TransactionLineItem {
  identifier: string
  /** Of the whole line; zero and negative lines occur. */
  total: number
  /** Of one piece; truncated where only the whole line was reported. */
  amount: number
  quantity: number
  /** What the line pays you; below zero for a line that takes back. */
  publisher_commission: number
  /** What of the order's total the line pays you on; the lines' together are `order_total`. */
  commission_base: number
  sku: string | null
  gtin: string | null
  /** The widest category of the line, and the two next narrower ones. */
  category: string | null
  subcategory1: string | null
  subcategory2: string | null
  description: string | null
  attributes: Record<string, string>
}

/** Why an order is paid as it is. Dates are days, `YYYY-MM-DD`. */
export interface TransactionVerdict {
  /** What the order is paid as. */
  segment: Segment['name']
  /** What held before the order, as the network judged. */
  judged: Segment['name']
  /** Who decides what is paid: the merchant's choice. */
  policy: VerdictPolicy
  decided_by: DecidedBy
  judged_date: string
  /** Why it was judged `active`; null for `new`. `known_date`: when that became known. */
  evidence: { source: 'order' | 'import' | (string & {}); known_date: string } | null
  /** What became known only after the click, and so did not count; absent where there is nothing. */
  later_evidence?: { source: 'order' | 'import' | (string & {}) }
  /** What became of the quote that the link was made with. */
  quote: { outcome: QuoteOutcome } | null
}

/** What a merchant owes you for an order. Dates are RFC 3339, UTC, milliseconds. */
export interface Transaction {
  /** `tx-…` */
  id: string
  /** `pending` can still change; `validated` and `declined` are final. */
  status: 'pending' | 'validated' | 'declined'
  category: 'new-user-order'
  created_date: string
  modified_date: string
  validated_date: string | null
  /** When the link was followed. */
  attribution_date: string
  /** When the order was reported. */
  event_date: string
  order_purchased_date: string
  /** What you are owed, in the currency's smallest unit: the lines' commissions together. */
  amount: number
  /** ISO 4217. */
  currency: string
  order_total: number
  order_currency: string
  order_line_items: TransactionLineItem[]
  order_click_channel: 'app' | 'webview' | (string & {}) | null
  btn_ref: string
  /** What your link carried; null to merchants. */
  pub_ref: string | null
  button_id: 'static'
  /** `btnorder-…` */
  button_order_id: string
  /** The merchant's own number, told to the merchant alone. */
  order_id: string | null
  customer_order_id: string | null
  account_id: string
  /** `ratecard-…`; null where the merchant had none for you. */
  rate_card_id: string | null
  campaign_id: null
  /** You, and the merchant. */
  publisher_organization: string
  publisher_organization_name: string
  commerce_organization: string
  commerce_organization_name: string
  /** Your own id of the customer who followed the link; null where it named nobody, once erased, and to merchants. */
  publisher_customer_id: string | null
  advertising_id: null
  /** ISO 3166 alpha-2. */
  country: string | null
  /** What the order is paid as; this and `verdict` are null where the merchant told no segments. */
  customer_segment: Pick<Segment, 'id' | 'name'> | null
  verdict: TransactionVerdict | null
}

/** One change of a transaction's amount, in the currency's smallest unit. */
export interface LedgerEntry {
  /** From 1, without gaps. */
  number: number
  date: string
  /** What was added; below zero where it was taken back. */
  amount: number
  /** The transaction's amount after it. */
  balance: number
  cause: 'order' | 'order-updated' | 'order-deleted' | (string & {})
  /** What is paid on from then on; null where nothing is any more. */
  order_total: number | null
  /** What the order's lines add up to; null where it has none. */
  line_items_total: number | null
}

/** What a list of transactions is narrowed to. */
export interface TransactionFilters {
  /** RFC 3339, inclusive. */
  start?: string | undefined
  /** RFC 3339, exclusive. */
  end?: string | undefined
  /**
   * What `start`, `end` and the order are about; `created_date` unless given. By `modified_date` the
   * list begins with the oldest change, otherwise with the newest. By these two what is added is never
   * before what was listed already: to read on later, begin at the last date that you saw. By
   * `attribution_date` the list cannot be followed: an order may be reported weeks after its click.
   */
  time_field?: 'created_date' | 'modified_date' | 'attribution_date' | undefined
  /** ISO 3166 alpha-2. Where it is rare a page may be short, and even empty, and another follow. */
  country?: string | undefined
  /** As they are now. */
  status?: Transaction['status'] | undefined
  /** ISO 4217. */
  currency?: string | undefined
  /** What the order is paid as; `none` where the merchant told no segments. */
  segment?: Segment['name'] | 'none' | undefined
  /** For publishers: only what this merchant owes. */
  merchant_id?: string | undefined
  /** For merchants: only what is owed to this one. */
  publisher_id?: string | undefined
  /** For publishers: only of this customer, your own id. */
  customer_id?: string | undefined
}

export type TransactionQuery = TransactionFilters & PageQuery

/** What transactions of one currency, status and segment add up to. */
export interface TransactionSum {
  /** ISO 4217. Amounts of several are never added. */
  currency: string
  status: Transaction['status']
  /** Null where the merchant told no segments. */
  segment: Segment['name'] | null
  /** How many. */
  transactions: number
  /** In the currency's smallest unit. */
  amount: number
}

export interface TransactionSums {
  sums: TransactionSum[]
  /** Null where all is in the sums; else only those from this time on are, for there are too many. */
  looked_from_date: string | null
}

/** What you are owed; for merchants, what they owe. Errors: 404 `NotFound` for one that isn't yours. */
export interface TransactionCalls {
  /** In whatever currency; for one see `accounts.transactions`. */
  list(query?: TransactionQuery): Promise<Page<Transaction>>
  /** What the list adds up to, of its newest 100,000. Errors: 400 where a sum is beyond 2^53. */
  sums(filters?: TransactionFilters): Promise<TransactionSums>
  get(id: string): Promise<Transaction>
  /** Every change of the amount, oldest first: they add up to it. */
  ledger(id: string, query?: PageQuery): Promise<Page<LedgerEntry>>
  /** Why it is paid as it is; null where the merchant told no segments when the order came. */
  verdict(id: string): Promise<TransactionVerdict | null>
}

const TRANSACTIONS_PATH = '/v1/affiliation/transactions'

export function createTransactionCalls(send: Send): TransactionCalls {
  const get = async <T>(path: string): Promise<T> => objectOf(await send({ method: 'GET', path }))
  return {
    list: async (query) => fetchPage(send, TRANSACTIONS_PATH, { ...query }),
    sums: async (filters) =>
      objectOf(
        await send({ method: 'GET', path: `${TRANSACTIONS_PATH}/sums`, query: { ...filters } }),
      ),
    get: async (id) => get(pathTo(TRANSACTIONS_PATH, id)),
    ledger: async (id, query) =>
      fetchPage(send, pathTo(TRANSACTIONS_PATH, id, 'ledger'), { ...query }),
    verdict: async (id) => get(pathTo(TRANSACTIONS_PATH, id, 'verdict')),
  }
}
