import type { Dice } from '../../crash/dice.ts'
import { emailHash } from '../../support/hash.ts'
import type { WireRate } from './calculator.ts'

/** Chance, as the generated histories need it. */
export function pick<T>(dice: Dice, list: readonly T[]): T {
  return list[dice.whole(list.length)] as T
}

const DIGITS = { USD: 2, JPY: 0, KWD: 3 }
type Currency = keyof typeof DIGITS
const CURRENCIES = Object.keys(DIGITS) as Currency[]
const CATEGORIES = ['tea', 'green tea', 'cups']
const SPELT = ['tea', ' Tea', 'GREEN TEA', 'green tea ', 'cups', 'Cups', 'coffee']
const PERCENTS = ['0', '2', '5.25', '0.0001', '33.3333', '100', 7.5, '12.0000']

/** Rates of a card, no two about the same. */
export function generateRates(dice: Dice): WireRate[] {
  const rates = Array.from({ length: 1 + dice.whole(7) }, (): WireRate => {
    const segment = pick(dice, ['new', 'active', 'default', 'default'] as const)
    const category = pick(dice, [null, null, ...CATEGORIES])
    return dice.chance(0.65)
      ? { segment, category, percent: pick(dice, PERCENTS) }
      : { segment, category, fixed: dice.whole(2_000), currency: pick(dice, CURRENCIES) }
  })
  if (dice.chance(0.7)) rates.push({ segment: 'default', category: null, percent: '2' })
  const subjectOf = ({ segment, category, currency }: WireRate) =>
    JSON.stringify([segment, category, currency ?? null])
  return [...new Map(rates.map((rate) => [subjectOf(rate), rate])).values()]
}

/** Of an order: its currency and what it costs, in the currency's smallest unit. */
export interface Content {
  total: number
  currency: string
  line_items: Line[] | null
}

interface Line {
  identifier: string
  total: number
  category: string[]
}

const TOTALS = [0, 1, 99, 2_299, 2_299, 10_000, 49_999, -1, -50, -2_299, -99_999, 8_000_000_000_001]

export function generateContent(dice: Dice): Content {
  const lines = Array.from({ length: dice.whole(5) }, (_, index) => ({
    identifier: `line-${index}`,
    total: dice.chance(0.5) ? pick(dice, TOTALS) : dice.whole(30_000) - 3_000,
    category: Array.from({ length: dice.whole(4) }, () => pick(dice, SPELT)),
  }))
  return {
    total: dice.whole(50_000),
    currency: pick(dice, CURRENCIES),
    line_items: lines.length === 0 ? null : lines,
  }
}

/** The same as it is sent: now and then in major units. */
export function toBody(dice: Dice, { total, currency, line_items: lines }: Content): object {
  const spelt = dice.chance(0.3) ? currency.toLowerCase() : currency
  if (dice.chance(0.7)) return { total, currency: spelt, line_items: lines }
  const decimal = (minor: number) => toDecimal(minor, DIGITS[currency as Currency])
  return {
    total: decimal(total),
    total_as_decimal: true,
    currency: spelt,
    line_items: lines?.map((line) => ({ ...line, total: decimal(line.total) })) ?? null,
  }
}

function toDecimal(minor: number, digits: number): string {
  const text = String(Math.abs(minor)).padStart(digits + 1, '0')
  const whole = text.slice(0, text.length - digits)
  const sign = minor < 0 ? '-' : ''
  return digits === 0 ? sign + whole : `${sign}${whole}.${text.slice(-digits)}`
}

/** A merchant's customer, as orders name it. */
export interface Buyer {
  /** What tells the merchant's customers apart; null: the order names nobody. */
  customer: string | null
  /** Plain names of e-mail addresses. */
  emails: string[]
  body: { id?: string; emails_sha256?: string[] } | null
}

export const hashOf = (scope: string, email: string): string => emailHash(`${scope}-${email}`)

/**
 * The same person under any of the names that a merchant may know them by. What an order says of a
 * customer is always the same, so that it doesn't matter which of its orders came first.
 */
export function generateBuyer(dice: Dice, scope: string, person: number): Buyer {
  const [first, second] = [`${person}-0`, `${person}-1`]
  const named = (id: string, emails: string[]): Buyer => ({
    customer: id,
    emails,
    body: { id, emails_sha256: emails.map((email) => hashOf(scope, email)) },
  })
  const guest = (email: string): Buyer => ({
    customer: `guest ${email}`,
    emails: [email],
    body: { emails_sha256: [hashOf(scope, email)] },
  })
  return pick(dice, [
    named(`m-${person}`, [first]),
    named(`m-${person}-too`, [first, second]),
    named(`m-${person}-bare`, []),
    guest(first),
    guest(second),
    { customer: null, emails: [], body: null },
  ])
}
