import type { Identifier } from './identifier.ts'

/** A customer's identifiers, by kind. */
export interface Values {
  emails: string[]
  advertising_ids: string[]
}

export const NO_VALUES: Values = { emails: [], advertising_ids: [] }

/** The same object if it has all of them. */
export function joinValues<T extends Values>(values: T, identifiers: Identifier[]): T | Values {
  const emails = new Set(values.emails)
  const advertisingIds = new Set(values.advertising_ids)
  for (const { kind, value } of identifiers) {
    if (kind === 'email_sha256') emails.add(value)
    else advertisingIds.add(value)
  }
  const isSame =
    emails.size === values.emails.length && advertisingIds.size === values.advertising_ids.length
  if (isSame && values !== NO_VALUES) return values
  return { emails: [...emails], advertising_ids: [...advertisingIds] }
}
