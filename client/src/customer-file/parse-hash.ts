import type { Marks } from './normalize-cell.ts'
import { fromByteText } from './text-bytes.ts'

/** What a text is that stands where a hash belongs. */
export type HashFault =
  'hash-md5' | 'hash-sha1' | 'hash-sha512' | 'hash-uuid' | 'hash-length' | 'hash-not-hex'

const SHA256 = /^[0-9a-f]{64}$/
// What databases, programs and openssl write before a hash: \x, 0x, {SHA256}, sha256:, SHA2-256(stdin)=.
const LABEL = '(?:sha-?_?(?:2[-_])?256)'
const PREFIX = new RegExp(
  `^(?:\\\\+x|0x|\\{${LABEL}\\}|${LABEL}\\s*[:=$-]|${LABEL}?\\s*\\([^()@]{1,64}\\)\\s*[:=])\\s*`,
  'i',
)
// And behind it: openssl -r and sha256sum name what was read, here standard input.
const SUFFIX = /\s[ *](?:stdin|-)$/i
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
// A bare MD5 or UUID twice in a cell would else be taken for one SHA-256 with a gap.
const TWO_OF_THEM = /^32,32$|8,4,4,4,12/
const HEX_LENGTHS = new Map<number, HashFault>([
  [32, 'hash-md5'],
  [40, 'hash-sha1'],
  [128, 'hash-sha512'],
])
/** The shortest that a hash is written: base64 without padding. */
const SHORTEST_HASH = 43

/**
 * A SHA-256 in lower-case hex, in whichever of its usual forms the text has it: in upper case, with a
 * prefix, with signs between its digits, in base64. Undefined for what is none.
 */
export function parseHash(text: string, marks: Marks): string | undefined {
  const bare = cutHashPrefix(text)
  const lower = bare.toLowerCase()
  const joined = SHA256.test(lower) ? lower : joinDigits(lower, marks)
  const hash = joined ?? parseBase64(bare, marks)
  if (hash === undefined) return undefined
  if (bare !== text) marks.push('hash-prefix')
  if (bare !== lower && joined !== undefined) marks.push('hash-upper-case')
  return hash
}

/** The text without what tools write around a hash, whether or not the rest is one. */
export function cutHashPrefix(text: string): string {
  return text.replace(PREFIX, '').replace(SUFFIX, '')
}

function joinDigits(lower: string, marks: Marks): string | undefined {
  const groups = lower.split(/[\s:'"`-]+/).filter((group) => group !== '')
  const joined = groups.join('')
  if (!SHA256.test(joined)) return undefined
  if (TWO_OF_THEM.test(groups.map((group) => group.length).join(','))) return undefined
  marks.push('hash-separators')
  return joined
}

/** Of the bytes, in either alphabet and with padding or without. */
function parseBase64(text: string, marks: Marks): string | undefined {
  if (!/^[\w+/-]{43}=?$/.test(text)) return undefined
  const spelled = text.replace(/=$/, '').replaceAll('-', '+').replaceAll('_', '/')
  const bytes = atob(spelled)
  // What decodes and is not what the bytes encode to was never base64 of 32 bytes.
  if (bytes.length !== 32 || btoa(bytes) !== `${spelled}=`) return undefined
  marks.push('hash-base64')
  return [...fromByteText(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** What is wrong with a text that is no hash; `digits` where only their number is. */
export function findHashFault(text: string): { code: HashFault; digits?: number } {
  const lower = cutHashPrefix(text).toLowerCase()
  if (UUID.test(lower)) return { code: 'hash-uuid' }
  if (!/^[0-9a-f]*$/.test(lower)) return { code: nameBase64(text) }
  const code = HEX_LENGTHS.get(lower.length)
  return code === undefined ? { code: 'hash-length', digits: lower.length } : { code }
}

function nameBase64(text: string): HashFault {
  if (/^[\w+/-]{22}==$/.test(text)) return 'hash-md5'
  if (/^[\w+/-]{27}=$/.test(text)) return 'hash-sha1'
  return /^[\w+/-]{86}==$/.test(text) ? 'hash-sha512' : 'hash-not-hex'
}

/** JSON, PostgreSQL and Python write lists in brackets. */
export function unwrapList(text: string): string {
  const isWrapped = /^(?:\[.*\]|\{.*\}|\(.*\))$/s.test(text)
  return isWrapped && !/^\{sha/i.test(text) ? text.slice(1, -1) : text
}

/** The pieces of a list of hashes: between `|`, `;` and `,`, and between blanks where all are long enough. */
export function splitHashes(text: string): string[] {
  return text.split(/[|;,]/).flatMap((piece) => {
    const parts = piece.trim().split(/\s+/)
    return parts.length > 1 && parts.every((part) => part.length >= SHORTEST_HASH) ? parts : piece
  })
}
