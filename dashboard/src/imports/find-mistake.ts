import { md5, sha1 } from '@noble/hashes/legacy.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { parseEmail } from '@newcomer/client/browser'
import { hashText } from './hash-text.ts'

export interface Mistake {
  isRight: boolean
  title: string
  advice: string
}

const encoder = new TextEncoder()
const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
const withoutDots = (text: string): string => {
  const [local = '', domain = ''] = text.split('@')
  return `${local.replace(/\+.*$/, '').replaceAll('.', '')}@${domain}`
}

/** What others hash in place of the trimmed, lower-cased address, and how to mend it. */
const MISTAKES: [
  hash: (address: string, typed: string) => string,
  title: string,
  advice: string,
][] = [
  [
    (its) => hashText(`${its}\n`),
    'It has a line break behind it',
    'Cut it off: echo adds one, printf does not.',
  ],
  [
    (its) => hashText(`${its}\r\n`),
    'It has a line break behind it',
    'Cut off CR and LF before hashing.',
  ],
  [
    (its) => hashText(`${its}\r`),
    'It has a line break behind it',
    'Cut off the CR before hashing.',
  ],
  [(its) => hashText(` ${its}`), 'It has a blank before it', 'Trim the address before hashing.'],
  [(its) => hashText(`${its} `), 'It has a blank behind it', 'Trim the address before hashing.'],
  [
    (its) => hashText(`"${its}"`),
    'It has quotation marks around it',
    'Hash the address without them.',
  ],
  [
    (its) => hashText(its.toUpperCase()),
    'It was hashed in upper case',
    'Make it lower case before hashing.',
  ],
  [
    (its) => hashText(capitalize(its)),
    'It was hashed with a capital letter',
    'Make it lower case before hashing.',
  ],
  [
    (_, typed) => hashText(typed),
    'It was hashed as it was typed',
    'Trim it and make it lower case before hashing.',
  ],
  [(its) => hashText(hashText(its)), 'It was hashed twice', 'Hash the address, not its hash.'],
  [
    (its) => hashText(hashText(its).toUpperCase()),
    'It was hashed twice',
    'Hash the address, not its hash.',
  ],
  [
    (its) => hashText(withoutDots(its)),
    'Dots or what is behind a + were left out',
    'Hash the address as it is: a dot is part of it.',
  ],
  [(its) => bytesToHex(md5(encoder.encode(its))), 'It is an MD5', 'Take SHA-256 in its place.'],
  [(its) => bytesToHex(sha1(encoder.encode(its))), 'It is a SHA-1', 'Take SHA-256 in its place.'],
]

/** Why a hash is not that of the address; undefined as long as one of them is not there. */
export function findMistake(typed: string, hash: string): Mistake | undefined {
  const given = hash.trim().toLowerCase()
  const parsed = parseEmail(typed)
  if (given === '' || !('address' in parsed)) return undefined
  const { address } = parsed
  if (given === hashText(address)) {
    return {
      isRight: true,
      title: 'It is right',
      advice: 'Your hash is the one that everybody else makes of it.',
    }
  }
  const found = MISTAKES.find(([make]) => make(address, typed) === given)
  if (found) return { isRight: false, title: found[1], advice: found[2] }
  return {
    isRight: false,
    title: 'It is another hash',
    advice: /^[0-9a-f]{64}$/.test(given)
      ? 'It is a SHA-256 of something else: of another address, or with a salt. Hash the address alone.'
      : 'A SHA-256 is 64 hex digits. Take SHA-256 of the trimmed, lower-cased address.',
  }
}
