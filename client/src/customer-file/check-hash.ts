import { hasAtSign } from './address-text.ts'
import { encodingsOf, hashOf, listAddressMistakes } from './hash-mistakes.ts'
import type { Digests } from './hash-mistakes.ts'
import { unwrapCell } from './normalize-cell.ts'
import type { Mark } from './normalize-cell.ts'
import { findHashFault, parseHash } from './parse-hash.ts'

/** In one sentence each; codes as in the report of a file, and some that no file can show. */
export const HASH_MESSAGES = {
  'not-hashed': 'It is the address itself in hex or in base64: it was encoded, not hashed.',
  'hex-twice': 'It is the right hash, whose hex digits were turned into hex once more.',
  'hashed-without-dots-or-tag':
    'It is the hash of the address without the dots or the tag before the @. That is its second form: send it ' +
    'beside the hash of the address as it is, and only where the provider ignores them.',
  'hashed-in-part': 'It is the hash of one side of the @ alone.',
  'hashed-with-salt':
    'A salt was hashed with the address. Nobody else has it: hash the address alone.',
  unknown:
    'It is a SHA-256, but of nothing that is known of this address: of another one, or a salt or a key was ' +
    'hashed with it. Nobody else can find it then.',
  'plain-email': 'It is an e-mail address and no hash. Never send one.',
  'hash-md5': 'It is an MD5, or as long as one: 32 hex digits in place of 64.',
  'hash-sha1': 'It is a SHA-1, or as long as one: 40 hex digits in place of 64.',
  'hash-sha512': 'It is a SHA-512, or as long as one: 128 hex digits in place of 64.',
  'hash-uuid': 'It is an id, such as an advertising id, and no hash.',
  'hash-length': 'It has not 64 hex digits: something was cut off or added.',
  'hash-not-hex': 'It has characters that are not hex digits.',
  'hash-of-nothing': 'It is the hash of the empty string or of a blank: the field was empty.',
  'hash-of-placeholder': 'It is the hash of a placeholder such as null: the field was empty.',
  'hash-one-digit': 'It is one digit repeated, and no hash.',
  'hashed-with-line-break': 'A line break was hashed with the address, as echo without -n does it.',
  'hashed-with-blanks': 'Blanks around the address were hashed with it: trim it first.',
  'hashed-with-quotes': 'Quotation marks or the like around the address were hashed with it.',
  'hashed-in-upper-case':
    'The address was hashed with upper-case letters: put it into lower case first.',
  'hashed-twice': 'The hash was hashed again: as digits, as raw bytes or as base64.',
  'hashed-otherwise-before': 'An MD5, SHA-1 or SHA-512 of the address was hashed.',
  'hashed-in-other-encoding':
    'The address was hashed in another encoding than UTF-8, or with a byte-order mark.',
  'hash-upper-case': 'It is right, and in upper case: it is taken in lower case.',
  'hash-prefix': 'It is right, with a prefix such as 0x or sha256: before it, which is cut.',
  'hash-separators':
    'It is right, with signs between its digits. Files are mended; calls are refused.',
  'hash-base64': 'It is right, in base64. Files are mended; calls are refused: send hex digits.',
  'blanks-around': 'It is right, with blanks around it, which are cut.',
  'invisible-characters': 'It is right, with invisible characters around it. Files are mended.',
  'formula-around': 'It is right, written as a formula. Files are mended; calls are refused.',
  'leading-apostrophe':
    'It is right, with an apostrophe before it. Files are mended; calls are refused.',
  'quotes-around':
    'It is right, with quotation marks around it. Files are mended; calls are refused.',
} as const

export type HashCode = keyof typeof HASH_MESSAGES

/** What a hash is found to be; `mended`: the right one in a form that is not ours. */
export interface CheckedHash {
  outcome: 'right' | 'mended' | 'wrong'
  codes: HashCode[]
}

/**
 * Tells which mistake the hash of an address was made with: the one source of these rules for the server and for
 * pages. `address` is as `parseEmail` gives it, `typed` as its sender has it. `findJunk` knows hashes of what is
 * no address at all.
 */
export function checkHash(
  { address, typed, sent }: { address: string; typed: string; sent: string },
  digests: Digests,
  findJunk: (hash: string) => HashCode | undefined = () => undefined,
): CheckedHash {
  const right = hashOf(address, digests)
  if (sent === right) return { outcome: 'right', codes: [] }
  const marks: Mark[] = []
  const text = unwrapCell(sent, marks)
  const hash = parseHash(text, marks)
  if (hash === right) {
    return { outcome: 'mended', codes: [...new Set(marks)].filter((mark) => isCode(mark)) }
  }
  if (hash === undefined) return { outcome: 'wrong', codes: [findFault(text, address, right)] }
  const mistake = listAddressMistakes(address, typed, digests).get(hash)
  return { outcome: 'wrong', codes: [mistake ?? findJunk(hash) ?? 'unknown'] }
}

const isCode = (code: string): code is HashCode => code in HASH_MESSAGES

/** What a text is that is no SHA-256. */
function findFault(text: string, address: string, right: string): HashCode {
  if (hasAtSign(text)) return 'plain-email'
  const given = /^[0-9a-f]+$/i.test(text) ? text.toLowerCase() : text
  if (encodingsOf(address).includes(given)) return 'not-hashed'
  if (encodingsOf(right).includes(given)) return 'hex-twice'
  return text === '' ? 'hash-length' : findHashFault(text).code
}
