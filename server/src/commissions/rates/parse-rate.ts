import { invalidField } from '../../kernel/problem.ts'
import { parseCurrency } from '../../orders/money.ts'
import { WHOLE_PERCENT } from './rate.ts'
import type { FixedRate, PercentRate, Rate } from './rate.ts'
import type { RateBody, RateWire } from './rate-schema.ts'

const PERCENT = /^(\d{1,3})(?:\.(\d{1,16}))?$/
const PERCENT_DIGITS = 4
const ONE_PERCENT = WHOLE_PERCENT / 100

/**
 * The rates of a card as a merchant sends them. A 400 names the field, such as `rates[2].percent`.
 * Whether there are too many is the schema's to say.
 */
export function parseRates(wire: readonly RateBody[]): Rate[] {
  const seen = new Map<string, number>()
  return wire.map((body, index) => {
    const field = `rates[${index}]`
    const rate: Rate = {
      segment: parseSegment(body.segment),
      category: parseCategory(body.category ?? null, `${field}.category`),
      ...parsePay(body, field),
    }
    const subject = subjectOf(rate)
    const same = seen.get(subject)
    if (same !== undefined) {
      const message = `${field} is about the same as rates[${same}]: one of them has to go`
      throw invalidField(field, message)
    }
    seen.set(subject, index)
    return rate
  })
}

export function rateToWire({ segment, category, ...pay }: Rate): RateWire {
  const subject = { segment: segment ?? ('default' as const), category }
  if ('percent' in pay) return { ...subject, percent: percentToText(pay.percent) }
  return { ...subject, fixed: pay.fixed, currency: pay.currency }
}

/** Ten-thousandths of a percent as a decimal without trailing zeros: 52,500 as "5.25". */
export function percentToText(percent: number): string {
  const whole = Math.trunc(percent / ONE_PERCENT)
  const fraction = String(percent % ONE_PERCENT).padStart(PERCENT_DIGITS, '0')
  return `${whole}.${fraction}`.replace(/\.?0+$/, '')
}

/** How categories are compared: trimmed, in lower case. */
export function normalizeCategory(category: string): string {
  return category.trim().toLowerCase()
}

/** Two rates with the same subject would be two answers. */
function subjectOf(rate: Rate): string {
  return JSON.stringify([rate.segment, rate.category, 'fixed' in rate ? rate.currency : null])
}

function parseSegment(segment: RateBody['segment']): Rate['segment'] {
  return segment === undefined || segment === 'default' ? null : segment
}

function parseCategory(text: string | null, field: string): string | null {
  if (text === null) return null
  const category = normalizeCategory(text)
  if (category === '') {
    throw invalidField(field, `${field} must not be empty; leave it out for every category`)
  }
  return category
}

function parsePay(body: RateBody, field: string): PercentRate | FixedRate {
  const { percent, fixed, currency } = body
  if ((percent === undefined) === (fixed === undefined)) {
    throw invalidField(field, `${field} must have either percent or fixed`)
  }
  if (percent !== undefined) {
    if (currency === undefined) return { percent: parsePercent(percent, `${field}.percent`) }
    const message = `${field}.currency belongs to a fixed rate; a percentage has none`
    throw invalidField(`${field}.currency`, message)
  }
  if (currency === undefined) {
    throw invalidField(`${field}.currency`, `${field}.currency is required for a fixed rate`)
  }
  return { fixed: fixed ?? 0, currency: parseCurrency(currency, `${field}.currency`) }
}

function parsePercent(value: string | number, field: string): number {
  const [, whole, fraction = ''] = PERCENT.exec(String(value)) ?? []
  const isExact = whole !== undefined && !/[1-9]/.test(fraction.slice(PERCENT_DIGITS))
  const digits = fraction.slice(0, PERCENT_DIGITS).padEnd(PERCENT_DIGITS, '0')
  const percent = isExact ? Number(whole + digits) : Number.NaN
  if (percent <= WHOLE_PERCENT) return percent
  const message = `${field} must be from 0 to 100, with at most four decimals, such as 5.25`
  throw invalidField(field, message)
}
