import type { Static } from 'typebox'
import { StaleRead } from '../../kernel/database/transaction.ts'
import type { Vault } from '../../kernel/vault.ts'
import { textAttributes, unitPrice } from '../../orders/line-item.ts'
import { decryptOrder } from '../../orders/order.ts'
import type { LineItem, Order, OrderDocument } from '../../orders/order.ts'
import type { Directory, Snapshot } from '../../organizations/directory.ts'
import type { Organization, SegmentName } from '../../organizations/organization.ts'
import { accountId, merchantAccountId } from './account.ts'
import { publisherVerdict } from './publisher-verdict.ts'
import { decryptTransaction, transactionId } from './transaction.ts'
import type {
  OrderView,
  Transaction,
  TransactionContent,
  TransactionStatus,
} from './transaction.ts'
import type { TransactionAnswer } from './transaction-schema.ts'

export interface AnswerParts {
  vault: Vault
  directory: Pick<Directory, 'current'>
}

/** A transaction with its order, and what it is at the time that is told of. */
export interface Told {
  transaction: Transaction
  order: Order
  status: TransactionStatus
}

/** What of it is encrypted. */
export interface ToldContent {
  content: TransactionContent
  view: OrderView
}

export function decryptTold(vault: Vault, { transaction, order }: Told): ToldContent {
  const content = decryptTransaction(vault, transaction)
  return { content, view: content.order ?? viewOf(order, decryptOrder(vault, order)) }
}

/**
 * A transaction as its publisher sees it. Throws StaleRead where the copy of the directory is so old that
 * one of the organizations isn't in it yet.
 */
export function answerTransaction(
  { vault, directory }: AnswerParts,
  told: Told,
  { content, view }: ToldContent = decryptTold(vault, told),
): Static<typeof TransactionAnswer> {
  const { transaction, order, status } = told
  const snapshot = directory.current()
  const publisher = organizationOf(snapshot, transaction.publisher)
  const merchant = organizationOf(snapshot, transaction.merchant)
  return {
    id: transactionId(transaction.id),
    status,
    category: 'new-user-order',
    created_date: transaction.created_at.toISOString(),
    modified_date: transaction.modified_at.toISOString(),
    validated_date: status === 'validated' ? transaction.finalize_at.toISOString() : null,
    attribution_date: transaction.attributed_at.toISOString(),
    event_date: order.created_at.toISOString(),
    order_purchased_date: view.purchased,
    amount: transaction.amount,
    currency: transaction.currency,
    order_total: view.total,
    order_currency: view.currency,
    order_line_items: answerLines(view, transaction),
    order_click_channel: view.partner_order_channel,
    btn_ref: content.btn_ref,
    pub_ref: content.pub_ref,
    button_id: 'static',
    button_order_id: order.button_id,
    order_id: null,
    customer_order_id: view.customer_order_id,
    account_id: accountId(vault, publisher, transaction.currency),
    rate_card_id: transaction.rate_card,
    campaign_id: null,
    publisher_organization: publisher.id,
    publisher_organization_name: publisher.name,
    commerce_organization: merchant.id,
    commerce_organization_name: merchant.name,
    publisher_customer_id: content.publisher_customer_id,
    advertising_id: null,
    country: transaction.country,
    customer_segment: segmentOf(snapshot, transaction),
    verdict: publisherVerdict(order, transaction),
  }
}

/**
 * A transaction as the merchant sees it that owes it: with its own number of the order, and without what is
 * the publisher's alone, its customer and its reference.
 */
export function answerOwed(parts: AnswerParts, told: Told): Static<typeof TransactionAnswer> {
  const { vault, directory } = parts
  const { transaction, order } = told
  const snapshot = directory.current()
  const publisher = organizationOf(snapshot, transaction.publisher)
  const merchant = organizationOf(snapshot, transaction.merchant)
  return {
    ...answerTransaction(parts, told),
    order_id: decryptOrder(vault, order).order_id,
    account_id: merchantAccountId(vault, merchant, publisher, transaction.currency),
    publisher_customer_id: null,
    pub_ref: null,
  }
}

/** What a publisher sees of an order. */
export function viewOf(order: Order, document: OrderDocument): OrderView {
  return {
    total: order.total,
    currency: order.currency,
    purchased: order.purchased_at.toISOString(),
    line_items: document.line_items,
    customer_order_id: document.customer_order_id,
    partner_order_channel: document.partner_order_channel,
  }
}

// A line of its own, so that the lines' totals and commissions add up to what the transaction says.
const REST = 'rest-of-total'

/** The order's lines and, where they are less than its total, the rest. */
function answerLines({ total, line_items: lines }: OrderView, { commissions, bases }: Transaction) {
  const paid = (index: number, ofLine: number) => ({
    commission: commissions[index] ?? 0,
    base: bases ? (bases[index] ?? 0) : ofLine,
  })
  const answers = lines.map((line, index) => answerLine(line, paid(index, line.total)))
  if (lines.length === 0 || commissions.length <= lines.length) return answers
  const amount = total - lines.reduce((sum, line) => sum + line.total, 0)
  const rest = { ...NO_LINE, identifier: REST, total: amount, amount }
  return [...answers, answerLine(rest, paid(lines.length, amount))]
}

const NO_LINE: Omit<LineItem, 'identifier' | 'total'> = {
  amount: null,
  quantity: 1,
  description: 'What of the total no line item is for',
  sku: null,
  upc: null,
  gtin: null,
  category: [],
  attributes: {},
}

function answerLine(line: LineItem, paid: { commission: number; base: number }) {
  const { identifier, total, quantity, sku, gtin, upc, category, description } = line
  return {
    identifier,
    total,
    amount: unitPrice(line),
    quantity,
    publisher_commission: paid.commission,
    commission_base: paid.base,
    sku,
    gtin: gtin ?? upc,
    category: category[0] ?? null,
    subcategory1: category[1] ?? null,
    subcategory2: category[2] ?? null,
    description,
    attributes: textAttributes(line),
  }
}

export function organizationOf(snapshot: Snapshot, number: number): Organization {
  const organization = snapshot.byNumber(number)
  if (!organization) throw new StaleRead('the directory')
  return organization
}

function segmentOf(
  snapshot: Snapshot,
  { merchant, segment: name }: Transaction,
): { id: string; name: SegmentName } | null {
  if (name === null) return null
  const segment = snapshot.segment(merchant, name)
  if (!segment) throw new StaleRead('the directory')
  return { id: segment.id, name: segment.name }
}
