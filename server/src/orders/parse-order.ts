import { filled } from '../customers/empty-identifier.ts'
import { MAX_IDENTIFIERS, parseAdvertisingId, parseIdentifiers } from '../customers/identifier.ts'
import type { Identifier } from '../customers/identifier.ts'
import { parseDateField, normalizeDateField } from '../kernel/date-field.ts'
import { invalidField } from '../kernel/problem.ts'
import { parseCurrency, parseDecimal, parseMinor } from './money.ts'
import type { LineItem, OrderCustomer, OrderDocument } from './order.ts'
import type { LineItemBody, OrderBody, OrderChangeBody } from './order-schema.ts'
import { DAY_MS } from '../kernel/durations.ts'

// A purchase is reported after it happened; a day covers clocks and time zones that are off.
const MAX_FUTURE_MS = DAY_MS

const BTN_REF = /^[A-Za-z0-9._~-]+$/
const CUSTOMER_ID = /^[\x21-\x7E]+$/

/** Checks and normalises a reported order; a 400 names the field. */
export function parseOrder(body: OrderBody, now: Date): OrderDocument {
  if (body.order_id.startsWith('btnorder-')) {
    throw invalidField('order_id', 'order_id must not start with btnorder-; that marks our ids')
  }
  const currency = parseCurrency(body.currency)
  return arrange({ order_id: body.order_id, currency, ...parseContent(body, currency, now) })
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
  const currency = currencyAfter(before, change)
  const content = parseContent(change, currency, now)
  // What stays isn't read again: the rules may have changed since it was reported.
  const changed = Object.entries(content).filter(([name]) => Object.hasOwn(change, name))
  return arrange({ ...before, ...Object.fromEntries(changed), currency })
}

function currencyAfter(before: OrderDocument, change: OrderChangeBody): string {
  if (change.currency === undefined || change.currency.toUpperCase() === before.currency) {
    return before.currency
  }
  const currency = parseCurrency(change.currency)
  if (before.line_items.length > 0 && change.line_items === undefined) {
    const message = 'line_items are required when the currency changes: those that are there are in'
    throw invalidField('line_items', `${message} ${before.currency}`)
  }
  if (change.total === undefined) {
    throw invalidField('total', 'total is required when the currency changes')
  }
  return currency
}

type Content = Omit<OrderDocument, 'order_id' | 'currency' | 'country'> & {
  country?: string | null
}

/** What an order or a change of it says; what it doesn't say reads as nothing. */
function parseContent(body: OrderChangeBody, currency: string, now: Date): Content {
  const readAmount = (value: number | string, field: string): number =>
    body.total_as_decimal ? parseDecimal(value, currency, field) : parseMinor(value, field)
  const total = readAmount(body.total ?? 0, 'total')
  if (total < 0) throw invalidField('total', 'total must not be negative')
  const advertisingId = filled(body.advertising_id)
  return {
    total,
    purchase_date: parsePurchaseDate(body.purchase_date, now),
    finalization_date: normalizeDateField(body.finalization_date, 'finalization_date'),
    btn_ref: parseBtnRef(body.btn_ref),
    customer: parseCustomer(body.customer ?? null),
    customer_order_id: body.customer_order_id ?? null,
    advertising_id: advertisingId && (parseAdvertisingId(advertisingId, 'advertising_id') ?? null),
    country: parseCountry(filled(body.country)),
    partner_order_channel: body.partner_order_channel ?? null,
    line_items: parseLineItems(listItems(body), readAmount),
  }
}

/** The members in the order in which they have always been, so that equal documents are sealed alike. */
function arrange({
  country,
  partner_order_channel,
  line_items,
  ...document
}: Content & Pick<OrderDocument, 'order_id' | 'currency'>): OrderDocument {
  return {
    order_id: document.order_id,
    total: document.total,
    currency: document.currency,
    purchase_date: document.purchase_date,
    finalization_date: document.finalization_date,
    btn_ref: document.btn_ref,
    customer: document.customer,
    customer_order_id: document.customer_order_id,
    advertising_id: document.advertising_id,
    ...(country != null && { country }),
    partner_order_channel,
    line_items,
  }
}

/** A day alone stays one. */
function parsePurchaseDate(text: string | null | undefined, now: Date): string | null {
  if (text == null) return null
  const { time, isDay } = parseDateField(text, 'purchase_date')
  if (time > now.getTime() + MAX_FUTURE_MS) {
    throw invalidField('purchase_date', 'purchase_date is in the future')
  }
  return isDay ? text : new Date(time).toISOString()
}

/** The lines that were reported; some languages write an empty list as an empty object. */
export function listItems({ line_items: items }: OrderChangeBody): LineItemBody[] {
  return Array.isArray(items) ? items : []
}

/** Everything in the order that tells its customer, each once. */
export function identifiersOfOrder({ customer, advertising_id }: OrderDocument): Identifier[] {
  const identifiers = [
    ...parseIdentifiers({
      email_sha256: customer?.email_sha256 ?? null,
      emails_sha256: customer?.emails_sha256 ?? [],
      advertising_id: customer?.device_id ?? null,
    }),
    ...parseIdentifiers({ advertising_id }),
  ]
  return [...new Map(identifiers.map((each) => [`${each.kind} ${each.value}`, each])).values()]
}

function parseBtnRef(text: string | null | undefined): string | null {
  if (text == null || text === '') return null
  if (BTN_REF.test(text)) return text
  throw invalidField(
    'btn_ref',
    'btn_ref must be of URL-safe characters: letters, digits and . _ ~ -',
  )
}

function parseCountry(text: string | null): string | null {
  if (text === null) return null
  const country = text.toUpperCase()
  if (/^[A-Z]{2}$/.test(country)) return country
  throw invalidField('country', 'country must be an ISO 3166 code of two letters such as US')
}

function parseCustomer(customer: OrderBody['customer']): OrderCustomer | null {
  if (customer == null) return null
  const id = filled(customer.id)
  if (id !== null && !CUSTOMER_ID.test(id)) {
    throw invalidField(
      'customer.id',
      'customer.id must be 1 to 255 characters of ASCII 0x21 to 0x7E',
    )
  }
  const read = (reported: Parameters<typeof parseIdentifiers>[0]): string[] =>
    parseIdentifiers(reported, 'customer.').map((identifier) => identifier.value)
  const emails = read({ emails_sha256: customer.emails_sha256?.map(filled) ?? null })
  const [email = null] = read({ email_sha256: filled(customer.email_sha256) })
  const device = filled(customer.device_id)
  const deviceId = device && (parseAdvertisingId(device, 'customer.device_id') ?? null)
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

function parseLineItems(
  items: LineItemBody[],
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
      category: listCategories(item.category),
      attributes: Object.fromEntries(
        Object.entries(item.attributes ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    }
  })
}

/** A category alone is one of one level. */
function listCategories(category: LineItemBody['category']): string[] {
  if (typeof category !== 'string') return category ?? []
  return filled(category) === null ? [] : [category]
}
