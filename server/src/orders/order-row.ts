import { newId } from '../kernel/id.ts'
import type { Vault } from '../kernel/vault.ts'
import type { Organization } from '../organizations/organization.ts'
import { finalizationOf } from './finalization.ts'
import { decide, judgeQuote } from './decide.ts'
import type { Judgement } from './judge.ts'
import type { ToJudge } from './judge-orders.ts'
import { btnRefKey, encryptOrder } from './order.ts'
import type { Known, Order, OrderDocument, UsedQuote } from './order.ts'

/** An order that the database does not have yet. */
export interface Fresh extends ToJudge {
  organization: Organization
  content: Buffer
  isTest: boolean
}

const NEW: Judgement = { segment: 'new', evidence: null, activeSince: null }

/** What an order was judged by. */
export interface OrderGrounds {
  /** Undefined for an order that nothing is known of: it is new. */
  judgement: Judgement | undefined
  known: Known | null
  /** The orders that got the quotes they came with. */
  quotes: Set<string>
}

/** The row of a new order. */
export function toRow(vault: Vault, fresh: Fresh, grounds: OrderGrounds, at: Date): Order {
  const { document, organization, merchant, key, customer } = fresh
  const dates = datesOf(document, organization, at)
  const { judgement = NEW, known } = grounds
  return {
    id: key,
    button_id: newId('btnorder'),
    merchant,
    customer: customer?.key ?? null,
    content: fresh.content,
    total: document.total,
    currency: document.currency,
    btn_ref: document.btn_ref === null ? null : btnRefKey(vault, organization, document.btn_ref),
    is_test: fresh.isTest,
    blob: encryptOrder(vault, key, document),
    verdict: judgement.segment,
    evidence: judgement.evidence,
    ...decideFresh(fresh, grounds, dates.purchased_at),
    known,
    transaction: null,
    version: 0,
    ...dates,
    created_at: at,
    modified_at: at,
    deleted_at: null,
  }
}

function decideFresh(
  { key, organization, document, attribution }: Fresh,
  { judgement = NEW, quotes }: OrderGrounds,
  purchasedAt: Date,
): Pick<Order, 'segment' | 'policy' | 'claim' | 'quote'> {
  const policy = organization.verdictPolicy
  const claim = document.customer?.is_new ?? null
  const decided = decide({ judged: judgement.segment, policy, claim })
  const promise = attribution?.content.quote ?? null
  if (!promise) return { segment: decided, policy, claim, quote: null }
  const { activeSince } = judgement
  const isUsed = !quotes.has(key)
  const outcome = judgeQuote(decided, { quote: promise, purchasedAt, activeSince, isUsed })
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
