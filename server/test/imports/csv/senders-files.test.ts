import { describe, expect, test } from 'vitest'
import { GOLDEN, UUID, hashOf, readFile } from './read-file.ts'

const H = hashOf('one')
const H2 = hashOf('two')
const H3 = hashOf('three')

describe('a file as advertisers and shops have it', () => {
  test.each([
    [
      "Meta's template",
      `email,email,email,phone,madid,extern_id\n${H},${H2},${H3},+4915112,${UUID},c1\n`,
    ],
    [
      "TikTok's and LinkedIn's",
      `user id,EMAIL_SHA256,email1,email2,googleaid\nc1,${H},${H2},${H3},${UUID}\n`,
    ],
    [
      'two names for hashes',
      `user_id,email_sha256,hashed_email,emails,idfa\nc1,${H},${H2},${H3},${UUID}\n`,
    ],
  ])('of several columns of e-mails has all of them joined: %s', (_, file) => {
    const { rows, rejects } = readFile(file)
    expect(rejects).toEqual([])
    expect(rows).toMatchObject([{ id: 'c1', emails: [H, H2, H3], advertising_ids: [UUID] }])
  })

  test('has phone numbers, which are told and ignored', () => {
    const { findings } = readFile(
      `user_id,email_sha256,Phone Number,phone_sha256\nc1,${H},1,${H2}\n`,
    )
    expect(findings).toMatchObject([
      {
        code: 'phone-ignored',
        severity: 'note',
        count: 2,
        message:
          'Phone numbers match nobody here, and columns were ignored: "Phone Number", "phone_sha256".',
      },
    ])
  })

  test('may hold the addresses beside their hashes, which are then taken', () => {
    const { rows, rejects, found } = readFile(
      `user_id,email,email_sha256\nc1,user@example.com,${GOLDEN}\nc2,two@example.com,\n`,
    )
    expect(rows).toMatchObject([{ id: 'c1', emails: [GOLDEN] }])
    expect(rejects).toMatchObject([{ id: 'c2', cells: ['c2', '[redacted e-mail address]', ''] }])
    expect(found).toMatchObject({ 'plain-email-beside': 1, 'plain-email': 1 })
  })

  test('tells what its sender found to be no address', () => {
    const { rejects, found } = readFile('user_id,email_sha256\nc1,[not an address]\n')
    expect(found).toEqual({ 'not-an-address': 1 })
    expect(rejects[0]?.reason).toMatch(/^email_sha256: What stood where an e-mail address belongs/)
  })
})

describe('a column that nobody knows', () => {
  const rowsOf = (values: string[]) => values.map((value, at) => `c${at},${value}\n`).join('')
  const contentOf = (name: string, values: string[]) =>
    readFile(`user_id,${name}\n${rowsOf(values)}`)
      .findings.map(({ code }) => code)
      .filter((code) => code.startsWith('column-of'))

  test.each<[string, string[], string[]]>([
    ['hashes', [H, H2.toUpperCase(), '', 'x'], ['column-of-hashes']],
    ['addresses', ['a@b.de', '', 'mailto:c@d.de', 'none'], ['column-of-addresses']],
    ['one in a file of one row', [H], ['column-of-hashes']],
    ['one among many rows', [H, '', '', ''], []],
    ['names of networks', ['@one', '@two'], []],
    ['texts with addresses in them', ['write to a@b.de', 'or to c@d.de'], []],
    ['UUIDs and MD5', [UUID, 'd41d8cd98f00b204e9800998ecf8427e'], []],
  ])('is told of where it is full of %s', (_, values, codes) => {
    expect(contentOf('Kontakt', values)).toEqual(codes)
  })

  test.each(['fn', 'phone_sha256', 'idfa_sha256', 'ignored', 'password_hash'])(
    'and %s is known to be of something else',
    (name) => {
      expect(contentOf(name, [H, H2])).toEqual([])
    },
  )

  test('is named, however the file is cut and from wherever reading goes on', () => {
    const file = Buffer.from(
      `user_id,a,b\n${rowsOf(Array.from({ length: 9 }, () => `${H},a@b.de`))}`,
    )
    const whole = readFile(file, { rowsPerPart: 2 })
    expect(whole.findings.slice(-2).map(({ message }) => message)).toEqual([
      'Columns were ignored that are full of hashes: "a".',
      'Columns were ignored that are full of e-mail addresses: "b".',
    ])
    for (const { state } of whole.parts) {
      const plain = JSON.parse(JSON.stringify(state))
      expect(readFile(file.subarray(state.offset), { rowsPerPart: 2 }, plain).state).toEqual(
        whole.state,
      )
    }
  })
})

describe('an id that a tool marked', () => {
  test.each([
    ["'6940095381234", '6940095381234', 'leading-apostrophe'],
    ['1234567.0', '1234567', 'id-decimals'],
    ['42.000', '42', 'id-decimals'],
    ['"1,234,567"', '1234567', 'id-thousands'],
    ['"12,345,678.00"', '12345678', 'id-thousands'],
    ["'ABC-1", "'ABC-1", 'id-marked'],
    ['"1234,0"', '1234,0', 'id-marked'],
    ['"123,456"', '123,456', 'id-marked'],
    ['1.234.567', '1.234.567', 'id-marked'],
    ["1'234'567", "1'234'567", 'id-marked'],
    ['1.23E+15', '1.23E+15', 'id-scientific'],
    ['69400953812345678.0', '69400953812345678.0', 'id-scientific'],
    ['#REF!', '#REF!', 'id-placeholder'],
    ['########', '########', 'id-placeholder'],
  ])('such as %s is %s, and told', (cell, id, code) => {
    const { rows, found } = readFile(`user_id,email_sha256\n${cell},${H}\n`)
    expect(rows).toMatchObject([{ id }])
    expect(found).toEqual({ [code]: 1 })
  })

  test.each(['007.0x', '0012.0', '10.5', '1.2.3', 'v1.0', '192.168.0.1', '1234567'])(
    'is none of %s',
    (id) => {
      const { rows, found } = readFile(`user_id,email_sha256\n${id},${H}\n`)
      expect(rows).toMatchObject([{ id }])
      expect(found).toEqual({})
    },
  )
})

describe('the form of a file', () => {
  const body = `user_id;email_sha256\nu1;${H}\n`
  test.each([
    ...[
      'sep=;',
      'SEP=;',
      '"sep=;"',
      "'sep=;'",
      'sep=;;',
      '"sep=;";',
      '"sep=;",,',
      'sep =;',
      ' sep= ;',
    ],
    ...[
      'sep=";"',
      '"sep="";"""',
      'sep=',
      'sep=:',
      'sep=^',
      'sep=,',
      '\ufeffsep=;',
      'sep=\t',
      'sep=\\t',
    ],
  ])('may have the line %j above it', (line) => {
    const { rows, found } = readFile(`${line}\r\n${body}`)
    expect(rows).toMatchObject([{ line: 3, id: 'u1', emails: [H] }])
    expect(found).toMatchObject({ 'separator-line': 1 })
  })

  test.each([
    ...['"user_id", "email_sha256"\n"u1", "HASH"\n', '"user_id" ,"email_sha256"\n"u1" ,"HASH"\n'],
    ...[
      ' "user_id"\t,\t"email_sha256" \n "u1"\t,\t"HASH" \n',
      '"user_id",\u00a0"email_sha256"\n"u1",\u00a0"HASH"\n',
    ],
  ])('may have blanks beside its quotation marks: %j', (file) => {
    const { rows, rejects } = readFile(file.replace('HASH', H))
    expect(rejects).toEqual([])
    expect(rows).toMatchObject([{ id: 'u1', emails: [H] }])
  })

  test.each([
    'user_id,"a;b;c;d;e",email_sha256',
    'user_id,a;b;c;d;e,email_sha256',
    'a;b;c;d,user_id,x|y|z|w|v|u',
  ])('is told by what its columns are called, not by delimiters in their names: %s', (header) => {
    expect(readFile(`${header}\n`).state.report.delimiter).toBe(',')
  })

  test('may have 512 columns and no more', () => {
    const columns = (count: number) => `user_id${',email'.repeat(count - 1)}\n`
    expect(readFile(columns(512)).state.report.columns).toHaveLength(512)
    expect(() => readFile(columns(513))).toThrow(/more than 512 columns/)
    expect(() => readFile(columns(10_000))).toThrow(/more than 512 columns/)
  })
})
