import { newId } from '../kernel/id.ts'
import type { Vault } from '../kernel/vault.ts'
import type { Organization } from '../organizations/organization.ts'
import { finalizationOf } from './finalization.ts'
import { decide, judgeQuote } from './decide.ts'
import type { Judgement } from './judge.ts'
import type { OrderOfCustomer } from './order-customer.ts'
import type { Attribution } from './attribution.ts'
import { minorDigits } from './money.ts'
import { btnRefKey, encryptOrder } from './order.ts'
import type { KnownIdentifiers, Order, OrderDocument, UsedQuote } from './order.ts'

/** A report of an order, parsed, keyed and sealed: what the database is asked about. */
export interface PreparedOrder extends OrderOfCustomer {
  organization: Organization
  /** The merchant's number. */
  merchant: number
  content: Buffer
  isTest: boolean
}

/** An order that the database does not have yet, and the click that it came from. */
export interface AttributedOrder extends PreparedOrder {
  attribution: Attribution | null
}

/** An order with its verdict and what that rests on. */
export interface JudgedOrder extends AttributedOrder {
  /** Undefined for an order that nothing is known of: it is new. */
  judgement: Judgement | undefined
  known: KnownIdentifiers | null
  /** Whether the order got the quote it came with. */
  hasQuote: boolean
}

const NEW: Judgement = {
  segment: 'new',
  evidence: null,
  later: null,
  activeSince: null,
  knownSince: null,
}

/** The row of a new order, which owes nothing yet. */
export function toRow(vault: Vault, judged: JudgedOrder, at: Date): Order {
  const { document, organization, merchant, key, customer, known } = judged
  const dates = datesOf(document, organization, at)
  const { judgement = NEW } = judged
  return {
    id: key,
    button_id: newId('btnorder'),
    merchant,
    customer: customer?.key ?? null,
    counted_at: null,
    content: judged.content,
    total: document.total,
    currency: document.currency,
    decimals: minorDigits(document.currency),
    btn_ref: document.btn_ref === null ? null : btnRefKey(vault, organization, document.btn_ref),
    is_test: judged.isTest,
    blob: encryptOrder(vault, key, document),
    verdict: judgement.segment,
    evidence: judgement.evidence,
    evidence_policy: organization.evidencePolicy,
    clicked_at: judged.attribution?.clickedAt ?? null,
    later_evidence: judgement.later,
    known_since: judgement.knownSince,
    ...decideSegment(judged, dates.purchased_at),
    known,
    transaction: null,
    version: 0,
    ...dates,
    created_at: at,
    listed_at: null,
    modified_at: at,
    deleted_at: null,
  }
}

function decideSegment(
  { organization, document, attribution, judgement = NEW, hasQuote }: JudgedOrder,
  purchasedAt: Date,
): Pick<Order, 'segment' | 'policy' | 'claim' | 'quote'> {
  const policy = organization.verdictPolicy
  const claim = document.customer?.is_new ?? null
  const decided = decide({ judged: judgement.segment, policy, claim })
  const promise = attribution?.content.quote ?? null
  if (!promise) return { segment: decided, policy, claim, quote: null }
  const { activeSince } = judgement
  const outcome = judgeQuote(decided, {
    quote: promise,
    purchasedAt,
    activeSince,
    isUsed: !hasQuote,
  })
  const quote: UsedQuote = { ...promise, outcome }
  return { segment: outcome === 'kept' ? promise.segment : decided, policy, claim, quote }
}

/**
 * When the order was placed and when it becomes final. Days are counted from its acceptance, not
 * from its purchase: an order that is reported late can still be corrected.
 */
export function datesOf(
  document: OrderDocument,
  merchant: Organization,
  accepted: Date,
): { purchased_at: Date; finalize_at: Date } {
  const { purchase_date, finalization_date } = document
  return {
    purchased_at: purchase_date === null ? accepted : new Date(purchase_date),
    finalize_at: finalizationOf(finalization_date, merchant, accepted),
  }
}
