import type { ColumnMeaning } from '../../../../client/src/customer-file/file-form.ts'
import { UUID, hashOf, sha256 } from './read-file.ts'

export interface Column {
  name: string
  means: ColumnMeaning | null
}

export interface Form {
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

/** What ails a line, and numbers that say how. */
export interface Ailment {
  kind: string
  pick: number
  more: number
}

/** What a line is made of: one text, or several lines of one record. */
export interface Made {
  texts: string[]
  becomes: 'row' | 'reject' | '?' | 'nothing'
  id?: string
  emails?: string[]
}

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
/** What the makers of lines need to know. */
interface Parts {
  form: Form
  id: string
  pick: number
  more: number
}

const makers: Record<string, (parts: Parts) => Made> = {
  clean: (parts) => taken(parts, writeLine(parts.form, row(parts))),
  hash: (parts) => {
    const [text, becomes] = choose(parts, HASHES)
    const line = writeLine(parts.form, row(parts, { email_sha256: text, advertising_id: UUID }))
    return becomes === 'row' ? taken(parts, line) : rejected(line)
  },
  id: (parts) => {
    const [text, id] = choose(parts, IDS)
    const line = writeLine(parts.form, row(parts, { user_id: text }))
    return id === null ? rejected(line) : taken({ id }, line)
  },
  address: (parts) =>
    rejected(writeLine(parts.form, row(parts, { email_sha256: choose(parts, ADDRESSES) }))),
  'address elsewhere': (parts) =>
    rejected(writeLine(parts.form, row(parts, { email_sha256: 'zq' }, choose(parts, ADDRESSES)))),
  blank: (parts) => ({
    texts: [choose(parts, ['', ' ', ' \t ', '\u00a0', '\v', '\u00a0 \f'])],
    becomes: 'nothing',
  }),
  delimiters: ({ form: { delimiter }, more }) => ({
    texts: [delimiter.repeat(2 + (more % 9))],
    // With tabs it is a blank line.
    becomes: delimiter === '\t' ? 'nothing' : 'reject',
  }),
  short: (parts) => {
    const { form, pick } = parts
    const line = writeLine(form, row(parts).slice(0, 1 + (pick % form.columns.length)))
    return { texts: [line], becomes: line.trim() === '' ? 'nothing' : '?' }
  },
  surplus: (parts) => rejected(writeLine(parts.form, [...row(parts), '', `zq${parts.more}`])),
  'empty surplus': (parts) => taken(parts, writeLine(parts.form, [...row(parts), '', ' '])),
  torn: (parts) => {
    const { columns, delimiter } = parts.form
    const cells = row(parts)
    const hash = columns.findIndex(({ means }) => means === 'email_sha256')
    const ignored = columns.findIndex(({ means }) => means === null)
    // Before a hash, a mark can be told from one that opens a cell with line breaks.
    const isBefore = ignored >= 0 && ignored < hash
    const column = isBefore ? ignored : columns.findIndex(({ means }) => means !== null)
    cells[column] = `"${cells[column]}${choose(parts, ['', '"x', ' " y', '""'])}`
    return rejected(cells.join(delimiter))
  },
  'torn id': (parts) =>
    rejected(row(parts, { user_id: `${parts.id}"` }).join(parts.form.delimiter)),
  // A mark that closes what an earlier line left open, to whoever believes it.
  inches: (parts) => taken(parts, row(parts, {}, 'zq 5"').join(parts.form.delimiter)),
  'line breaks': (parts) => {
    const { columns, delimiter } = parts.form
    const place = columns.findIndex(({ means }) => means === null)
    if (place < 0) return taken(parts, writeLine(parts.form, row(parts)))
    const cells = row(parts).map((cell) => `"${cell}"`)
    const first = choose(parts, ['zq', ` zq ${delimiter} zq`, '""zq""', ''])
    cells[place] = `"${first}\0${choose(parts, ['', 'zq', '\0\0'])}"`
    return taken(parts, ...cells.join(delimiter).split('\0'))
  },
  long: (parts) => {
    const id = 'zq'.repeat(32_768 + parts.more)
    return rejected(row(parts, { user_id: id }).join(parts.form.delimiter))
  },
  junk: ({ pick, more }) => ({ texts: [`zq${makeJunk(pick, more)}`], becomes: '?' }),
  header: ({ form }) => rejected(writeHeader(form)),
  NUL: (parts) => rejected(writeLine(parts.form, row(parts, { user_id: `${parts.id}\0` }))),
}

export const KINDS = Object.keys(makers)

/** The line, or the lines, of an ailment; `index` makes its id another than those of the rest. */
export function makeLine(form: Form, { kind, pick, more }: Ailment, index: number): Made {
  const make = makers[kind]!
  return make({ form, id: `zq-${index}`, pick, more })
}

export function writeHeader(form: Form): string {
  return writeLine(
    form,
    form.columns.map(({ name }) => name),
  )
}

function row(
  { form, id }: Parts,
  values: Partial<Record<ColumnMeaning, string>> = {},
  rest = 'zqword',
): string[] {
  const all = { user_id: id, email_sha256: H, advertising_id: '', ...values }
  return form.columns.map(({ means }) => (means === null ? rest : all[means as 'user_id']))
}

function taken({ id }: { id: string }, ...texts: string[]): Made {
  return { texts, becomes: 'row', id, emails: [H] }
}

function rejected(text: string): Made {
  return { texts: [text], becomes: 'reject' }
}

function choose<T>({ pick }: Parts, list: readonly T[]): T {
  return list[pick % list.length]!
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
