import { fetchPage, objectOf } from './answer.ts'
import type { Page, PageQuery } from './answer.ts'
import type { Segment } from './customer.ts'
import type { Send } from './send.ts'
import type { LedgerEntry, Transaction } from './transaction.ts'
import type { DecidedBy, QuoteOutcome, VerdictPolicy } from './verdict-terms.ts'

/** What an order owes a publisher, or owed last, in the currency's smallest unit. */
export interface Commission {
  /** `tx-…`: what it is for the publisher, and for you under `transactions`. */
  transaction_id: string
  /** `org-…` */
  publisher_id: string
  status: Transaction['status']
  amount: number
  /** ISO 4217. */
  currency: string
  /** Which version of which card; null where you had none for this publisher. */
  rate_card_id: string | null
  rate_card_version: number | null
  /**
   * What each line pays, and behind them what of the total no line is for; of the whole order where it has
   * no lines. They add up to `amount`.
   */
  line_commissions: number[]
  /** What each is paid on: together the order's total. Null where it was not kept yet. */
  line_bases: number[] | null
  /** The latest 500 changes of the amount, oldest first. */
  ledger: LedgerEntry[]
}

/** An earlier purchase, and what told that it was this person's. */
export interface Evidence {
  /** What told the customer. */
  matched: 'customer_id' | 'email_sha256' | 'advertising_id' | (string & {})
  /** Whose customer it was known of: your own, or the one that a publisher sent. */
  through: 'merchant' | 'publisher' | (string & {})
  /** `import`: a file of yours said that the customer had purchased. */
  source: 'order' | 'import' | (string & {})
  /** The earlier order, where that is the source. */
  button_order_id?: string
  /** The import, where that is the source, and what its file said of the purchases. */
  import_id?: string
  first_purchase_date?: string | null
  last_purchase_date?: string | null
  /**
   * When the earlier order was accepted, or the file imported; of later evidence, when the identifier that
   * matched was reported, if that was later.
   */
  known_date: string
}

/** Evidence that was taken back after an order had been judged; the verdict stays. */
export interface EvidenceWithdrawal {
  date: string
  /** How: by a change or cancellation of the earlier order, of the import or of the customer. */
  cause: 'order' | 'order-deleted' | 'import' | 'customer' | 'erasure' | (string & {})
  /** Whether the verdict rests on it; else it had become known only after the click. */
  counted: boolean
}

/** What an order is paid as, and why: taken when it was accepted, and never changed. */
export interface Verdict {
  button_order_id: string
  order_id: string
  /** What the order is paid as. */
  segment: Segment['name']
  /** What held before the order, as the network judged. */
  judged: Segment['name']
  /** What you said: whether the customer was new; null: nothing. */
  claimed_new: boolean | null
  policy: VerdictPolicy
  decided_by: DecidedBy
  judged_date: string
  /** Why it was judged `active`; null for `new`. */
  evidence:
    | (Evidence & {
        /**
         * True: it became known after the click, and counts because it came through the same publisher, which
         * is paid for a new customer by it.
         */
        same_publisher?: boolean
      })
    | null
  /** What became known only after the click, and so did not count; absent where there is nothing. */
  later_evidence?: Evidence & {
    /** When the link was followed that the order came from. */
    clicked_date: string
  }
  /** Absent where no evidence was taken back after the order had been judged. */
  evidence_withdrawn?: EvidenceWithdrawal
  /** How much you had told then; numbers are of identifiers. Null for orders from before this was kept. */
  known: {
    /** Whether you had reported the customer before; null for an order of nobody. */
    customer: boolean | null
    email_sha256: number
    advertising_id: number
  } | null
  /** What a publisher had promised the customer. */
  quote: {
    segment: Segment['name']
    /** When the segment was looked at. */
    date: string
    expires: string
    outcome: QuoteOutcome
  } | null
  /** Null where the order never came from a publisher. */
  commission: Commission | null
}

/**
 * An order of which you said otherwise than the network judged, or one that came from a publisher and whose
 * evidence was taken back. One that is both is there twice.
 */
export interface VerdictConflict {
  button_order_id: string
  order_id: string
  /** Null: you said nothing, and the conflict is in the evidence. */
  claimed_new: boolean | null
  judged: Segment['name']
  /** What it is paid as. */
  segment: Segment['name']
  policy: VerdictPolicy
  judged_date: string
  /** Only where evidence was taken back. */
  evidence_withdrawn?: EvidenceWithdrawal
}

/** How many of them there are. */
export interface VerdictConflictCount {
  /** All; those that are in neither of the others had evidence taken back. */
  conflicts: number
  /** Of those: you said new, and they were judged active. */
  claimed_new: number
  /** Of those: you said active, and they were judged new. */
  claimed_active: number
}

/** When they came to be conflicts, RFC 3339: the order was judged, or the evidence taken back. */
export interface VerdictConflictPeriod {
  /** Inclusive. */
  start?: string | undefined
  /** Exclusive. */
  end?: string | undefined
}

/** A transaction of yours whose order lost evidence after it was judged. */
export interface PublisherVerdictConflict {
  /** `tx-…` */
  transaction_id: string
  button_order_id: string
  /** The merchant, `org-…`. */
  commerce_organization: string
  /** What held before the order, as the network judged. */
  judged: Segment['name']
  /** What it is paid as. */
  segment: Segment['name']
  /** YYYY-MM-DD. */
  judged_date: string
  evidence_withdrawn: {
    /** Whether the verdict rests on it; else it had become known only after the click. */
    counted: boolean
    source: 'order' | 'import' | (string & {})
  }
}

/** What merchants and publishers disagree about, or might. */
export interface VerdictConflictCalls {
  /** For publishers: transactions whose orders lost evidence after they were judged, newest first. */
  listMine(query?: PageQuery): Promise<Page<PublisherVerdictConflict>>
  /** For merchants: newest first. */
  list(query?: VerdictConflictPeriod & PageQuery): Promise<Page<VerdictConflict>>
  /** For merchants. */
  count(query?: VerdictConflictPeriod): Promise<VerdictConflictCount>
}

const CONFLICTS_PATH = '/v1/verdict-conflicts'
const PUBLISHER_PATH = '/v1/affiliation/verdict-conflicts'

export function createVerdictConflictCalls(send: Send): VerdictConflictCalls {
  return {
    listMine: async (query) => fetchPage(send, PUBLISHER_PATH, { ...query }),
    list: async (query) => fetchPage(send, CONFLICTS_PATH, { ...query }),
    count: async (query) =>
      objectOf(await send({ method: 'GET', path: `${CONFLICTS_PATH}/count`, query: { ...query } })),
  }
}
