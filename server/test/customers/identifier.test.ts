import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { parseIdentifiers, sealIdentifier } from '../../src/customers/identifier.ts'
import { Problem } from '../../src/kernel/problem.ts'
import { createVault } from '../../src/kernel/vault.ts'

const GOLDEN = 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514'
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

function refusalOf(reported: Parameters<typeof parseIdentifiers>[0]): Problem {
  try {
    parseIdentifiers(reported)
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('it was accepted')
}

describe('an e-mail hash', () => {
  test('is kept in lower case, without blanks around it', () => {
    const upper = parseIdentifiers({ email_sha256: ` ${GOLDEN.toUpperCase()}\n` })
    expect(upper).toEqual([{ kind: 'email_sha256', value: GOLDEN }])
  })

  test('counts once, however often it is given', () => {
    const reported = { email_sha256: GOLDEN, emails_sha256: [GOLDEN.toUpperCase(), GOLDEN] }
    expect(parseIdentifiers(reported)).toHaveLength(1)
  })

  test.each([
    ['a plain address', 'user@example.com', 'plain e-mail'],
    ['an MD5', 'd41d8cd98f00b204e9800998ecf8427e', 'MD5'],
    ['a SHA-1', 'da39a3ee5e6b4b0d3255bfef95601890afd80709', 'SHA-1'],
    ['a SHA-512', 'ab'.repeat(64), 'SHA-512'],
    ['base64', Buffer.from(GOLDEN, 'hex').toString('base64'), 'base64'],
    ['half a hash with sha256: before it', `sha256:${GOLDEN.slice(32)}`, 'before the hash'],
    ['the hash of nothing as openssl prints it', `SHA2-256(stdin)= ${sha256('')}`, 'empty string'],
    ['an address hashed by a name', `SHA256(kim@shop.example)= ${GOLDEN}`, 'plain e-mail'],
    ['a digit too few', GOLDEN.slice(1), '63 digits'],
    ['a wrong letter', `g${GOLDEN.slice(1)}`, 'not hex'],
    ['nothing', '', 'empty'],
    ['zeros', '0'.repeat(64), 'one digit repeated'],
    ['the hash of nothing', sha256(''), 'the empty string'],
    ['the hash of a line end', sha256('\n'), 'line break'],
    ['the hash of null', sha256('null'), 'placeholder "null"'],
    ['the hash of None', sha256('None'), 'placeholder'],
    ['the hash of undefined', sha256('undefined'), 'placeholder'],
    ['the hash of N/A', sha256('N/A'), 'placeholder'],
    ['the hash of n/a and a line end', sha256('n/a\n'), 'placeholder'],
    ['the hash of NaN', sha256('NaN'), 'placeholder'],
  ])('is refused when it is %s, with a word on what went wrong', (_what, value, words) => {
    const { status, message, details } = refusalOf({ email_sha256: value })
    expect(status).toBe(400)
    expect(message).toContain(words)
    expect(details).toEqual({ field: 'email_sha256' })
    if (value.length > 8) expect(message).not.toContain(value)
  })

  test.each([
    `SHA2-256(stdin)= ${GOLDEN}`,
    `SHA256(stdin)= ${GOLDEN.toUpperCase()}`,
    `SHA256(-)= ${GOLDEN}`,
    `(stdin)= ${GOLDEN}`,
    `SHA256 (address.txt) = ${GOLDEN}`,
    `SHA2-256: ${GOLDEN}`,
    `sha256:${GOLDEN}`,
    `{SHA256}${GOLDEN}`,
    `0x${GOLDEN}`,
    `\\x${GOLDEN}`,
    `${GOLDEN} *stdin`,
    `${GOLDEN}  -\n`,
  ])('is taken as programs print it: %j', (text) => {
    expect(parseIdentifiers({ email_sha256: text })).toEqual([
      { kind: 'email_sha256', value: GOLDEN },
    ])
  })

  test('is named by its place in a list', () => {
    expect(refusalOf({ emails_sha256: [GOLDEN, 'x'] }).details).toEqual({
      field: 'emails_sha256[1]',
    })
  })
})

describe('an advertising id', () => {
  test('is a UUID in lower case', () => {
    const id = 'AEBE52E7-03EE-455A-B3C4-E57283966239'
    expect(parseIdentifiers({ advertising_id: ` ${id} ` })).toEqual([
      { kind: 'advertising_id', value: id.toLowerCase() },
    ])
  })

  test('of zeros means nobody', () => {
    const none = '00000000-0000-0000-0000-000000000000'
    expect(parseIdentifiers({ advertising_id: none })).toEqual([])
  })

  test.each(['', 'aebe52e703ee455ab3c4e57283966239', 'me@example.com'])(
    'is refused otherwise',
    (advertisingId) => {
      expect(refusalOf({ advertising_id: advertisingId }).details).toEqual({
        field: 'advertising_id',
      })
    },
  )
})

test('at most ten identifiers come in one call', () => {
  const emails = (count: number) =>
    Array.from({ length: count }, (_, index) => sha256(`${index}@a`))
  expect(parseIdentifiers({ emails_sha256: emails(10) })).toHaveLength(10)
  expect(refusalOf({ email_sha256: sha256('x@a'), emails_sha256: emails(10) }).status).toBe(400)
})

describe('an identity', () => {
  const vault = createVault(Buffer.alloc(32, 7))

  test('is the same for ever under one key', () => {
    const sealed = sealIdentifier(vault, { kind: 'email_sha256', value: GOLDEN })
    expect(sealed).toBe(GOLDEN_IDENTITY)
  })

  test('is another for another kind, value or key', () => {
    const value = 'aebe52e7-03ee-455a-b3c4-e57283966239'
    const seals = [
      sealIdentifier(vault, { kind: 'email_sha256', value }),
      sealIdentifier(vault, { kind: 'advertising_id', value }),
      sealIdentifier(vault, { kind: 'email_sha256', value: GOLDEN }),
      sealIdentifier(createVault(Buffer.alloc(32, 8)), { kind: 'email_sha256', value }),
    ]
    expect(new Set(seals).size).toBe(4)
  })
})

// HMAC-SHA-256 of "email_sha256", a zero byte and the hash, under HKDF-SHA-256 of 32 bytes of 7
// with salt "newcomer" and use "seal identity"; its first 16 bytes.
const GOLDEN_IDENTITY = 'd31c14a8-3cf8-a0d7-e94d-0182469adb78'
