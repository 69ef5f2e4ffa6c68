import type { ReportedIdentifiers } from './identifier.ts'

/** What was accepted, but not as it was sent. */
export interface EmptyIdentifier {
  type: 'EmptyIdentifier'
  message: string
  field: string
}

/** Null for what is absent, and for what is there and says nothing: many systems write "" for none. */
export function filled(text: string | null | undefined): string | null {
  return text == null || text.trim() === '' ? null : text
}

/** Those of these members that are there and say nothing; each is taken as absent. */
export function listEmpty(
  members: readonly (readonly [field: string, value: string | null | undefined])[],
): EmptyIdentifier[] {
  return members
    .filter(([, value]) => value != null && filled(value) === null)
    .map(([field]) => ({
      type: 'EmptyIdentifier',
      message: `${field} is empty, and was taken as absent.`,
      field,
    }))
}

/** The same of a list. */
export function listEmptyItems(
  field: string,
  items: readonly (string | null)[] | null | undefined,
): EmptyIdentifier[] {
  return listEmpty((items ?? []).map((value, index) => [`${field}[${index}]`, value] as const))
}

/** Identifiers without those that say nothing; what is left keeps its place in its list. */
export function withoutEmpty(reported: ReportedIdentifiers): ReportedIdentifiers {
  return {
    email_sha256: filled(reported.email_sha256),
    emails_sha256: reported.emails_sha256?.map(filled) ?? null,
    advertising_id: filled(reported.advertising_id),
  }
}

export function listEmptyIdentifiers(
  reported: ReportedIdentifiers,
  prefix = '',
): EmptyIdentifier[] {
  return [
    ...listEmpty([
      [`${prefix}email_sha256`, reported.email_sha256],
      [`${prefix}advertising_id`, reported.advertising_id],
    ]),
    ...listEmptyItems(`${prefix}emails_sha256`, reported.emails_sha256),
  ]
}
