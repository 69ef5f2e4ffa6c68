import { createHash } from 'node:crypto'
import { cutHashPrefix } from '../../../client/src/customer-file/parse-hash.ts'
import { toUuid } from '../kernel/key.ts'
import { invalidField } from '../kernel/problem.ts'
import type { Vault } from '../kernel/vault.ts'

export const IDENTIFIER_KINDS = ['email_sha256', 'advertising_id'] as const
export type IdentifierKind = (typeof IDENTIFIER_KINDS)[number]

/** What was reported of a person, normalised: equal values stand for the same person. */
export interface Identifier {
  kind: IdentifierKind
  value: string
}

/** The members of a report that may carry identifiers, as they come over the wire. */
export interface ReportedIdentifiers {
  email_sha256?: string | null
  emails_sha256?: (string | null)[] | null
  advertising_id?: string | null
}

/** More in one call are a mistake of the caller's join far more often than one person's. */
export const MAX_IDENTIFIERS = 10
/** More of one customer, over time, stand for no one person: its row must not grow without bound. */
export const MAX_CUSTOMER_IDENTIFIERS = 1_000

const SHA256 = /^[0-9a-f]{64}$/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
/** What a device answers whose owner limited ad tracking: accepted, and means nobody. */
const NO_ADVERTISING_ID = '00000000-0000-0000-0000-000000000000'

const PLACEHOLDERS = [
  ...['', ' ', '0', '-', '.', '?', '""', "''", '[]', '{}', '[object Object]', '@'],
  ...['null', 'undefined', 'none', 'nil', 'nan', 'n/a', 'na', 'n.a.', 'not available', 'unknown'],
  ...['false', 'true', 'empty', 'blank', 'no', 'noemail', 'no email', 'no-email', 'anonymous'],
  ...['guest', 'test', 'email', 'e-mail', 'email_sha256', 'deleted', 'redacted', '(null)', '\\n'],
]
/** Hashes that stand for no person, each with what it is the hash of. */
export const JUNK_HASHES: ReadonlyMap<string, string> = new Map(
  PLACEHOLDERS.flatMap(spellingsOf).map((text) => [sha256(text), nameOf(text)]),
)

function spellingsOf(text: string): string[] {
  const title = text.charAt(0).toUpperCase() + text.slice(1)
  // NaN and N/A are how languages and spreadsheets write them.
  const spellings = [text, text.toUpperCase(), title, text === 'nan' ? 'NaN' : text]
  return spellings.flatMap((spelling) => [spelling, `${spelling}\n`, `${spelling}\r\n`])
}

function nameOf(text: string): string {
  if (text === '') return 'the empty string'
  return /^\s+$/.test(text) ? 'a lone blank or line break' : `the placeholder "${text.trim()}"`
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/**
 * The normalised identifiers of a report, each once. Throws a 400 that names the field and says
 * what probably went wrong; the refused value is in neither the message nor any log.
 */
export function parseIdentifiers(reported: ReportedIdentifiers, prefix = ''): Identifier[] {
  const identifiers = new Map<string, Identifier>()
  const add = (kind: IdentifierKind, value: string): void => {
    identifiers.set(`${kind} ${value}`, { kind, value })
  }
  for (const [index, email] of (reported.emails_sha256 ?? []).entries()) {
    if (email === null) continue
    add('email_sha256', parseEmailHash(email, `${prefix}emails_sha256[${index}]`))
  }
  if (reported.email_sha256 != null) {
    add('email_sha256', parseEmailHash(reported.email_sha256, `${prefix}email_sha256`))
  }
  if (reported.advertising_id != null) {
    const id = parseAdvertisingId(reported.advertising_id, `${prefix}advertising_id`)
    if (id !== undefined) add('advertising_id', id)
  }
  if (identifiers.size > MAX_IDENTIFIERS) {
    const field = `${prefix}emails_sha256`
    throw invalidField(field, `${field}: at most ${MAX_IDENTIFIERS} identifiers a call`)
  }
  return [...identifiers.values()]
}

/** A SHA-256 in lower case; what can't be part of it is cut: blanks, and what tools write around a hash. */
export function parseEmailHash(text: string, field: string): string {
  const bare = text.trim()
  const value = cutHashPrefix(bare).toLowerCase()
  if (!SHA256.test(value)) throw invalidField(field, `${field} ${whatIsWrong(bare.toLowerCase())}`)
  const junk =
    JUNK_HASHES.get(value) ??
    (/^(.)\1*$/.test(value) ? 'nothing: it is one digit repeated' : undefined)
  if (junk !== undefined) {
    throw invalidField(
      field,
      `${field} is the hash of ${junk}, which stands for no person; ` +
        'leave the field out where there is no e-mail address',
    )
  }
  return value
}

function whatIsWrong(value: string): string {
  const wanted = 'send the SHA-256 of the trimmed, lower-cased e-mail address as 64 hex digits'
  const isHex = /^[0-9a-f]*$/.test(value)
  if (value.includes('@')) {
    return `looks like a plain e-mail address: ${wanted}; it was neither stored nor logged`
  }
  if (value === '') return `is empty: ${wanted}, or leave the field out`
  if (isHex && value.length === 32) return `looks like an MD5 (32 hex digits): ${wanted}`
  if (isHex && value.length === 40) return `looks like a SHA-1 (40 hex digits): ${wanted}`
  if (isHex && value.length === 128) return `looks like a SHA-512 (128 hex digits): ${wanted}`
  if (value.startsWith('0x') || value.startsWith('sha256')) {
    return `has something before the hash (0x or sha256): ${wanted} and nothing else`
  }
  if (/^[a-z0-9+/_-]{43}=?$/.test(value)) return `looks like base64: ${wanted}`
  if (isHex) return `has ${value.length} digits instead of 64: ${wanted}`
  return `has characters that are not hex digits: ${wanted}`
}

/** A lower-case UUID; undefined for the all-zero id. */
export function parseAdvertisingId(text: string, field: string): string | undefined {
  const value = text.trim().toLowerCase()
  if (!UUID.test(value)) {
    throw invalidField(
      field,
      value.includes('@')
        ? `${field} looks like an e-mail address; it was neither stored nor logged`
        : `${field} must be an advertising id: a UUID such as 8-4-4-4-12 hex digits`,
    )
  }
  return value === NO_ADVERTISING_ID ? undefined : value
}

/** The identity of an identifier: its sealed form, the only one that is matched on. */
export function sealIdentifier(vault: Vault, { kind, value }: Identifier): string {
  return toUuid(vault.seal('identity', kind, value))
}
