import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import type { ColumnMeaning } from '../../src/imports/finding.ts'
import { UUID, hashOf, sha256 } from './read-file.ts'

/**
 * Files with every ailment, made so that what must become of each line is known from how it was
 * made, without reading it. Every value has `zq` in it, every e-mail address `zqmail`: neither may
 * turn up where no value belongs.
 */
export interface HostileFile {
  bytes: Buffer
  /** The lines on which records begin, and what must become of them; `?`: one or the other. */
  expected: { line: number; becomes: 'row' | 'reject' | '?'; id?: string; emails?: string[] }[]
}

interface Column {
  name: string
  means: ColumnMeaning | null
}

interface Form {
  encoding:
    'utf-8' | 'utf-8 marked' | 'utf-16le' | 'utf-16be' | 'utf-16le unmarked' | 'windows-1252'
  delimiter: string
  lineEnds: string[]
  quoteAll: boolean
  columns: Column[]
  hasSeparatorLine: boolean
  blanksBefore: number
  isEnded: boolean
}

type Ailment = { kind: string; pick: number; more: number }

const H = hashOf('zq')
const ADDRESSES = [
  'zqmail@shop.test',
  'ZQMail@Shop.Test',
  'zqmail%40shop.test',
  'zqmail%2540shop.test',
  'zqmail&#64;shop.test',
  'mailto:zqmail@shop.test',
  '<zqmail@shop.test>',
  'zqmail @ shop.test',
  'zqmail at shop.test',
  'zqmail (at) shop dot test',
  'zqmail [at] shop [dot] test',
  'sha256:zqmail@shop.test',
  `${H}|zqmail@shop.test`,
  '="zqmail@shop.test"',
]
const HASHES: [text: string, becomes: 'row' | 'reject'][] = [
  [H, 'row'],
  [H.toUpperCase(), 'row'],
  [` ${H} `, 'row'],
  [`"${H}"`, 'row'],
  [`'${H}'`, 'row'],
  [`0x${H}`, 'row'],
  [`SHA256:${H.toUpperCase()}`, 'row'],
  [`\\x${H}`, 'row'],
  [Buffer.from(H, 'hex').toString('base64'), 'row'],
  [Buffer.from(H, 'hex').toString('base64url'), 'row'],
  [H.replaceAll(/(..)(?=.)/g, '$1:'), 'row'],
  [`${H}|${H}`, 'row'],
  [sha256('user@example.com\n'), 'reject'],
  [sha256(''), 'reject'],
  [sha256(sha256('null')), 'reject'],
  ['0'.repeat(64), 'reject'],
  [H.slice(32), 'reject'],
  [H.slice(24), 'reject'],
  [H + H, 'reject'],
  [`zq${H.slice(2)}`, 'reject'],
  ['zq', 'reject'],
  ['=zq', 'reject'],
  [Array.from({ length: 11 }, (_, index) => hashOf(index)).join('|'), 'reject'],
]
const IDS: [text: string, id: string | null][] = [
  ['', null],
  [' ', null],
  ['zq id', null],
  ['zqï', null],
  ['zq'.repeat(128), null],
  ['zq"id', 'zq"id'],
  [' zqid ', 'zqid'],
  ['\u00a0zqid', 'zqid'],
  ["'zqid'", 'zqid'],
  ['"zqid"', 'zqid'],
  ["'=zq", '=zq'],
  ['="zq"', 'zq'],
  ['zq,;|', 'zq,;|'],
  ['zqmail@shop.test', 'zqmail@shop.test'],
]
const KINDS = [
  ...['clean', 'hash', 'id', 'address', 'address elsewhere', 'blank', 'delimiters', 'short'],
  ...[
    'surplus',
    'empty surplus',
    'torn',
    'torn id',
    'line breaks',
    'long',
    'junk',
    'header',
    'NUL',
  ],
]

const columnName = (means: ColumnMeaning, ...names: string[]) =>
  fc.constantFrom(means, means.toUpperCase(), ...names).map((name): Column => ({ name, means }))
const ignored = fc
  .constantFrom('name', 'Straße', 'zqmail@shop.test', 'two words', '', 'a;b', 'a|b,c')
  .map((name): Column => ({ name, means: null }))

const columns = fc
  .tuple(
    columnName('user_id', 'Customer ID', 'uid'),
    columnName('email_sha256', 'E-Mail', 'hashed_email'),
    fc.option(columnName('advertising_id', 'IDFA'), { nil: undefined }),
    fc.array(ignored, { maxLength: 3 }),
    fc.integer(),
  )
  .map(([id, email, device, others, seed]) => {
    const all = [id, email, ...(device ? [device] : []), ...others]
    // An order that shrinks: by the digits of a number.
    return all.map((column, index) => ({ column, rank: (seed * (index + 7)) % 11 }))
  })
  .map((ranked) => ranked.toSorted((a, b) => a.rank - b.rank).map(({ column }) => column))

const form: fc.Arbitrary<Form> = fc.record({
  encoding: fc.constantFrom<Form['encoding'][]>(
    'utf-8',
    'utf-8 marked',
    'utf-16le',
    'utf-16be',
    'utf-16le unmarked',
    'windows-1252',
  ),
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  lineEnds: fc.constantFrom(['\n'], ['\r\n'], ['\r'], ['\n', '\r\n'], ['\r', '\n', '\r\n']),
  quoteAll: fc.boolean(),
  columns,
  hasSeparatorLine: fc.boolean(),
  blanksBefore: fc.constantFrom(0, 0, 0, 2),
  isEnded: fc.boolean(),
})
const ailment: fc.Arbitrary<Ailment> = fc.record({
  // Long lines take long to make, and one a file shows what there is to see.
  kind: fc.constantFrom(...KINDS, ...KINDS.filter((kind) => kind !== 'long'), 'clean', 'clean'),
  pick: fc.nat(1_000),
  more: fc.nat(1_000),
})

export const hostileFile: fc.Arbitrary<HostileFile> = fc
  .tuple(form, fc.array(ailment, { maxLength: 14 }))
  .map(([theForm, ailments]) => makeFile(theForm, ailments))

/** What a line is made of: one text, or several lines of one record. */
interface Made {
  texts: string[]
  becomes: 'row' | 'reject' | '?' | 'nothing'
  id?: string
  emails?: string[]
}

function makeFile(theForm: Form, ailments: Ailment[]): HostileFile {
  const { delimiter, lineEnds } = theForm
  const expected: HostileFile['expected'] = []
  const lines: string[] = Array.from({ length: theForm.blanksBefore }, () => ' ')
  if (theForm.hasSeparatorLine) lines.push(`sep=${delimiter}`)
  lines.push(
    writeLine(
      theForm,
      theForm.columns.map(({ name }) => name),
    ),
  )
  for (const [index, each] of ailments.entries()) {
    const { texts, becomes, ...row } = makeLine(theForm, each, index)
    if (becomes !== 'nothing') expected.push({ line: lines.length + 1, becomes, ...row })
    lines.push(...texts)
  }
  const ends = lines.map((_, index) => lineEnds[index % lineEnds.length] ?? '\n')
  for (const [index, line] of lines.entries()) {
    // With nothing between, CR and LF would end one line together.
    if (line === '' && ends[index - 1] === '\r') ends[index] = '\r'
  }
  // A blank that is all of the last line is a line only with an end.
  if (!theForm.isEnded) ends[ends.length - 1] = ''
  return {
    bytes: encode(lines.map((line, index) => line + ends[index]).join(''), theForm),
    expected,
  }
}

function makeLine(theForm: Form, { kind, pick, more }: Ailment, index: number): Made {
  const id = `zq-${index}`
  const clean = { id, emails: [H] }
  const row = (values: Partial<Record<ColumnMeaning, string>>, rest = 'zqword'): string[] =>
    theForm.columns.map(({ means }) => {
      if (means === null) return rest
      return { user_id: id, email_sha256: H, advertising_id: '', ...values }[means as 'user_id']
    })
  const write = (cells: string[]): string[] => [writeLine(theForm, cells)]
  const at = <T>(list: readonly T[]): T => list[pick % list.length]!
  const isIgnored = theForm.columns.map(({ means }) => means === null)
  const [{ delimiter }, place] = [theForm, isIgnored.indexOf(true)]
  switch (kind) {
    case 'hash': {
      const [text, becomes] = at(HASHES)
      const texts = write(row({ email_sha256: text, advertising_id: UUID }))
      return becomes === 'row' ? { texts, becomes, ...clean } : { texts, becomes }
    }
    case 'id': {
      const [text, read] = at(IDS)
      const texts = write(row({ user_id: text }))
      return read === null
        ? { texts, becomes: 'reject' }
        : { texts, becomes: 'row', id: read, emails: [H] }
    }
    case 'address':
      return { texts: write(row({ email_sha256: at(ADDRESSES) })), becomes: 'reject' }
    case 'address elsewhere':
      return { texts: write(row({ email_sha256: 'zq' }, at(ADDRESSES))), becomes: 'reject' }
    case 'blank':
      return { texts: [at(['', ' ', ' \t ', '\u00a0', '\v', '\u00a0 \f'])], becomes: 'nothing' }
    case 'delimiters':
      // With tabs it is a blank line.
      return {
        texts: [delimiter.repeat(2 + (more % 9))],
        becomes: delimiter === '\t' ? 'nothing' : 'reject',
      }
    case 'short': {
      const texts = write(row({}).slice(0, 1 + (pick % theForm.columns.length)))
      return { texts, becomes: texts[0]?.trim() === '' ? 'nothing' : '?' }
    }
    case 'surplus':
      return { texts: write([...row({}), '', `zq${more}`]), becomes: 'reject' }
    case 'empty surplus':
      return { texts: write([...row({}), '', ' ']), becomes: 'row', ...clean }
    case 'torn': {
      const cells = row({})
      // Before a hash, a mark can be told from one that opens a cell with line breaks.
      const isBefore =
        place >= 0 && place < theForm.columns.findIndex(({ means }) => means === 'email_sha256')
      const column = isBefore ? place : theForm.columns.findIndex(({ means }) => means !== null)
      cells[column] = `"${cells[column]}${at(['', '"x', ' " y', '""'])}`
      return { texts: [cells.join(delimiter)], becomes: 'reject' }
    }
    case 'torn id':
      return { texts: [row({ user_id: `${id}"` }).join(delimiter)], becomes: 'reject' }
    case 'line breaks': {
      if (place < 0) return { texts: write(row({})), becomes: 'row', ...clean }
      const cells = row({}).map((cell) => `"${cell}"`)
      cells[place] =
        `"${at(['zq', ` zq ${delimiter} zq`, '""zq""', ''])}\0${at(['', 'zq', '\0\0'])}"`
      return { texts: cells.join(delimiter).split('\0'), becomes: 'row', ...clean }
    }
    case 'long':
      return {
        texts: [row({ user_id: 'zq'.repeat(32_768 + more) }).join(delimiter)],
        becomes: 'reject',
      }
    case 'junk':
      return { texts: [`zq${makeJunk(pick, more)}`], becomes: '?' }
    case 'header':
      return { texts: write(theForm.columns.map(({ name }) => name)), becomes: 'reject' }
    case 'NUL':
      return { texts: write(row({ user_id: `${id}\0` })), becomes: 'reject' }
    default:
      return { texts: write(row({})), becomes: 'row', ...clean }
  }
}

/** Any bytes but those that could end the line or open a cell. */
function makeJunk(seed: number, length: number): string {
  let junk = ''
  let state = seed
  for (let index = 0; index < length % 60; index += 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    junk += String.fromCharCode((state >> 8) % 256)
  }
  return junk.replaceAll(/[\r\n"]/g, '.')
}

function writeLine({ delimiter, quoteAll }: Form, cells: string[]): string {
  const isOdd = (cell: string): boolean => cell.includes(delimiter) || /["\r\n]/.test(cell)
  return cells
    .map((cell) => (quoteAll || isOdd(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(delimiter)
}

function encode(text: string, { encoding }: Form): Buffer {
  if (encoding === 'windows-1252') return Buffer.from(text, 'latin1')
  if (encoding === 'utf-8') return Buffer.from(text)
  if (encoding === 'utf-8 marked') return Buffer.from(`\ufeff${text}`)
  const bytes = Buffer.from(encoding === 'utf-16le unmarked' ? text : `\ufeff${text}`, 'utf16le')
  return encoding === 'utf-16be' ? bytes.swap16() : bytes
}
