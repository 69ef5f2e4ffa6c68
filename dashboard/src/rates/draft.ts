import type { Rate, RateFields, RateSegment } from '@newcomer/client/browser'

export const RATE_SEGMENTS: readonly RateSegment[] = ['default', 'new', 'active']

/** A rate as somebody types it. */
export interface RateDraft {
  segment: RateSegment
  /** Empty: every category. */
  category: string
  kind: 'percent' | 'fixed'
  /** A percentage, or an amount in the currency's major unit. */
  value: string
  /** Of a fixed amount. */
  currency: string
}

export const NEW_DRAFT: RateDraft = {
  segment: 'default',
  category: '',
  kind: 'percent',
  value: '',
  currency: '',
}

/** As the API takes it; a value that is no number goes as it is, so that the API says what is wrong. */
export function toFields({ segment, category, kind, value, currency }: RateDraft): RateFields {
  const what = { segment, category: category.trim() === '' ? null : category.trim() }
  if (kind === 'percent') return { ...what, percent: value.trim() }
  const code = currency.trim().toUpperCase()
  return { ...what, fixed: toMinor(value.trim(), code), currency: code }
}

export function fromRate(rate: Rate): RateDraft {
  const { segment, category } = rate
  const what = { segment, category: category ?? '' }
  if (rate.percent !== undefined) {
    return { ...what, kind: 'percent', value: rate.percent, currency: '' }
  }
  return {
    ...what,
    kind: 'fixed',
    value: toMajor(rate.fixed, rate.currency),
    currency: rate.currency,
  }
}

function digitsOf(currency: string): number {
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency })
    return format.resolvedOptions().maximumFractionDigits ?? 2
  } catch {
    return 2
  }
}

/** By its digits, not by arithmetic: 0.29 times 100 is not 29. NaN for what is no amount. */
function toMinor(text: string, currency: string): number {
  const digits = digitsOf(currency)
  const [, whole, decimals = ''] = /^(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  if (whole === undefined || decimals.length > digits) return Number.NaN
  return Number(whole + decimals.padEnd(digits, '0'))
}

function toMajor(minor: number, currency: string): string {
  const digits = digitsOf(currency)
  const text = String(minor).padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** Drafts out of an address; undefined where there are none that make sense. */
export function parseDrafts(value: unknown): RateDraft[] | undefined {
  if (!Array.isArray(value)) return undefined
  const drafts = value.slice(0, 200).flatMap((each: unknown) => parseDraft(each) ?? [])
  return drafts.length === 0 ? undefined : drafts
}

function parseDraft(value: unknown): RateDraft | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const its = value as Record<string, unknown>
  const text = (name: string): string => {
    const member = its[name]
    return typeof member === 'string' || typeof member === 'number'
      ? String(member).slice(0, 100)
      : ''
  }
  return {
    segment: RATE_SEGMENTS.find((each) => each === its['segment']) ?? 'default',
    category: text('category'),
    kind: its['kind'] === 'fixed' ? 'fixed' : 'percent',
    value: text('value'),
    currency: text('currency'),
  }
}
