import { withoutTag } from './email-forms.ts'
import { toByteText } from './text-bytes.ts'

/** Hash functions of whoever runs this: hex digits of some bytes. */
export type Digests = Record<'md5' | 'sha1' | 'sha256' | 'sha512', (bytes: Uint8Array) => string>

/** How a SHA-256 came about that is not that of the address. */
export type HashMistake =
  | 'hashed-in-upper-case'
  | 'hashed-with-line-break'
  | 'hashed-with-blanks'
  | 'hashed-with-quotes'
  | 'hashed-twice'
  | 'hashed-otherwise-before'
  | 'hashed-in-other-encoding'

/** The same, of what only shows where the address is known. */
export type AddressMistake =
  HashMistake | 'hashed-without-dots-or-tag' | 'hashed-in-part' | 'hashed-with-salt'

const encoder = new TextEncoder()

/**
 * The hashes that come of an address by the mistakes that senders make, each with what it is; the address is
 * as `parseEmail` gives it. For files, whose rows hold addresses that everybody knows, and for those who try out
 * how they hash.
 */
export function listMistakes(address: string, digests: Digests): [hash: string, HashMistake][] {
  const spellings = [address, ...casesOf(address)]
  const hashed = (code: HashMistake, made: (string | Uint8Array)[]): [string, HashMistake][] =>
    made.map((each) => [hashOf(each, digests), code])
  const endings = ['\n', '\r\n', '\r', ' \n', '\0']
  return [
    ...hashed('hashed-in-upper-case', casesOf(address)),
    ...hashed(
      'hashed-with-line-break',
      spellings.flatMap((text) => endings.map((end) => text + end)),
    ),
    ...hashed(
      'hashed-with-blanks',
      spellings.flatMap((text) => [` ${text}`, `${text} `, ` ${text} `, `\t${text}`, `${text}\t`]),
    ),
    ...hashed('hashed-with-quotes', spellings.flatMap(wrappedOf)),
    ...spellings.flatMap((text) => hashed('hashed-twice', againOf(hashOf(text, digests)))),
    ...hashed('hashed-twice', againOf(hashOf(hashOf(address, digests), digests))),
    ...spellings.flatMap((text) =>
      (['md5', 'sha1', 'sha512'] as const).flatMap((algorithm) =>
        hashed('hashed-otherwise-before', againOf(digests[algorithm](encoder.encode(text)))),
      ),
    ),
    ...hashed('hashed-in-other-encoding', [
      toUtf16(address),
      toUtf16(`\ufeff${address}`),
      toUtf16(address).map((_, index, bytes) => bytes[index ^ 1] ?? 0),
      `\ufeff${address}`,
      address.replace('@', '%40'),
    ]),
  ]
}

/** The same with what a file cannot show; `typed` is the address as its sender has it. */
export function listAddressMistakes(
  address: string,
  typed: string,
  digests: Digests,
): Map<string, AddressMistake> {
  const [local = '', domain = ''] = address.split('@')
  const forms = [
    withoutTag(address, { dots: true }),
    withoutTag(address, { dots: false }),
    `${local.replaceAll('.', '')}@${domain}`,
  ].filter((form) => form !== address)
  const salted = ['', 'salt', 'secret', 'key'].flatMap((salt) => [
    ...[`${salt}:${address}`, `${address}:${salt}`],
    ...(salt === '' ? [] : [salt + address, address + salt]),
  ])
  const hashed = (code: AddressMistake, texts: string[]): [string, AddressMistake][] =>
    texts.map((text) => [hashOf(text, digests), code])
  const spelled = typed.trim()
  return new Map([
    ...hashed('hashed-in-part', [local, domain, `@${domain}`]),
    ...hashed('hashed-with-salt', salted),
    ...hashed('hashed-without-dots-or-tag', forms),
    ...hashed('hashed-in-upper-case', [spelled]),
    ...hashed('hashed-with-line-break', [`${spelled}\n`]),
    ...(typed === spelled ? [] : hashed('hashed-with-blanks', [typed])),
    ...listMistakes(address, digests),
  ])
}

/** What a sender hashes that takes a hash for the address: as digits, as bytes, in base64. */
export function againOf(hash: string): (string | Uint8Array)[] {
  const bytes = Uint8Array.from(hash.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16))
  const spelled = [hash, hash.toUpperCase(), btoa(toByteText(bytes))]
  return [...spelled, ...spelled.map((text) => `${text}\n`), bytes]
}

export function hashOf(content: string | Uint8Array, { sha256 }: Digests): string {
  return sha256(typeof content === 'string' ? encoder.encode(content) : content)
}

function casesOf(address: string): string[] {
  const [name = '', domain = ''] = address.split('@')
  return [
    address.toUpperCase(),
    `${name.toUpperCase()}@${domain}`,
    `${title(name)}@${domain}`,
    `${title(name)}@${domain.charAt(0).toUpperCase()}${domain.slice(1)}`,
  ]
}

function wrappedOf(text: string): string[] {
  return [
    ...[`"${text}"`, `'${text}'`, `<${text}>`, `(${text})`, `[${text}]`, `["${text}"]`],
    ...[`\`${text}\``, `mailto:${text}`, `"${text}`, `${text}"`, `${text},`, `${text};`],
    ...[`"${text}"\n`, `b'${text}'`],
  ]
}

function toUtf16(text: string): Uint8Array {
  const units = [...text].flatMap((sign) => sign.split('')).map((unit) => unit.charCodeAt(0))
  return Uint8Array.from(units.flatMap((unit) => [unit & 0xff, unit >> 8]))
}

function title(text: string): string {
  return text.replaceAll(/(^|\.)([a-z])/g, (_, dot: string, letter: string) => {
    return dot + letter.toUpperCase()
  })
}

/** The bytes of a text in hex, and in base64 of either alphabet. */
export function encodingsOf(text: string): string[] {
  const bytes = encoder.encode(text)
  const base64 = btoa(toByteText(bytes))
  const bare = base64.replaceAll('=', '')
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex, base64, bare, bare.replaceAll('+', '-').replaceAll('/', '_')]
}
