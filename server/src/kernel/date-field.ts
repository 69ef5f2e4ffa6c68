import { parseDate } from './date.ts'
import type { ParsedDate } from './date.ts'
import { invalidField } from './problem.ts'

/** An ISO 8601 date that a caller sent; a 400 names the field and says what is wrong. */
export function parseDateField(text: string, field: string): ParsedDate {
  const parsed = parseDate(text)
  if ('time' in parsed) return parsed
  const wanted = `${field} must be an ISO 8601 date such as 2026-07-25T08:23:52Z`
  throw invalidField(field, `${wanted}; what was sent ${parsed.fault}`)
}

/** The same as RFC 3339 in UTC; null for none. */
export function normalizeDateField(text: string | null | undefined, field: string): string | null {
  return parseInstantField(text, field)?.toISOString() ?? null
}

/** The same as a Date; null for none. */
export function parseInstantField(text: string | null | undefined, field: string): Date | null {
  return text == null ? null : new Date(parseDateField(text, field).time)
}
