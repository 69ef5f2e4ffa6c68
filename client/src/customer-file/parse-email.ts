import { hasAtSign } from './address-text.ts'

/** Why a text is not taken for one e-mail address. */
export type EmailFault =
  /** There is nothing in it. */
  | 'empty'
  /** It is a hash in hex digits: MD5, SHA-1, SHA-256 or SHA-512. */
  | 'hashed'
  | 'no-at-sign'
  /** There is nothing on one side of its `@`. */
  | 'half'
  /** There are several, or other words beside it. */
  | 'not-one'
  /** It holds what no address holds. */
  | 'malformed'

export type ParsedEmail = { address: string } | { fault: EmailFault }

/** RFC 5321: 64 before the `@`, 255 behind it. */
const MOST_CHARACTERS = 320
// What is wrapped more often than that was not wrapped by mistake.
const MOST_LAYERS = 8
/** Hex digits of MD5, SHA-1, SHA-256 and SHA-512, the hashes that e-mails are kept as. */
const HASH = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})$/i

// Soft hyphens, zero-width blanks, marks of direction: they show nothing and say nothing.
const UNSEEN = /(?![\u200c\u200d])[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu
// Joiners say something between letters of some scripts, and nothing beside ASCII.
const STRAY_JOINER = /(?<![^\0-\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\0-\x7f])/gu

// UAX #15, Stream-Safe Text Format: no language has more marks on one letter than 30.
const LONG_RUN = /\p{M}{31}/u

const QUOTES = '"\'`´“”„‟‘’‚‛«»‹›″′'
const IS_QUOTE = new RegExp(`[${QUOTES}]`, 'u')
const BRACKETS: ReadonlyMap<string, string> = new Map([
  ...['()', '[]', '{}', '<>', '「」', '『』', '【】', '（）', '＜＞', '〈〉', '《》'].map(
    (pair): [string, string] => [pair.charAt(0), pair.charAt(1)],
  ),
])
const CLOSING = new Set(BRACKETS.values())

// No quotation mark but the apostrophe; no full-width letter, which an input method left behind.
const LOCAL =
  /^(?![=.'`´‘’])[^\s\p{Z}\p{Cc}\p{Cs}\p{Co}"(),:;<>@[\]\\{}|“”„‟«»‹›″′\uff01-\uff5e\ufffd]+$/u
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}\u200c\u200d·・-]*[\p{L}\p{M}\p{N}])?$/u

/**
 * The one e-mail address that a text holds, as it is hashed: in Unicode's form C, in lower case,
 * without what stands around it where that is certain (blanks, quotes, brackets, `mailto:`, a name
 * before `<…>`, a dot behind) and without the marks in it that nobody sees. What is left has to be an
 * address and nothing else, so that no junk is hashed. An internationalised domain stays as it is
 * written: `müller.example` and `xn--mller-kva.example` are two addresses.
 */
export function parseEmail(text: string): ParsedEmail {
  // A run of marks takes the square of its length to be put in order.
  if (LONG_RUN.test(text)) return { fault: 'malformed' }
  const seen = text.normalize('NFC').replaceAll(UNSEEN, '').replaceAll(STRAY_JOINER, '')
  const bare = unwrap(trim(seen))
  if (LONG_RUN.test(bare)) return { fault: 'malformed' }
  const address = bare.toLowerCase().normalize('NFC')
  const fault = findFault(address)
  return fault === undefined ? { address } : { fault }
}

/** Whether a text is an address, with or without something around it. */
export function isEmail(text: string): boolean {
  return 'address' in parseEmail(text)
}

function findFault(address: string): EmailFault | undefined {
  if (address === '') return 'empty'
  if (HASH.test(address)) return 'hashed'
  const [local = '', domain, ...more] = address.split('@')
  if (domain === undefined) return 'no-at-sign'
  if (more.length > 0 || /[\s<>,;|]/.test(address)) return 'not-one'
  if (local === '' || domain === '') return 'half'
  if (address.length > MOST_CHARACTERS || !LOCAL.test(local) || hasAtSign(local)) return 'malformed'
  // Only UTF-8 is hashed, in which half a surrogate pair can't be written.
  const labels = domain.split('.')
  const isDomain = labels.every((label) => LABEL.test(label) && !/[\uff01-\uff5e]/.test(label))
  return isDomain && /\p{L}/u.test(labels.at(-1) ?? '') ? undefined : 'malformed'
}

function unwrap(text: string): string {
  let value = text
  for (let layer = 0; layer < MOST_LAYERS; layer += 1) {
    const inner = trim(unwrapLayer(value))
    if (inner === value) break
    value = inner
  }
  return value
}

function unwrapLayer(value: string): string {
  const first = value.charAt(0)
  const last = value.at(-1) ?? ''
  const isQuoted = IS_QUOTE.test(first) && IS_QUOTE.test(last)
  if (value.length > 1 && (isQuoted || BRACKETS.get(first) === last)) return value.slice(1, -1)
  if (/^=".*"$/s.test(value)) return value.slice(2, -1)
  const scheme = /^(?:mailto|smtp|e-?mail|mail):/i.exec(value)?.[0]
  // RFC 6068: behind a question mark there are a subject and the like.
  if (scheme !== undefined) return value.slice(scheme.length).replace(/\?.*$/s, '')
  const named = /^([^<>]*)<([^<>]*)>$/.exec(value)
  if (named) return unwrapNamed(value, named[1] ?? '', named[2] ?? '')
  return cutLone(value, first, last)
}

/** `Name <name@example.com>`, as mail programs write it. */
function unwrapNamed(value: string, name: string, inner: string): string {
  const isSame = trim(name).toLowerCase() === trim(inner).toLowerCase()
  return isSame || !hasAtSign(name) ? inner : value
}

/** What stands on one side only: a spreadsheet's apostrophe, half a pair, the end of a sentence. */
function cutLone(value: string, first: string, last: string): string {
  const withoutFirst = value.slice(first.length)
  if (IS_QUOTE.test(first) && !IS_QUOTE.test(withoutFirst)) return withoutFirst
  const closing = BRACKETS.get(first)
  if (closing !== undefined && !withoutFirst.includes(closing)) return withoutFirst
  const withoutLast = value.slice(0, -1)
  if (/[.,;:!?]/.test(last)) return withoutLast
  if (IS_QUOTE.test(last) && !IS_QUOTE.test(withoutLast)) return withoutLast
  const isAlone = CLOSING.has(last) && ![...BRACKETS.keys()].some((sign) => value.includes(sign))
  return isAlone ? withoutLast : value
}

/** From both ends and by hand: a pattern for the end would try at every blank in between. */
function trim(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charAt(start))) start += 1
  while (end > start && isBlank(text.charAt(end - 1))) end -= 1
  return text.slice(start, end)
}

function isBlank(sign: string): boolean {
  return /[\s\p{Cc}\p{Z}]/u.test(sign)
}
