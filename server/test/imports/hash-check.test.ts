import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { checkExample } from '../../src/imports/check-example.ts'
import type { HashCode } from '../../../client/src/customer-file/check-hash.ts'
import { postgresql } from '../support/databases.ts'
import { dumpRows } from '../support/dump.ts'
import { useNetwork } from '../support/network.ts'

const ADDRESS = 'first.last+shop@example.com'
const AS_TYPED = 'First.Last+Shop@Example.com'
const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex')
const md5 = (text: string) => createHash('md5').update(text).digest('hex')
const right = sha256(ADDRESS)
const bytes = Buffer.from(right, 'hex')

const wrong: [what: string, hash: string, code: HashCode][] = [
  ['the address itself', ADDRESS, 'plain-email'],
  ['in upper case', sha256(ADDRESS.toUpperCase()), 'hashed-in-upper-case'],
  ['as it was typed', sha256(AS_TYPED), 'hashed-in-upper-case'],
  ['with a blank', sha256(` ${ADDRESS}`), 'hashed-with-blanks'],
  ['with a line break', sha256(`${ADDRESS}\n`), 'hashed-with-line-break'],
  ['as typed, with a line break', sha256(`${AS_TYPED}\n`), 'hashed-with-line-break'],
  ['in quotes', sha256(`"${ADDRESS}"`), 'hashed-with-quotes'],
  ['hashed twice', sha256(right), 'hashed-twice'],
  ['raw bytes hashed again', sha256(bytes), 'hashed-twice'],
  ['base64 hashed again', sha256(bytes.toString('base64')), 'hashed-twice'],
  ['an MD5 hashed', sha256(md5(ADDRESS)), 'hashed-otherwise-before'],
  ['an MD5', md5(ADDRESS), 'hash-md5'],
  ['a SHA-1', createHash('sha1').update(ADDRESS).digest('hex'), 'hash-sha1'],
  ['a SHA-512', createHash('sha512').update(ADDRESS).digest('hex'), 'hash-sha512'],
  ['UTF-16', sha256(Buffer.from(ADDRESS, 'utf16le')), 'hashed-in-other-encoding'],
  ['hex of the address', Buffer.from(ADDRESS).toString('hex'), 'not-hashed'],
  ['base64 of the address', Buffer.from(ADDRESS).toString('base64'), 'not-hashed'],
  ['hex of hex', Buffer.from(right).toString('hex'), 'hex-twice'],
  ['without dots', sha256('firstlast+shop@example.com'), 'hashed-without-dots-or-tag'],
  ['without the tag', sha256('first.last@example.com'), 'hashed-without-dots-or-tag'],
  ['without both', sha256('firstlast@example.com'), 'hashed-without-dots-or-tag'],
  ['its domain', sha256('example.com'), 'hashed-in-part'],
  ['with a salt', sha256(`salt${ADDRESS}`), 'hashed-with-salt'],
  ['with a salt that nobody knows', sha256(`a8!k${ADDRESS}`), 'unknown'],
  ['of nothing', sha256(''), 'hash-of-nothing'],
  ['of a placeholder', sha256('null'), 'hash-of-placeholder'],
  ['one digit', '0'.repeat(64), 'hash-one-digit'],
  ['cut off', right.slice(1), 'hash-length'],
  ['nothing', '', 'hash-length'],
  ['words', 'what is this', 'hash-not-hex'],
  ['an id', 'aebe52e7-03ee-455a-b3c4-e57283966239', 'hash-uuid'],
]

test.each(wrong)('%s is told by its name', (_what, hash, code) => {
  const { outcome, findings, expected } = checkExample(AS_TYPED, hash)
  expect([outcome, findings.map((each) => each.code)]).toEqual(['wrong', [code]])
  expect(findings[0]?.message).toMatch(/^[A-Z].*\.$/)
  expect(expected).toBe(right)
})

test.each([
  ['upper case', right.toUpperCase(), ['hash-upper-case']],
  ['a prefix', `sha256:${right}`, ['hash-prefix']],
  ['base64', bytes.toString('base64'), ['hash-base64']],
  ['colons', right.match(/../g)!.join(':'), ['hash-separators']],
  ['blanks', ` ${right}`, ['blanks-around']],
])('the right hash in %s is told from a wrong one', (_what, hash, codes) => {
  const { outcome, findings } = checkExample(AS_TYPED, hash)
  expect([outcome, findings.map((each) => each.code)]).toEqual(['mended', codes])
  for (const { message } of findings) expect(message).toMatch(/^It is right, /)
})

test('the right one is right, and its second form is told where there is one', () => {
  expect(checkExample(AS_TYPED, right)).toEqual({
    ...{ outcome: 'right', findings: [], expected: right },
    second_form: sha256('firstlast@example.com'),
  })
  expect(checkExample('user@shop.example', right).second_form).toBeNull()
})

test.each([
  'somebody@gmail.com',
  'a@example.com.evil.com',
  'a@notexample.com',
  'no-address',
  'a@x,b@y',
])('%s is no address to try it with', (email) => {
  const fault = () => checkExample(email, right)
  expect(fault).toThrow(/example domain/)
  expect(fault).not.toThrow(email)
})

const network = useNetwork(postgresql.create, {})

test('the call answers publishers and merchants, and keeps nothing', async () => {
  const before = await dumpRows(network.db)
  for (const { call } of [network.publishers[0]!, network.merchants[0]!]) {
    const { status, body } = await call('POST', '/v1/hash-check', {
      ...{ email: AS_TYPED, hash: sha256(right) },
    })
    expect([status, body.object.outcome]).toEqual([200, 'wrong'])
    expect(JSON.stringify(body)).not.toContain('example.com')
    const refused = await call('POST', '/v1/hash-check', { email: 'x@gmail.com', hash: right })
    expect(refused.status).toBe(400)
    expect(JSON.stringify(refused.body)).not.toContain('gmail')
  }
  expect(await dumpRows(network.db)).toEqual(before)
})
