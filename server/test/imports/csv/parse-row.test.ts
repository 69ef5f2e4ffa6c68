import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { parseIdentifiers } from '../../../src/customers/identifier.ts'
import { GOLDEN, UUID, hashOf, readFile, sha256 } from './read-file.ts'

const H = hashOf('one')
const H2 = hashOf('two')
const base64 = (hash: string) => Buffer.from(hash, 'hex').toString('base64')
const digest = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex')

/** A file with one row, of an id and a cell. */
function readCell(column: string, cell: string) {
  const quoted = `"${cell.replaceAll('"', '""')}"`
  return readFile(`user_id,${column}\nu1,${quoted}\n`)
}

describe('an e-mail hash is taken', () => {
  test.each<[string, string, Record<string, number>]>([
    ['as it is', H, {}],
    ['in upper case', H.toUpperCase(), { 'hash-upper-case': 1 }],
    ['with blanks around it', `  ${H}\t`, { 'blanks-around': 1 }],
    ['with a no-break blank', `\u00a0${H}`, { 'invisible-characters': 1 }],
    ['with a zero-width blank', `${H}\u200b`, { 'invisible-characters': 1 }],
    ['with a byte-order mark', `\ufeff${H}`, { 'invisible-characters': 1 }],
    ['in double quotes', `"${H}"`, { 'quotes-around': 1 }],
    ['in single quotes', `'${H}'`, { 'quotes-around': 1 }],
    ['in curly quotes', `“${H}”`, { 'quotes-around': 1 }],
    ['in quotes and blanks', ` " ${H} " `, { 'blanks-around': 1, 'quotes-around': 1 }],
    ['as a formula', `="${H}"`, { 'formula-around': 1 }],
    ['with 0x', `0x${H}`, { 'hash-prefix': 1 }],
    ['with 0X in upper case', `0X${H.toUpperCase()}`, { 'hash-prefix': 1, 'hash-upper-case': 1 }],
    ['with \\x', `\\x${H}`, { 'hash-prefix': 1 }],
    ['with \\\\x', `\\\\x${H}`, { 'hash-prefix': 1 }],
    ['with sha256:', `sha256:${H}`, { 'hash-prefix': 1 }],
    ['with SHA256=', `SHA256=${H}`, { 'hash-prefix': 1 }],
    ['with sha-256: and a blank', `sha-256: ${H}`, { 'hash-prefix': 1 }],
    ['with {sha256}', `{sha256}${H}`, { 'hash-prefix': 1 }],
    ['as openssl prints it', `SHA2-256(stdin)= ${H}`, { 'hash-prefix': 1 }],
    ['as older ones print it', `SHA256(stdin)= ${H}`, { 'hash-prefix': 1 }],
    ['as the oldest print it', `(stdin)= ${H}`, { 'hash-prefix': 1 }],
    ['as openssl -r prints it', `${H} *stdin`, { 'hash-prefix': 1 }],
    ['as sha256sum prints it', `${H}  -`, { 'hash-prefix': 1 }],
    ['in base64', base64(H), { 'hash-base64': 1 }],
    ['in base64 without padding', base64(H).slice(0, -1), { 'hash-base64': 1 }],
    ['in base64url', Buffer.from(H, 'hex').toString('base64url'), { 'hash-base64': 1 }],
    ['in base64 with a prefix', `{SHA256}${base64(H)}`, { 'hash-base64': 1, 'hash-prefix': 1 }],
    ['with colons', H.match(/../g)!.join(':'), { 'hash-separators': 1 }],
    [
      'with hyphens, in upper case',
      H.toUpperCase().match(/../g)!.join('-'),
      { 'hash-separators': 1, 'hash-upper-case': 1 },
    ],
    ['with a blank in the middle', `${H.slice(0, 40)} ${H.slice(40)}`, { 'hash-separators': 1 }],
    ['in brackets', `["${H}"]`, { 'quotes-around': 1 }],
  ])('%s', (_, cell, mends) => {
    for (const column of ['email_sha256', 'emails_sha256']) {
      const { rows, rejects, findings, found } = readCell(column, cell)
      expect(rejects).toEqual([])
      expect(rows).toEqual([
        {
          line: 2,
          id: 'u1',
          emails: [H],
          advertising_ids: [],
          first_purchase_date: null,
          last_purchase_date: null,
        },
      ])
      expect(found).toEqual(mends)
      for (const finding of findings)
        expect(finding).toMatchObject({ severity: 'mended', lines: [2] })
    }
  })

  test('in every encoding of base64 that there is of it', () => {
    for (let index = 0; index < 200; index += 1) {
      const hash = hashOf(index)
      expect(readCell('email_sha256', base64(hash)).rows[0]?.emails).toEqual([hash])
    }
  })

  test('as the golden example', () => {
    expect(readCell('email_sha256', GOLDEN).rows[0]?.emails).toEqual([GOLDEN])
    expect(sha256('user@example.com')).toBe(GOLDEN)
  })

  test.each([
    ['bars', `${H}|${H2}`],
    ['bars and blanks', ` ${H} | ${H2} `],
    ['blanks', `${H} ${H2}`],
    ['semicolons', `${H};${H2}`],
    ['commas', `${H},${H2}`],
    ['bars, one of them twice', `${H}|${H2}|${H.toUpperCase()}`],
    ['bars with nothing between', `|${H}||${H2}|`],
    ['JSON', `["${H}","${H2}"]`],
    ['an array of PostgreSQL', `{${H},${H2}}`],
    ['line breaks in words', `${H}|null|${H2}`],
  ])('among several, separated by %s', (_, cell) => {
    for (const column of ['emails_sha256', 'email_sha256']) {
      const { rows, found } = readCell(column, cell)
      expect(rows[0]?.emails).toEqual([H, H2])
      expect(found['hash-list']).toBe(column === 'email_sha256' ? 1 : undefined)
    }
  })

  test.each(['', ' ', 'null', 'NULL', 'None', 'n/a', 'NaN', '\\N', '-', 'undefined', '#N/A'])(
    'for absent where the cell is %j',
    (cell) => {
      const { rows, found } = readCell('email_sha256', cell)
      expect(rows[0]?.emails).toEqual([])
      const word = cell.trim() === '' ? undefined : 1
      expect(found).toMatchObject({ 'no-identifier': 1 })
      expect(found['empty-marker']).toBe(word)
    },
  )
})

test('addresses that everybody knows are taken where they were hashed right', () => {
  const names = ['user', 'test', 'john.doe', 'jane.doe', 'info', 'admin', 'someone', 'email', 'me']
  const addresses = names.map((name) => `${name}@example.com`)
  for (const address of [...addresses, 'test@test.com', 'foo@bar.com']) {
    expect(readCell('email_sha256', sha256(address)).found).toEqual({})
    expect(readCell('email_sha256', sha256(`${address}\n`)).found).toEqual({
      'hashed-with-line-break': 1,
    })
  }
})

describe('an e-mail hash is rejected', () => {
  test.each<[string, string, string, string]>([
    ['a plain address', 'zoe@shop.test', 'plain-email', '[redacted e-mail address]'],
    ['an encoded address', 'zoe%40shop.test', 'plain-email', '[redacted e-mail address]'],
    ['a full-width address', 'zoe＠shop.test', 'plain-email', '[redacted e-mail address]'],
    ['a spelled-out address', 'zoe at shop.test', 'plain-email', '[redacted e-mail address]'],
    [
      'another spelled-out address',
      'zoe (at) shop dot test',
      'plain-email',
      '[redacted e-mail address]',
    ],
    [
      'an address in a mailto',
      '<mailto:zoe@shop.test>',
      'plain-email',
      '[redacted e-mail address]',
    ],
    ['a hash and an address', `${H}|zoe@shop.test`, 'plain-email', '[redacted e-mail address]'],
    ['an MD5', digest('md5', 'x'), 'hash-md5', ''],
    ['an MD5 in base64', createHash('md5').update('x').digest('base64'), 'hash-md5', ''],
    ['two MD5s', `${digest('md5', 'x')} ${digest('md5', 'y')}`, 'hash-not-hex', ''],
    ['two UUIDs', `${UUID} ${UUID}`, 'hash-not-hex', ''],
    ['a UUID', UUID, 'hash-uuid', ''],
    ['a SHA-1', digest('sha1', 'x'), 'hash-sha1', ''],
    ['a SHA-512', digest('sha512', 'x'), 'hash-sha512', ''],
    ['a digit too few', H.slice(1), 'hash-length', ''],
    ['a digit too many', `${H}0`, 'hash-length', ''],
    ['a wrong letter', `g${H.slice(1)}`, 'hash-not-hex', ''],
    ['a word', 'hello', 'hash-not-hex', ''],
    ['base64 that decodes to other bytes', `${base64(H).slice(0, 42)}/=`, 'hash-not-hex', ''],
    ['the hash of nothing', sha256(''), 'hash-of-nothing', ''],
    ['the hash of a line break', sha256('\r\n'), 'hash-of-nothing', ''],
    ['the hash of NULL', sha256('NULL'), 'hash-of-placeholder', ''],
    ['the same in base64', base64(sha256('NULL')), 'hash-of-placeholder', ''],
    ['the same in upper case', sha256('NULL').toUpperCase(), 'hash-of-placeholder', ''],
    ['zeros', '0'.repeat(64), 'hash-one-digit', ''],
    ['the hash of nothing twice', sha256(sha256('')), 'hashed-twice', ''],
    ['the hash of null twice', sha256(sha256('null').toUpperCase()), 'hashed-twice', ''],
    ['a line feed hashed with it', sha256('user@example.com\n'), 'hashed-with-line-break', ''],
    ['a CR LF hashed with it', sha256('test@test.com\r\n'), 'hashed-with-line-break', ''],
    ['a blank before it', sha256(' john.doe@example.com'), 'hashed-with-blanks', ''],
    ['a blank behind it', sha256('jane.doe@example.com '), 'hashed-with-blanks', ''],
    ['quotation marks', sha256('"info@example.com"'), 'hashed-with-quotes', ''],
    ['upper case', sha256('FOO@BAR.COM'), 'hashed-in-upper-case', ''],
    ['a capital', sha256('Admin@example.com'), 'hashed-in-upper-case', ''],
    ['capitals', sha256('John.Doe@Example.com'), 'hashed-in-upper-case', ''],
    ['two hashings', sha256(GOLDEN), 'hashed-twice', ''],
    ['two hashings in upper case', sha256(GOLDEN.toUpperCase()), 'hashed-twice', ''],
    ['two hashings of bytes', sha256(Buffer.from(GOLDEN, 'hex')), 'hashed-twice', ''],
    ['three hashings', sha256(sha256(GOLDEN)), 'hashed-twice', ''],
    ['an MD5 before', sha256(digest('md5', 'someone@example.com')), 'hashed-otherwise-before', ''],
    ['UTF-16', sha256(Buffer.from('me@example.com', 'utf16le')), 'hashed-in-other-encoding', ''],
  ])('with %s', (_, cell, code, shown) => {
    const { rows, rejects, findings } = readCell('email_sha256', cell)
    expect(rows).toEqual([])
    expect(
      findings.map((finding) => [finding.code, finding.severity, finding.count, finding.lines]),
    ).toEqual([[code, 'rejected', 1, [2]]])
    expect(rejects).toEqual([
      {
        line: 2,
        id: 'u1',
        reason: expect.stringMatching(/^email_sha256: /),
        cells: ['u1', shown || cell],
      },
    ])
    const told = rejects[0]!.reason + JSON.stringify(findings)
    for (const word of cell.split(/[^\w]+/)) if (word.length > 8) expect(told).not.toContain(word)
  })

  test('in every column that means something, where it is a plain address', () => {
    for (const column of [
      'emails_sha256',
      'advertising_id',
      'first_purchase_date',
      'last_purchase_date',
    ]) {
      const { found, rejects } = readCell(column, 'zoe@shop.test')
      expect(found).toEqual({ 'plain-email': 1 })
      expect(rejects[0]?.cells).toEqual(['u1', '[redacted e-mail address]'])
    }
  })

  test('and addresses in the rest of the row are redacted, too', () => {
    const { rejects } = readFile(
      `user_id,email_sha256,note\nu1,x,write to zoe@shop.test\nu2,${H},\n`,
    )
    expect(rejects[0]?.cells).toEqual(['u1', 'x', '[redacted e-mail address]'])
  })
})

describe('what is taken is what POST /v1/customers takes', () => {
  test.each([H, H.toUpperCase(), ` ${H} `])('%j', (cell) => {
    const [reported] = parseIdentifiers({ email_sha256: cell })
    expect(readCell('email_sha256', cell).rows[0]?.emails).toEqual([reported?.value])
  })

  test.each([UUID, UUID.toUpperCase(), ` ${UUID}`])('%j', (cell) => {
    const [reported] = parseIdentifiers({ advertising_id: cell })
    expect(readCell('advertising_id', cell).rows[0]?.advertising_ids).toEqual([reported?.value])
  })
})

describe('an advertising id', () => {
  const upper = UUID.toUpperCase()
  const bare = UUID.replaceAll('-', '')
  test.each<[string, Record<string, number>]>([
    [UUID, {}],
    [upper, { 'advertising-id-upper-case': 1 }],
    [`{${UUID}}`, { 'advertising-id-form': 1 }],
    [`{${upper}}`, { 'advertising-id-form': 1, 'advertising-id-upper-case': 1 }],
    [bare, { 'advertising-id-form': 1 }],
    [`"${UUID}"`, { 'quotes-around': 1 }],
  ])('is taken from %s', (cell, mends) => {
    const { rows, found } = readCell('idfa', cell)
    expect(rows[0]?.advertising_ids).toEqual([UUID])
    expect(found).toEqual({ 'column-alias': 1, ...mends })
  })

  test.each(['00000000-0000-0000-0000-000000000000', '0'.repeat(32)])(
    'of zeros means nobody',
    (cell) => {
      const { rows, found } = readCell('advertising_id', cell)
      expect(rows[0]?.advertising_ids).toEqual([])
      expect(found).toEqual({ 'zero-advertising-id': 1, 'no-identifier': 1 })
    },
  )

  test.each(['x', H, UUID.slice(1), `${UUID}0`])('is rejected as %s', (cell) => {
    expect(readCell('advertising_id', cell).found).toEqual({ 'advertising-id-malformed': 1 })
  })
})
