import { hash as digest } from 'node:crypto'
import { JUNK_HASHES } from '../../customers/identifier.ts'
import type { FindingCode } from './finding-catalog.ts'

// A hash can't be turned back, so how a file was hashed shows only in rows whose address everybody
// knows: those that testers leave behind in every shop's database.
const EXAMPLES = [
  ...['user', 'test', 'info', 'admin', 'someone', 'email', 'me', 'name', 'hello', 'support'],
  ...['john', 'jane', 'john.doe', 'jane.doe', 'johndoe', 'janedoe', 'customer', 'example', 'foo'],
  ...['a', 'b', 'abc', 'alice', 'bob', 'user1', 'user2', 'test1', 'test2', 'noreply', 'no-reply'],
].map((name) => `${name}@example.com`)
const MORE_EXAMPLES = [
  ...[
    'test@example.org',
    'user@example.org',
    'info@example.org',
    'test@test.com',
    'admin@test.com',
  ],
  ...['foo@bar.com', 'foo@example.net', 'test@gmail.com', 'test@test.de', 'test@test.test'],
  ...['a@b.com', 'a@a.com', 'asdf@asdf.com', 'test@mail.com', 'example@gmail.com', 'me@me.com'],
  ...['email@email.com', 'name@domain.com', 'user@domain.com', 'user@test.com', 'abc@abc.com'],
]

/** What went wrong with a hash that everybody knows, by the hash. */
export const WRONG_HASHES: ReadonlyMap<string, FindingCode> = new Map([
  ...[...EXAMPLES, ...MORE_EXAMPLES].flatMap(listMistakes),
  ...[...JUNK_HASHES.keys()].flatMap((hash): [string, FindingCode][] =>
    hashTwice(hash).map((again) => [again, 'hashed-twice']),
  ),
  ...[...JUNK_HASHES].map(([hash, name]): [string, FindingCode] => [
    hash,
    name.startsWith('the placeholder') ? 'hash-of-placeholder' : 'hash-of-nothing',
  ]),
])

function listMistakes(address: string): [hash: string, code: FindingCode][] {
  const [name = '', domain = ''] = address.split('@')
  const hash = sha256(address)
  const cased = [
    address.toUpperCase(),
    `${name.toUpperCase()}@${domain}`,
    `${title(name)}@${domain}`,
    `${title(name)}@${domain.charAt(0).toUpperCase()}${domain.slice(1)}`,
  ]
  const spellings = [address, ...cased]
  const all = (code: FindingCode, made: (string | Buffer)[]): [string, FindingCode][] =>
    made.map((text) => [sha256(text), code])
  return [
    ...all('hashed-in-upper-case', cased),
    ...all(
      'hashed-with-line-break',
      spellings.flatMap((text) => ['\n', '\r\n', '\r', ' \n', '\0'].map((end) => text + end)),
    ),
    ...all(
      'hashed-with-blanks',
      spellings.flatMap((text) => [` ${text}`, `${text} `, ` ${text} `, `\t${text}`, `${text}\t`]),
    ),
    ...all('hashed-with-quotes', spellings.flatMap(listWrapped)),
    ...spellings.flatMap((text) => all('hashed-twice', listAgain(sha256(text)))),
    ...all('hashed-twice', listAgain(sha256(hash))),
    ...spellings.flatMap((text) =>
      ['md5', 'sha1', 'sha512'].flatMap((algorithm) =>
        all('hashed-otherwise-before', listAgain(digest(algorithm, text))),
      ),
    ),
    ...all('hashed-in-other-encoding', [
      Buffer.from(address, 'utf16le'),
      Buffer.from(`\ufeff${address}`, 'utf16le'),
      Buffer.from(address, 'utf16le').swap16(),
      `\ufeff${address}`,
      address.replace('@', '%40'),
    ]),
  ]
}

function listWrapped(text: string): string[] {
  return [
    ...[`"${text}"`, `'${text}'`, `<${text}>`, `(${text})`, `[${text}]`, `["${text}"]`],
    ...[`\`${text}\``, `mailto:${text}`, `"${text}`, `${text}"`, `${text},`, `${text};`],
    ...[`"${text}"\n`, `b'${text}'`],
  ]
}

function hashTwice(hash: string): string[] {
  return listAgain(hash).map(sha256)
}

/** What is hashed by whoever takes a hash for the address: as digits, as bytes, in base64. */
function listAgain(hash: string): (string | Buffer)[] {
  const bytes = Buffer.from(hash, 'hex')
  const spelled = [hash, hash.toUpperCase(), bytes.toString('base64')]
  return [...spelled, ...spelled.map((text) => `${text}\n`), bytes]
}

function title(text: string): string {
  return text.replaceAll(/(^|\.)([a-z])/g, (_, dot: string, letter: string) => {
    return dot + letter.toUpperCase()
  })
}

function sha256(text: string | Buffer): string {
  return digest('sha256', text)
}
