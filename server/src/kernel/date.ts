import { invalidField } from './problem.ts'

const ISO_DATE =
  /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:?\d{2})?)?$/
// What the database takes. In UTC a date may be in the year before or after the one that it names.
const STORABLE = /^(?!0000)\d{4}-/

/** An ISO 8601 date as RFC 3339 in UTC; null for none. A 400 names the field. */
export function readDate(text: string | null | undefined, field: string): string | null {
  if (text == null) return null
  const time = ISO_DATE.test(text) ? Date.parse(withZone(text)) : Number.NaN
  const date = Number.isNaN(time) ? '' : new Date(time).toISOString()
  if (STORABLE.test(date)) return date
  throw invalidField(field, `${field} must be an ISO 8601 date such as 2026-07-25T08:23:52Z`)
}

/** Without a zone a time is taken as UTC, not as the server's own. */
function withZone(text: string): string {
  const isTimed = /[Tt ]/.test(text)
  return isTimed && !/(?:[Zz]|[+-]\d{2}:?\d{2})$/.test(text) ? `${text}Z` : text
}
