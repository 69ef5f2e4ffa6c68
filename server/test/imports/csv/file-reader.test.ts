import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { createFileReader } from '../../../src/imports/csv/file-reader.ts'
import { FileRefused } from '../../../../client/src/customer-file/file-refused.ts'
import { GOLDEN, NOW, hashOf, readFile } from './read-file.ts'

const H = hashOf('one')
const H2 = hashOf('two')
const TWO_ROWS = `user_id,email_sha256\nu1,${H}\nu2,${H2}\n`

const idsOf = (file: string | Uint8Array) => readFile(file).rows.map((row) => row.id)
const linesOf = (rows: { line: number }[]) => rows.map((row) => row.line)
const utf16 = (text: string, isBig = false) => {
  const bytes = Buffer.from(text, 'utf16le')
  return isBig ? bytes.swap16() : bytes
}

describe('the form of a file', () => {
  test('that is as it should be has nothing to be told', () => {
    const { rows, rejects, state } = readFile(TWO_ROWS)
    expect(rows.map(({ line, id, emails }) => [line, id, emails])).toEqual([
      [2, 'u1', [H]],
      [3, 'u2', [H2]],
    ])
    expect(rejects).toEqual([])
    expect(state).toEqual({
      offset: TWO_ROWS.length,
      rows: 2,
      rejected: 0,
      line: 4,
      first_line_end: 'lf',
      is_torn: false,
      header: ['user_id', 'email_sha256'],
      report: {
        encoding: 'utf-8',
        delimiter: ',',
        line_ends: 'lf',
        columns: [
          { name: 'user_id', means: 'user_id' },
          { name: 'email_sha256', means: 'email_sha256' },
        ],
        findings: [],
      },
    })
  })

  test.each<[string, Uint8Array, string, Record<string, number>]>([
    ['UTF-8 with a mark', Buffer.from(`\ufeff${TWO_ROWS}`), 'utf-8', { 'byte-order-mark': 1 }],
    [
      'UTF-8 with two marks',
      Buffer.from(`\ufeff\ufeff${TWO_ROWS}`),
      'utf-8',
      { 'byte-order-mark': 1 },
    ],
    [
      'UTF-8 with two marks and quotes',
      Buffer.from(`\ufeff\ufeff${TWO_ROWS.replace('user_id', '"user_id"')}`),
      'utf-8',
      { 'byte-order-mark': 1 },
    ],
    ['UTF-16 LE', utf16(`\ufeff${TWO_ROWS}`), 'utf-16le', { 'byte-order-mark': 1, 'utf-16': 1 }],
    [
      'UTF-16 BE',
      utf16(`\ufeff${TWO_ROWS}`, true),
      'utf-16be',
      { 'byte-order-mark': 1, 'utf-16': 1 },
    ],
    ['UTF-16 LE, unmarked', utf16(TWO_ROWS), 'utf-16le', { 'utf-16': 1 }],
    ['UTF-16 BE, unmarked', utf16(TWO_ROWS, true), 'utf-16be', { 'utf-16': 1 }],
  ])('may be %s', (_, bytes, encoding, notes) => {
    const { rows, state, found } = readFile(bytes)
    expect(rows.map(({ id, emails }) => [id, emails])).toEqual([
      ['u1', [H]],
      ['u2', [H2]],
    ])
    expect(state.report.encoding).toBe(encoding)
    expect(state.header).toEqual(['user_id', 'email_sha256'])
    expect(state.offset).toBe(bytes.length)
    expect(found).toEqual(notes)
  })

  test('may be Windows-1252, row by row', () => {
    const text = `user_id,Stra\xdfe,email_sha256\nu1,M\xfcnchen \x80,x\nu2,,${H}\n`
    const { state, found, rejects, rows } = readFile(Buffer.from(text, 'latin1'))
    expect(state.header).toEqual(['user_id', 'Straße', 'email_sha256'])
    expect(state.report.encoding).toBe('windows-1252')
    expect(rejects[0]?.cells).toEqual(['u1', 'München €', 'x'])
    expect(linesOf(rows)).toEqual([3])
    expect(found).toEqual({ 'windows-1252': 2, 'column-ignored': 1, 'hash-not-hex': 1 })
  })

  test('shows names and cells in what they are written in', () => {
    const text = `user_id,Stadt 😀,email_sha256\nu1,Köln 😀,x\n`
    for (const file of [Buffer.from(text), utf16(`\ufeff${text}`), utf16(`\ufeff${text}`, true)]) {
      const { state, rejects } = readFile(file)
      expect(state.header).toEqual(['user_id', 'Stadt 😀', 'email_sha256'])
      expect(rejects[0]?.cells).toEqual(['u1', 'Köln 😀', 'x'])
      expect(state.offset).toBe(file.length)
    }
  })

  test.each<[string, string]>([
    [';', 'semicolons'],
    ['\t', 'tabs'],
    ['|', 'vertical bars'],
  ])('may have %j between its cells', (delimiter, name) => {
    const { rows, state, findings } = readFile(TWO_ROWS.replaceAll(',', delimiter))
    expect(rows).toHaveLength(2)
    expect(state.report.delimiter).toBe(delimiter)
    expect(findings).toMatchObject([
      { code: 'delimiter', message: `The cells are separated by ${name}.`, lines: [1] },
    ])
  })

  test('may name its separator first, as Excel does', () => {
    const { rows, found } = readFile(
      `sep=;\r\n${TWO_ROWS.replaceAll(',', ';').replaceAll('\n', '\r\n')}`,
    )
    expect(linesOf(rows)).toEqual([3, 4])
    expect(found).toEqual({ 'separator-line': 1, delimiter: 1 })
  })

  test('may name a separator that it does not have', () => {
    expect(idsOf(`sep=;\n${TWO_ROWS}`)).toEqual(['u1', 'u2'])
  })

  test('is told by the delimiter that makes the most of the header', () => {
    const { rows, state } = readFile(`user_id;"name, first";email_sha256\nu1;a,b,c;${H}\n`)
    expect(state.report.delimiter).toBe(';')
    expect(rows).toMatchObject([{ id: 'u1', emails: [H] }])
  })

  test.each<[string, string]>([
    ['\n', 'lf'],
    ['\r\n', 'crlf'],
    ['\r', 'cr'],
  ])('may end its lines with %j', (end, name) => {
    const { rows, state, found } = readFile(TWO_ROWS.replaceAll('\n', end))
    expect(linesOf(rows)).toEqual([2, 3])
    expect(state.report.line_ends).toBe(name)
    expect(found).toEqual({})
  })

  test('may end its lines now so, now so', () => {
    const { rows, state, findings } = readFile(
      `user_id,email_sha256\nu1,${H}\r\nu2,${H2}\ru3,\nu4,`,
    )
    expect(linesOf(rows)).toEqual([2, 3, 4, 5])
    expect(state.report.line_ends).toBe('mixed')
    expect(findings[0]).toMatchObject({ code: 'mixed-line-ends', count: 2, lines: [2, 3] })
  })

  test('may lack the last end of a line', () => {
    expect(idsOf(TWO_ROWS.trimEnd())).toEqual(['u1', 'u2'])
  })

  test('may have a header alone', () => {
    for (const text of ['user_id', 'user_id,email_sha256\n', '\n\nid\r\n']) {
      const { rows, rejects, state, parts } = readFile(text)
      expect([rows, rejects, state.rows, parts.length]).toEqual([[], [], 0, 1])
    }
  })
})

describe('records', () => {
  test('that are blank are no rows', () => {
    const text = `\nuser_id,email_sha256\n\n  \t \nu1,${H}\n\u00a0\r\n\n`
    const { rows, state, findings } = readFile(text)
    expect(linesOf(rows)).toEqual([5])
    expect(state.rows).toBe(1)
    expect(findings.find(({ code }) => code === 'blank-line')).toMatchObject({
      count: 5,
      lines: [1, 3, 4, 6, 7],
    })
  })

  test('that have delimiters only are rows without an id', () => {
    expect(readFile('user_id,email_sha256\n,\n').found).toEqual({ 'id-empty': 1 })
  })

  test('may lack cells at their end', () => {
    const { rows, found } = readFile(`user_id,email_sha256,idfa,city\nu1,${H}\nu2\n`)
    expect(rows.map((row) => row.emails)).toEqual([[H], []])
    expect(found).toMatchObject({ 'short-row': 2, 'no-identifier': 1 })
  })

  test('may have more cells than the header, if nothing is in them', () => {
    const { rows, rejects, found } = readFile(`user_id,email_sha256\nu1,${H},, ,\nu2,${H2},x\n`)
    expect(linesOf(rows)).toEqual([2])
    expect(rejects).toMatchObject([{ line: 3, id: 'u2', cells: ['u2', H2, 'x'] }])
    expect(found).toEqual({ 'too-many-cells': 1 })
  })

  test('that are the header again are told as such', () => {
    const { rows, rejects, found } = readFile(`${TWO_ROWS}user_id,email_sha256\nu3,\n`)
    expect(linesOf(rows)).toEqual([2, 3, 5])
    expect(rejects).toMatchObject([{ line: 4, id: null }])
    expect(found).toEqual({ 'header-again': 1, 'no-identifier': 1 })
  })

  test('with a NUL are rejected', () => {
    const { rows, rejects, found } = readFile(`user_id,email_sha256\nu\x001,${H}\nu2,${H2}\n`)
    expect(linesOf(rows)).toEqual([3])
    expect(linesOf(rejects)).toEqual([2])
    expect(found).toEqual({ 'nul-character': 1 })
  })

  test('longer than 64 KiB are rejected and not kept', () => {
    const line = (bytes: number) => `u1,${'x'.repeat(bytes - 3)}`
    const text = `user_id,city\n${line(65_536)}\n${line(65_537)}\n${line(1_000_000)}\r\nu4,\n${line(70_000)}`
    const { rows, rejects, state, found } = readFile(text)
    expect(linesOf(rows)).toEqual([2, 5])
    expect(rejects.map(({ line: number, id, cells }) => [number, id, cells])).toEqual(
      [3, 4, 6].map((number) => [number, 'u1', []]),
    )
    expect(state).toMatchObject({ rows: 5, rejected: 3, offset: text.length })
    expect(found['line-too-long']).toBe(3)
  })

  test('longer than 64 KiB of blanks are blank', () => {
    const { rows, found } = readFile(`user_id\n${' '.repeat(400_000)}\nu1`)
    expect(linesOf(rows)).toEqual([3])
    expect(found['blank-line']).toBe(1)
  })
})

test('a file may be cut anywhere, and read on from any part', () => {
  const text =
    `sep=;\r\nuser_id;Städte 😀;email_sha256\r\nu1;"a 😀\r\n""b""\r";${H}\r\r\n` +
    `u2;"";x\ru3;"torn;${H}\r\n \n"u4" ; "😀" ;${H2}\ru5;"c\r";`
  for (const file of [Buffer.from(text), utf16(`\ufeff${text}`), utf16(text, true)]) {
    const whole = readFile(file, { rowsPerPart: 1 })
    expect([linesOf(whole.rows), linesOf(whole.rejects)]).toEqual([
      [3, 10, 11],
      [7, 8],
    ])
    for (let cut = 0; cut <= file.length; cut += 1) {
      expect(readFile(file, { rowsPerPart: 1, cuts: [cut] })).toEqual(whole)
      expect(readFile(file, { rowsPerPart: 1, cuts: [cut, cut + 1, cut + 2] })).toEqual(whole)
    }
    for (const [index, { state }] of whole.parts.slice(0, -1).entries()) {
      const rest = readFile(file.subarray(state.offset), { rowsPerPart: 1 }, state)
      expect(rest.parts).toEqual(whole.parts.slice(index + 1))
    }
  }
})

test('a line that is too long may be cut anywhere', () => {
  for (const end of ['\n', '\r', '\r\n']) {
    const text = `user_id${end}${'x'.repeat(70_000)}${end}${' '.repeat(70_000)}${end}u1${end}`
    const whole = readFile(text)
    expect([linesOf(whole.rows), linesOf(whole.rejects)]).toEqual([[4], [2]])
    const places = [7, 65_543, 65_544, 65_545, 70_007, 70_008, 70_009, 70_010, 140_011]
    for (const place of places) {
      for (const cut of [place, place + end.length]) {
        expect(readFile(text, { cuts: [cut] })).toEqual(whole)
        expect(readFile(text, { cuts: [cut - 1, cut, cut + 1] })).toEqual(whole)
      }
    }
  }
})

describe('a part', () => {
  const readBefore = (pieces: string[]) => {
    const reader = createFileReader({ role: 'merchant', now: NOW, rowsPerPart: 100 })
    return pieces.flatMap((piece) => reader.push(Buffer.from(piece)))
  }

  test('comes as soon as it is whole, whatever ends the lines', () => {
    for (const end of ['\n', '\r', '\r\n']) {
      const parts = readBefore([`user_id${end}`, `u1${end}`.repeat(100), `u2${end}`])
      expect(parts.map(({ state }) => state.rows)).toEqual([100])
    }
  })

  test('is not held back by a quotation mark that is open', () => {
    const parts = readBefore(['user_id,name\nu0,"x\n', 'u1,y\n'.repeat(20_000)])
    expect(parts.length).toBe(200)
  })

  test('ends earlier where its rows are long', () => {
    const text = `user_id,name\n${`u1,${'x'.repeat(60_000)}\n`.repeat(300)}`
    const { parts } = readFile(text)
    expect(parts.map(({ rows }) => rows.length)).toEqual([140, 140, 20])
    expect(readFile(text, { cuts: [1, 70_000, 8_000_000] }).parts).toEqual(parts)
  })

  test('holds some cells too many, and the rest of them as one', () => {
    const surplus = Array.from({ length: 5_000 }, (_, index) => `x${index}`)
    const { rejects } = readFile(`user_id;name\nu1;y;${surplus.join(';')}\n`)
    expect(rejects[0]?.cells).toHaveLength(103)
    expect(rejects[0]?.cells.join(';')).toBe(`u1;y;${surplus.join(';')}`)
  })
})

describe('quotation marks', () => {
  const read = (lines: string[]) => readFile(['user_id,name,email_sha256', ...lines].join('\n'))

  test('may stand around every cell, and doubled within', () => {
    const { rows, rejects } = read([
      `"u1","say ""hi"", you",\t"${H}" `,
      `u2, "" ,${H2}`,
      '"u3","",x',
    ])
    expect(rows).toMatchObject([
      { id: 'u1', emails: [H] },
      { id: 'u2', emails: [H2] },
    ])
    expect(rejects).toMatchObject([{ cells: ['u3', '', 'x'] }])
  })

  test('within a cell that has none before it are letters as others', () => {
    expect(read([`u1,TV 50",${H}`, `u2,5" x 3",${H2}`]).rows).toHaveLength(2)
  })

  test('may hold line breaks where the column is ignored', () => {
    const { rows, rejects, state } = read([`u1,"a\nb\r\n\n""c""",${H}`, `u2,x,${H2}`])
    expect(rows.map(({ line, id, emails }) => [line, id, emails])).toEqual([
      [2, 'u1', [H]],
      [6, 'u2', [H2]],
    ])
    expect(rejects).toEqual([])
    expect(state.line).toBe(7)
  })

  test.each<[string, string[], number[], number[]]>([
    ['never closed', [`u1,"bad,${H}`, `u2,x,${H2}`], [3], [2]],
    ['closed by the next one', [`u1,"bad,${H}`, `u2,"x",${H2}`], [3], [2]],
    ['closed in a later cell', [`u1,"bad,${H}`, `u2,x",${H2}`], [3], [2]],
    ['closed lines later, over whole rows', [`u1,"bad,`, `u2,x,${H2}`, `u3,x",${H}`], [3, 4], [2]],
    ['closed before a letter', [`u1,"a"b,${H}`, `u2,x,${H2}`], [3], [2]],
    ['in the id, over a line break', [`"u1`, `",x,${H}`, `u2,x,${H2}`], [4], [2, 3]],
    ['in the hash, over a line break', [`u1,x,"${H}`, `"`, `u2,x,${H2}`], [4], [2, 3]],
    ['so that the cells do not fit', [`u1,"a`, `b",x,${H}`, `u2,x,${H2}`], [4], [2, 3]],
    ['in the last row', [`u1,x,${H}`, `u2,"x,${H2}`], [2], [3]],
  ])('%s cost one line', (_, lines, taken, rejected) => {
    const { rows, rejects } = read(lines)
    expect([linesOf(rows), linesOf(rejects)]).toEqual([taken, rejected])
  })

  test('that tear a row leave no customers of its rest', () => {
    const { rows, rejects } = read([`u1,"he said "so`, 'Berlin', 'x, y"', `u2,x,${H2}`, 'u3'])
    expect([linesOf(rows), linesOf(rejects)]).toEqual([
      [5, 6],
      [2, 3, 4],
    ])
  })

  test('around whole rows are told', () => {
    expect(read([`"u1,x,${H}"`, `"u2,x,${H2}"`]).found).toEqual({
      'column-ignored': 1,
      'row-in-one-cell': 2,
    })
  })

  test('that come in pairs may stand in a value', () => {
    expect(read([`="01",x,${H}`]).rows).toMatchObject([{ id: '01' }])
  })

  test('that break a row leave its id to be read', () => {
    expect(read([`u1,"bad,${H}`]).rejects).toMatchObject([
      { id: 'u1', cells: ['u1', '"bad', H], reason: expect.stringMatching(/quotation mark/) },
    ])
  })

  test('may hold what looks like a row in part', () => {
    const url = `https://shop.test/${'x'.repeat(40)}`
    const { rows, rejects } = read([
      `u1,"see, ${url}\n${url}\nzoe@shop.test\nx,y,${H2},z\nbye",${H}`,
    ])
    expect(rows).toMatchObject([{ line: 2, id: 'u1', emails: [H] }])
    expect(rejects).toEqual([])
  })

  test('hold 64 KiB at most', () => {
    const long = (bytes: number) => `u1,"${'x\n'.repeat(bytes / 2)}",${H}`
    expect(read([long(60_000), `u2,x,${H2}`]).rejects).toEqual([])
    const { rows, rejects } = read([long(70_000), `u2,x,${H2}`])
    expect(rejects[0]).toMatchObject({ line: 2, id: 'u1' })
    expect(rows.at(-1)).toMatchObject({ line: 35_003, id: 'u2' })
  })
})

describe('a file is refused', () => {
  test.each<[string, string | Uint8Array, string, RegExp]>([
    ['empty', '', 'EmptyFile', /empty/],
    ['blank', ' \n\n\t', 'EmptyFile', /empty/],
    ['a mark alone', '\ufeff', 'EmptyFile', /empty/],
    ['one letter', 'x', 'NoUserId', /no column user_id/],
    ['a spreadsheet', 'PK\x03\x04\x14\0', 'NotCsv', /Save it as CSV/],
    ['an old one', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'NotCsv', /xls/],
    ['gzip', gzipSync(TWO_ROWS), 'NotCsv', /Content-Encoding: gzip/],
    ['zstd', zstdCompressSync(TWO_ROWS), 'NotCsv', /Content-Encoding: zstd/],
    ['PDF', '%PDF-1.7\n', 'NotCsv', /PDF/],
    ['Parquet', 'PAR1\x15\x04', 'NotCsv', /Parquet/],
    ['UTF-32', Buffer.from('fffe000075000000', 'hex'), 'NotCsv', /UTF-32/],
    ['JSON', `{"user_id":"u1","email_sha256":"${H}"}\n`, 'NotCsv', /JSON/],
    ['more JSON', '[\n  {}\n]', 'NotCsv', /JSON/],
    ['HTML', '<!doctype html>\n', 'NotCsv', /HTML/],
    ['encrypted', '-----BEGIN PGP MESSAGE-----\n', 'NotCsv', /encrypted/],
    ['binary', 'user_id\x01\x02,x\n', 'NotCsv', /binary/],
    ['a line without end', `user_id,${'x'.repeat(70_000)}`, 'NotCsv', /64 KiB/],
    ['a row first', `u1,${GOLDEN}\nu2,${H}\n`, 'NoHeader', /no header line.*user_id,email_sha256/],
    ['an address first', 'u1,zoe@shop.test\n', 'NoHeader', /no header line/],
    ['other columns', 'name,email_sha256\n', 'NoUserId', /customer_id.*external_id/],
    ['an open header', 'name,"user_id\nu1,x\n', 'NoHeader', /not closed/],
  ])('that is %s', (_, file, type, message) => {
    let refusal: unknown
    try {
      readFile(file)
    } catch (error) {
      refusal = error
    }
    expect(refusal).toBeInstanceOf(FileRefused)
    expect(refusal).toMatchObject({ type, message: expect.stringMatching(message) })
    expect((refusal as Error).message).not.toMatch(/zoe|b4c9a289/)
  })
})
