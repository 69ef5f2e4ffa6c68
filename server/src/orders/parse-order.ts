import { MAX_IDENTIFIERS, readAdvertisingId, readIdentifiers } from '../customers/identifier.ts'
import type { Identifier } from '../customers/identifier.ts'
import { readDate, readInstant } from '../kernel/date-field.ts'
import { invalidField } from '../kernel/problem.ts'
import { readCurrency, readDecimal, readMinor } from './money.ts'
import type { LineItem, OrderCustomer, OrderDocument } from './order.ts'
import type { OrderBody, OrderChangeBody } from './order-schema.ts'

const DAY_MS = 86_400_000
// A purchase is reported after it happened; a day covers clocks and time zones that are off.
const MAX_FUTURE_MS = DAY_MS

const BTN_REF = /^[A-Za-z0-9._~-]+$/
const CUSTOMER_ID = /^[\x21-\x7E]+$/

/** Checks and normalises a reported order; a 400 names the field. */
export function readOrder(body: OrderBody, now: Date): OrderDocument {
  if (body.order_id.startsWith('btnorder-')) {
    throw invalidField('order_id', 'order_id must not start with btnorder-; that marks our ids')
  }
  const currency = readCurrency(body.currency)
  const readAmount = (value: number | string, field: string): number =>
    body.total_as_decimal ? readDecimal(value, currency, field) : readMinor(value, field)
  const total = readAmount(body.total, 'total')
  if (total < 0) throw invalidField('total', 'total must not be negative')
  const purchase = readInstant(body.purchase_date, 'purchase_date')
  if (purchase !== null && purchase.getTime() > now.getTime() + MAX_FUTURE_MS) {
    throw invalidField('purchase_date', 'purchase_date is in the future')
  }
  const country = readCountry(body.country)
  return {
    order_id: body.order_id,
    total,
    currency,
    purchase_date: purchase?.toISOString() ?? null,
    finalization_date: readDate(body.finalization_date, 'finalization_date'),
    btn_ref: readBtnRef(body.btn_ref),
    customer: readCustomer(body.customer ?? null),
    customer_order_id: body.customer_order_id ?? null,
    advertising_id:
      body.advertising_id == null
        ? null
        : (readAdvertisingId(body.advertising_id, 'advertising_id') ?? null),
    ...(country !== null && { country }),
    partner_order_channel: body.partner_order_channel ?? null,
    line_items: readLineItems(body.line_items ?? [], readAmount),
  }
}

/** The order with the change's members in place of its own; `line_items` as a whole. */
export function mergeOrder(
  before: OrderDocument,
  change: OrderChangeBody,
  now: Date,
): OrderDocument {
  if (change.order_id !== undefined && change.order_id !== before.order_id) {
    throw invalidField('order_id', 'order_id of an order cannot be changed')
  }
  if (change.currency !== undefined && change.total === undefined) {
    const isSame = readCurrency(change.currency) === before.currency
    if (!isSame) throw invalidField('total', 'total is required when the currency changes')
  }
  const { total_as_decimal: isDecimal, ...members } = change
  // The stored amounts are integers; those of a decimal change are read with the new ones' rule.
  const currency = readCurrency(change.currency ?? before.currency)
  const amountOf = (value: number | string, field: string): number =>
    isDecimal ? readDecimal(value, currency, field) : readMinor(value, field)
  const total = change.total === undefined ? before.total : amountOf(change.total, 'total')
  const body = { ...before, ...members, currency, total, line_items: [] }
  const merged = readOrder(body as OrderBody, now)
  const lineItems =
    change.line_items === undefined
      ? before.line_items
      : readLineItems(change.line_items ?? [], amountOf)
  return { ...merged, line_items: lineItems }
}

/** Everything in the order that tells its customer, each once. */
export function identifiersOfOrder({ customer, advertising_id }: OrderDocument): Identifier[] {
  const identifiers = [
    ...readIdentifiers({
      email_sha256: customer?.email_sha256 ?? null,
      emails_sha256: customer?.emails_sha256 ?? [],
      advertising_id: customer?.device_id ?? null,
    }),
    ...readIdentifiers({ advertising_id }),
  ]
  return [...new Map(identifiers.map((each) => [`${each.kind} ${each.value}`, each])).values()]
}

function readBtnRef(text: string | null | undefined): string | null {
  if (text == null || text === '') return null
  if (BTN_REF.test(text)) return text
  throw invalidField(
    'btn_ref',
    'btn_ref must be of URL-safe characters: letters, digits and . _ ~ -',
  )
}

function readCountry(text: string | null | undefined): string | null {
  if (text == null) return null
  const country = text.toUpperCase()
  if (/^[A-Z]{2}$/.test(country)) return country
  throw invalidField('country', 'country must be an ISO 3166 code of two letters such as US')
}

function readCustomer(customer: OrderBody['customer']): OrderCustomer | null {
  if (customer == null) return null
  const id = customer.id ?? null
  if (id !== null && !CUSTOMER_ID.test(id)) {
    throw invalidField(
      'customer.id',
      'customer.id must be 1 to 255 characters of ASCII 0x21 to 0x7E',
    )
  }
  const read = (reported: Parameters<typeof readIdentifiers>[0]): string[] =>
    readIdentifiers(reported, 'customer.').map((identifier) => identifier.value)
  const emails = read({ emails_sha256: customer.emails_sha256 ?? [] })
  const [email = null] = read({ email_sha256: customer.email_sha256 ?? null })
  const deviceId =
    customer.device_id == null
      ? null
      : (readAdvertisingId(customer.device_id, 'customer.device_id') ?? null)
  const all = new Set([...emails, ...(email === null ? [] : [email])])
  if (all.size + (deviceId === null ? 0 : 1) > MAX_IDENTIFIERS) {
    throw invalidField('customer.emails_sha256', `customer: at most ${MAX_IDENTIFIERS} identifiers`)
  }
  return {
    id,
    email_sha256: email,
    emails_sha256: emails.sort(),
    device_id: deviceId,
    is_new: customer.is_new ?? customer.is_new_user ?? null,
  }
}

function readLineItems(
  items: NonNullable<OrderBody['line_items']>,
  readAmount: (value: number | string, field: string) => number,
): LineItem[] {
  const seen = new Set<string>()
  let whole = 0
  return items.map((item, index) => {
    const field = `line_items[${index}]`
    if (seen.has(item.identifier)) {
      throw invalidField(`${field}.identifier`, `${field}.identifier occurs twice in the order`)
    }
    seen.add(item.identifier)
    const quantity = item.quantity ?? 1
    const amount = item.amount === undefined ? null : readAmount(item.amount, `${field}.amount`)
    const total =
      item.total === undefined
        ? (amount ?? Number.NaN) * quantity
        : readAmount(item.total, `${field}.total`)
    if (!Number.isSafeInteger(total)) {
      throw invalidField(`${field}.total`, `${field}.total is required, or amount in its place`)
    }
    whole += Math.abs(total)
    if (!Number.isSafeInteger(whole)) {
      throw invalidField(`${field}.total`, `the totals of line_items add up to more than 2^53`)
    }
    return {
      identifier: item.identifier,
      total,
      amount,
      quantity,
      description: item.description ?? null,
      sku: item.sku ?? null,
      upc: item.upc ?? null,
      gtin: item.gtin ?? null,
      category: item.category ?? [],
      attributes: Object.fromEntries(
        Object.entries(item.attributes ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    }
  })
}
