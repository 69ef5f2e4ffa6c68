import { describe, expect, test } from 'vitest'
import { UUID, hashOf, readFile } from './read-file.ts'

const H = hashOf('one')

describe('an id', () => {
  const readId = (cell: string) =>
    readFile(`user_id,email_sha256\n"${cell.replaceAll('"', '""')}",${H}\n`)

  test.each<[string, string, Record<string, number>]>([
    ['u1', 'u1', {}],
    ['A-1.b:c/d_e#f', 'A-1.b:c/d_e#f', {}],
    ['!"#$%&()*+,/;<=>?[\\]^`{|}~', '!"#$%&()*+,/;<=>?[\\]^`{|}~', {}],
    [' u1 ', 'u1', { 'blanks-around': 1 }],
    ['\u00a0u1\u200b', 'u1', { 'invisible-characters': 1 }],
    ["'u1'", 'u1', { 'quotes-around': 1 }],
    ['="0012"', '0012', { 'formula-around': 1 }],
    ["'=1+1", '=1+1', { 'leading-apostrophe': 1 }],
    ["'-5", '-5', { 'leading-apostrophe': 1 }],
    ["it's", "it's", {}],
    ['x'.repeat(255), 'x'.repeat(255), {}],
    ['zoe@shop.test', 'zoe@shop.test', { 'email-as-id': 1 }],
    ['1.23457E+11', '1.23457E+11', { 'id-scientific': 1 }],
    ['1E+05', '1E+05', { 'id-scientific': 1 }],
    ['NULL', 'NULL', { 'id-placeholder': 1 }],
    ['-', '-', { 'id-placeholder': 1 }],
  ])('%s is taken as %s', (cell, id, found) => {
    const read = readId(cell)
    expect(read.rows.map((row) => row.id)).toEqual([id])
    expect(read.found).toEqual(found)
    expect(JSON.stringify(read.findings)).not.toContain('shop.test')
  })

  test.each<[string, string]>([
    ['', 'id-empty'],
    ['  ', 'id-empty'],
    ['\u00a0', 'id-empty'],
    ['""', 'id-empty'],
    ['x'.repeat(256), 'id-too-long'],
    ['two words', 'id-characters'],
    ['müller', 'id-characters'],
    ['\u0007', 'id-characters'],
    ['u\u200b1', 'id-characters'],
  ])('%j is rejected: %s', (cell, code) => {
    const { rows, rejects, found } = readId(cell)
    expect(rows).toEqual([])
    expect(rejects).toMatchObject([{ line: 2, id: null, cells: [cell, H] }])
    expect(found).toEqual({ [code]: 1 })
  })

  test('that is an address is redacted where its row is rejected', () => {
    const { rejects } = readFile('user_id,email_sha256\nzoe@shop.test,x\n')
    expect(rejects).toMatchObject([
      { id: 'zoe@shop.test', cells: ['[redacted e-mail address]', 'x'] },
    ])
  })
})

describe('identifiers', () => {
  test('from several columns are joined, each once', () => {
    const cells = ['u1', H, `${H}|${hashOf(2)}`, UUID, UUID.toUpperCase()]
    const text = `user_id,email_sha256,emails_sha256,idfa,gaid\n${cells.join(',')}\n`
    expect(readFile(text).rows[0]).toMatchObject({
      emails: [H, hashOf(2)],
      advertising_ids: [UUID],
    })
  })

  test('are ten at most', () => {
    const hashes = (count: number) =>
      Array.from({ length: count }, (_, index) => hashOf(index)).join('|')
    const read = readFile(
      `user_id,emails_sha256\nu1,${hashes(10)}\nu2,${hashes(11)}\nu3,${hashes(10)}|${hashOf(0)}\n`,
    )
    expect(read.rows.map((row) => row.id)).toEqual(['u1', 'u3'])
    expect(read.rejects).toMatchObject([{ line: 3, id: 'u2' }])
    expect(read.found).toEqual({ 'too-many-identifiers': 1 })
  })

  test('may be absent, which is a warning', () => {
    const { rows, findings } = readFile('user_id\nu1\nu2\n')
    expect(rows).toHaveLength(2)
    expect(findings).toMatchObject([
      { code: 'no-identifier', severity: 'warning', count: 2, lines: [2, 3] },
    ])
  })
})

describe('dates of purchases', () => {
  const readDates = (first: string, last: string) =>
    readFile(
      `user_id,first_purchase_date,last_purchase_date,email_sha256\nu1,${first},${last},${H}\n`,
    )

  test.each([
    ['2024-01-02', '2024-01-02T00:00:00.000Z'],
    ['2024-01-02T03:04:05Z', '2024-01-02T03:04:05.000Z'],
    ['2024-01-02 03:04:05+02:00', '2024-01-02T01:04:05.000Z'],
    [' 2024-01-02 ', '2024-01-02T00:00:00.000Z'],
    ['2026-07-26T11:59:59Z', '2026-07-26T11:59:59.000Z'],
    ['', null],
    ['NULL', null],
  ])('%j is %s', (cell, date) => {
    expect(readDates('', cell).rows).toMatchObject([
      { first_purchase_date: null, last_purchase_date: date },
    ])
    expect(readDates(cell, '').rows).toMatchObject([
      { first_purchase_date: date, last_purchase_date: null },
    ])
  })

  test.each<[string, RegExp]>([
    ['25.07.2026', /DD\.MM\.YYYY/],
    ['07/25/2026', /MM\/DD\/YYYY/],
    ['25-07-2026', /DD-MM-YYYY/],
    ['2026/07/25', /YYYY\/MM\/DD/],
    ['20260725', /YYYYMMDD/],
    ['1753430400', /seconds since 1970/],
    ['1753430400000', /milliseconds since 1970/],
    ['45863', /spreadsheet/],
    ['25 Jul 2026', /month in words/],
    ['2026-13-01', /no day of the calendar/],
    ['2026-7-5', /lacks a zero/],
    ['!', /not in ISO 8601/],
  ])('%s is rejected, and told as what it looks like', (cell, told) => {
    const { rows, rejects, found } = readDates(cell, '')
    expect(rows).toEqual([])
    expect(rejects[0]?.reason).toMatch(told)
    expect(rejects[0]?.reason).toMatch(/^first_purchase_date: .*2026-07-25T08:23:52Z/)
    expect(found).toEqual({ 'date-format': 1 })
  })

  test('lie in the past, or a day ahead at most', () => {
    expect(readDates('', '2026-07-26T12:00:01Z').found).toEqual({ 'date-in-future': 1 })
  })

  test('come in their order', () => {
    expect(readDates('2024-02-01', '2024-01-31').found).toEqual({ 'dates-crossed': 1 })
    expect(readDates('2024-02-01', '2024-02-01').rows).toHaveLength(1)
  })

  test('of a publisher are ignored', () => {
    const text = `user_id,first order,email_sha256\nu1,rubbish,${H}\n`
    const { rows, found } = readFile(text, { role: 'publisher' })
    expect(rows).toMatchObject([{ first_purchase_date: null, last_purchase_date: null }])
    expect(found).toEqual({ 'dates-ignored': 1 })
  })
})

test('a row counts once for what was mended in it several times', () => {
  const { found } = readFile(
    `user_id,emails_sha256\nu1,${H.toUpperCase()}|${hashOf(2).toUpperCase()}\n`,
  )
  expect(found).toEqual({ 'hash-upper-case': 1 })
})

test('what was mended in a row that is rejected is not counted', () => {
  const { found } = readFile(`user_id,email_sha256,last_purchase_date\nu1,${H.toUpperCase()},x\n`)
  expect(found).toEqual({ 'date-format': 1 })
})

test('of many lines the first five are shown', () => {
  const { findings } = readFile(`user_id,email_sha256\n${'u1,x\n'.repeat(9)}`)
  expect(findings).toMatchObject([{ count: 9, lines: [2, 3, 4, 5, 6] }])
})
