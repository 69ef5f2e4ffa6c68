import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import fc from 'fast-check'
import { expect, test } from 'vitest'

import { HEAD_BYTES, readHead } from '../src/customer-file/hash-emails.ts'
import { FileRefused, countEmails, hashEmail, hashEmailColumn } from '../src/index.ts'
import type { Chunks, EmailCounts, HashEmailOptions } from '../src/index.ts'

const known = 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514'
const upper = known.toUpperCase()
const longestLine = 64 * 1024

/** With a hash that can be told at a glance, unless the test is about hashes. */
async function rewrite(
  csv: Chunks,
  options: HashEmailOptions = { hash: (text) => `#${text.length}` },
) {
  const chunks: Uint8Array[] = []
  for await (const chunk of hashEmailColumn(csv, options)) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

async function* inPieces(bytes: Uint8Array, length: number) {
  for (let from = 0; from < bytes.length; from += length) yield bytes.subarray(from, from + length)
}

/** Of a file that is refused nothing is left. */
const rewriteOrRefuse: typeof rewrite = (csv, options) =>
  rewrite(csv, options).catch((error: unknown) => {
    if (error instanceof FileRefused) return ''
    throw error
  })

test('the known answer, by WebCrypto, in a column that is renamed', async () => {
  const csv = 'user_id,email\nc1,user@example.com\nc2, User@Example.COM \n'
  expect(await rewrite(csv, {})).toBe(`user_id,email_sha256\nc1,${known}\nc2,${known}\n`)
})

test('a hash is what hashEmail makes of the same e-mail', async () => {
  const emails = ['JÖRG@Example.com', '\u00a0user@example.com\u2003', 'o’neil+tag@müller.example']
  const rows = (await rewrite(`email\n${emails.join('\n')}`, {})).split('\n').slice(1)
  expect(rows).toEqual(emails.map(hashEmail))
})

test.each([
  'email',
  'E-Mail',
  'e_mail',
  'Email Address',
  'MAIL',
  '"e-mail address"',
  'mailaddress',
])('the column %s is known and renamed', async (name) => {
  expect(await rewrite(`id;${name};x\r\n1;a@b.de;y\r\n`)).toBe('id;email_sha256;x\r\n1;#6;y\r\n')
})

test.each([
  ['email,email_sha256', 'emails_sha256,email_sha256'],
  ['email,e-mail', 'email_sha256,emails_sha256'],
  ['emails,email', 'emails_sha256,email_sha256'],
  ['email,email_sha256,emails_sha256', 'email,email_sha256,emails_sha256'],
  ['hashed_email,newsletter_email', 'hashed_email,newsletter_email'],
])('%s becomes %s', async (before, after) => {
  const rows = 'a@b.de,c@d.de'
  expect(await rewrite(`${before}\n${rows}`)).toMatch(new RegExp(`^${after}\n#6,#6`))
})

test.each([
  ['', ''],
  ['  ', '  '],
  [known, known],
  [upper, upper],
  ['d41d8cd98f00b204e9800998ecf8427e', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['none', 'none'],
  ['" a@b.de "', '#6'],
  ['"a""@b.de"', '[not an address]'],
  ['foo@', '[not an address]'],
  ['@bar', '[not an address]'],
  ['Canary <a@b.de>', '#6'],
  ['Canary <a@b.de> c@d.de', '[not an address]'],
  ['a@b.de; c@d.de', '[not an address]'],
  ['mailto:a@b.de', '#6'],
  ['name at example dot com', '[not an address]'],
  [`sha256=40${known.slice(2)}`, `sha256=40${known.slice(2)}`],
  ['user%40example.com', '[not an address]'],
  ['user＠example.com', '[not an address]'],
  ['user&#64;example.com', '[not an address]'],
])('in the column of e-mails %j becomes %j', async (before, after) => {
  expect(await rewrite(`id,email\nc1,${before}\n`)).toBe(`id,email_sha256\nc1,${after}\n`)
})

test('a list of e-mails and hashes becomes a list of hashes', async () => {
  const csv = `id,emails\n1,a@b.de|${upper}|cc@d.de\n2,a@b.de|foo@\n`
  expect(await rewrite(csv)).toBe(`id,emails_sha256\n1,#6|${known}|#7\n2,[not an address]\n`)
})

test('addresses in other columns are removed, but for ids', async () => {
  const csv = 'user_id,note,email_sha256\nme@id.de,write to a@b.de,c@d.de\n'
  expect(await rewrite(csv)).toBe('user_id,note,email_sha256\nme@id.de,[address removed],#6\n')
})

test('a row without its order has no id that could be kept', async () => {
  const csv = 'user_id,email\na@b.de\na@b.de,c@d.de,e@f.de\n"a@b.de\n",c@d.de\n'
  expect(await rewrite(csv)).toBe(
    'user_id,email_sha256\n[address removed]\n[address removed],#6,[address removed]\n' +
      '"[address removed]\n",[address removed]\n',
  )
})

test('without a header the first row is not sent for one', async () => {
  expect(await rewrite('c1,a@b.de\nc2,c@d.de\n')).toBe(
    'c1,[address removed]\nc2,[address removed]\n',
  )
})

test('delimiters are told by the header, or by the line before it', async () => {
  for (const delimiter of [',', ';', '\t', '|']) {
    const csv = ['id', 'email', '"a;b,c|d\te"\nc1', 'a@b.de', 'x\n'].join(delimiter)
    expect(await rewrite(csv)).toBe(csv.replace('email', 'email_sha256').replace('a@b.de', '#6'))
  }
  expect(await rewrite('sep=;\r\na,b,c;email\r\n1;a@b.de\r\n')).toBe(
    'sep=;\r\na,b,c;email_sha256\r\n1;#6\r\n',
  )
})

test('all that is no e-mail keeps its bytes: marks, quotes, line ends, blank lines', async () => {
  const csv = '\ufeff\r\n"id";"no ""te""";email\r\n\r\n1;"two\r\nlines; ""x""";a@b.de\r\r3;;\n'
  expect(await rewrite(csv)).toBe(csv.replace('email', 'email_sha256').replace('a@b.de', '#6'))
})

test('UTF-16 becomes UTF-8, with a mark or without; UTF-32 is refused', async () => {
  const csv = 'id,email\nü,a@b.de\n'
  const little = Buffer.from(csv, 'utf16le')
  const big = Buffer.from(little).swap16()
  const expected = 'id,email_sha256\nü,#6\n'
  for (const [bytes, mark] of [
    [little, [0xff, 0xfe]],
    [big, [0xfe, 0xff]],
  ] as const) {
    expect(await rewrite(bytes)).toBe(expected)
    expect(await rewrite(inPieces(Buffer.concat([Uint8Array.from(mark), bytes]), 3))).toBe(expected)
  }
  await expect(rewrite(Uint8Array.of(0xff, 0xfe, 0, 0, 0x69, 0, 0, 0))).rejects.toThrow(/UTF-32/)
})

test('an e-mail in Windows-1252 is hashed as the letters it shows', async () => {
  const bytes = Buffer.from('email;name\nJÖRG@example.com;Jörg\n', 'latin1')
  const chunks: Uint8Array[] = []
  for await (const chunk of hashEmailColumn(bytes)) chunks.push(chunk)
  const expected = `email_sha256;name\n${hashEmail('jörg@example.com')};Jörg\n`
  expect(Buffer.concat(chunks)).toEqual(Buffer.from(expected, 'latin1'))
})

test('a quote that is never closed costs its line alone', async () => {
  const rows = Array.from({ length: 10_000 }, (_, row) => `c${row},user${row}@example.com\n`)
  const csv = `id,email\nc,"open a@b.de,c@d.de\n${rows.join('')}`
  const lines = (await rewrite(csv)).split('\n')
  expect(lines[1]).toBe('c,"open [address removed],[address removed]')
  expect(lines.slice(2, -1)).toHaveLength(rows.length)
  expect(lines.slice(2, -1).every((line) => /^c\d+,#\d+$/.test(line))).toBe(true)
})

test('a quote that is open at the end of the file costs its line alone', async () => {
  expect(await rewrite('id,email\nc1,"a@b.de\nc2,c@d.de\n')).toBe(
    'id,email_sha256\nc1,"[address removed]\nc2,#6\n',
  )
})

test('quotes that were forgotten far apart do not take the rows between for one cell', async () => {
  const csv =
    'id,n,email\nc1,"x,a@b.de\nc2,y,c@d.de\nc3,"z,e@f.de\nc4,"z",g@h.de\nc5,"a\nb",i@j.de\n'
  expect(await rewrite(csv)).toBe(
    'id,n,email_sha256\nc1,"x,[address removed]\nc2,y,#6\nc3,"z,[address removed]\n' +
      'c4,"z",#6\nc5,"a\nb",#6\n',
  )
})

test('a line that is too long is passed on in pieces, without its addresses', async () => {
  const filler = 'x'.repeat(100)
  for (const shift of [0, 1, 7, 50]) {
    const words = Array.from({ length: 2_000 }, (_, word) => `${filler}${word}@example.com`)
    const csv = `id,email\nc1,${'y'.repeat(shift)} ${words.join(' ')}\nc2,a@b.de\n`
    const [, line, next] = (await rewrite(csv)).split('\n')
    expect(line).toBe(`c1,${'y'.repeat(shift)}${' [address removed]'.repeat(2_000)}`)
    expect(next).toBe('c2,#6')
  }
  const endless = `id,email\n${'z'.repeat(3 * longestLine)}`
  expect(await rewrite(endless)).toBe(endless.replace('email', 'email_sha256'))
})

test('what was done is counted', async () => {
  const csv = 'id,E-Mail,x\na@b.de,a@b.de,a@b.de\n2,@,\n3,,\n4,e@f.de,\n'
  const expected: EmailCounts = {
    columns: ['E-Mail'],
    hashed: 2,
    refused: 1,
    removed: 1,
    ids: 1,
    rows: 4,
  }
  expect(await countEmails(csv)).toEqual(expected)
  const tooLong = 'y'.repeat(longestLine + 1)
  expect(await countEmails(`\n${csv}\n${tooLong}\n5,`)).toMatchObject({ rows: 6 })
  expect(await countEmails('id,email_sha256\n1,\n')).toMatchObject({ columns: [], hashed: 0 })
})

test('the head of a file is read as the server will read the file', () => {
  const bytes = (text: string) => new TextEncoder().encode(text)
  const csv = 'sep=;\r\n\r\nKundennr;E-Mail;x\r\n1;"a;b@c.de";y\r\n2;d@e.de;z\r\n3;'
  const columns = [
    { name: 'Kundennr', means: 'user_id' },
    { name: 'E-Mail', means: 'email_sha256' },
    { name: 'x', means: null },
  ]
  expect(readHead(bytes(csv), 2)).toEqual({
    encoding: 'utf-8',
    delimiter: ';',
    columns,
    rows: [
      ['1', 'a;b@c.de', 'y'],
      ['2', 'd@e.de', 'z'],
    ],
  })
  expect(readHead(Uint8Array.from([...bytes('id,x\n1,'), 0xfc]), 5)).toMatchObject({
    encoding: 'windows-1252',
    rows: [['1', 'ü']],
  })
  const wide = Uint8Array.from(Buffer.from('\ufeffid,email\n1,a@b.de\n', 'utf16le'))
  expect(readHead(wide, 5)).toMatchObject({ encoding: 'utf-16le', rows: [['1', 'a@b.de']] })
  // What is cut off is no row.
  const long = bytes(`id,email\n${'1,a@b.de\n'.repeat(HEAD_BYTES)}`).subarray(0, HEAD_BYTES)
  const { rows } = readHead(long, HEAD_BYTES)
  expect(new Set(rows.map((row) => row.join()))).toEqual(new Set(['1,a@b.de']))
  expect(() => readHead(bytes(' \n'), 5)).toThrow('The file is empty')
  expect(() => readHead(bytes('PK\x03\x04'), 5)).toThrow('a spreadsheet')
})

/** Bits of CSV in an order that nobody would write. */
const hostile = fc
  .array(
    fc.constantFrom(
      ...['"', '""', ',', ';', '\n', '\r\n', '\r', 'a@b.de', 'x', ' ', '@', 'id', 'email', 'é'],
      ...['"a@b.de"', 'c1,a@b.de\n', `${known},`, '\ufeff', '%40', 'x\0yz'],
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''))
const header = fc.constantFrom('id,email\n', 'email;user_id;x\r\n', 'a|b|"mail"\n', '')

test('whatever the file is, no address outside of an id leaves it', async () => {
  await fc.assert(
    fc.asyncProperty(header, hostile, async (first, rest) => {
      // In a row of that form an id may be an address; without such a column none may.
      const csv = `${first.replace('user_id', 'y').replace('id', 'z')}${rest.replaceAll('id', 'z')}`
      expect(await rewriteOrRefuse(csv)).not.toMatch(/@|%40/)
    }),
    { numRuns: 500 },
  )
})

test('chunks make no difference, lines stay where they are, and a second time changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      header,
      hostile,
      fc.integer({ min: 1, max: 9 }),
      async (first, rest, length) => {
        const hash = (text: string) => hashEmail(text.replace(/^.*?(?=a@)/, ''))
        const csv = first + rest
        const once = await rewriteOrRefuse(csv, { hash: async (text) => hash(text) })
        expect(await rewriteOrRefuse(inPieces(Buffer.from(csv), length), { hash })).toBe(once)
        if (once === '') return
        const ends = (text: string) => text.replaceAll(/[^\r\n]/g, '')
        expect(ends(once)).toBe(ends(csv))
        expect(await rewrite(once, { hash })).toBe(once)
      },
    ),
    { numRuns: 500 },
  )
})

test.each([
  ['"\n@";id\r\n1;2\n', '"[address removed]\n";id\r\n1;2\n'],
  ['email%40\n', 'email_sha256\n'],
  ['id,"email\r\n"\n1,\n', 'id,"email_sha256\r\n"\n1,\n'],
])('a name in the header keeps its lines, and no address: %j', async (csv, expected) => {
  expect(await rewrite(csv)).toBe(expected)
  expect(await rewrite(expected)).toBe(expected)
})

test('nothing of Node is in what browsers load', () => {
  const seen = new Set<string>()
  const look = (file: string) => {
    if (seen.has(file)) return
    seen.add(file)
    const text = readFileSync(join(import.meta.dirname, '../src/customer-file', file), 'utf8')
    expect(text).not.toMatch(/\bBuffer\b|\bprocess\.|\bNodeJS\b|\brequire\(/)
    for (const [, path = ''] of text.matchAll(/from '([^']+)'/g)) {
      expect(path).toMatch(/^\.\/[\w-]+\.ts$/)
      look(path.slice(2))
    }
  }
  look('hash-emails.ts')
  look('check-hash.ts')
  // All of the folder but what uncompresses, which is for Node alone.
  const all = readdirSync(join(import.meta.dirname, '../src/customer-file'))
  expect([...seen, 'unpack.ts'].sort()).toEqual(all.sort())
})
