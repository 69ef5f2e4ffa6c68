import { looksLikeAddress } from '../../../../client/src/customer-file/address-text.ts'
import { parseName } from '../../../../client/src/customer-file/column-names.ts'
import { isEmptyMarker, unwrapCell } from '../../../../client/src/customer-file/normalize-cell.ts'
import { LONGEST_ID, parseId } from '../../../../client/src/customer-file/parse-id.ts'
import type { ScannedRecord } from '../../../../client/src/customer-file/record-scanner.ts'
import { MAX_IDENTIFIERS } from '../../customers/identifier.ts'
import { parseDate } from '../../kernel/date.ts'
import { fault } from './finding-catalog.ts'
import type { Fault, FindingCode } from './finding-catalog.ts'
import type { Findings } from './findings.ts'
import type { Column } from './finding.ts'
import { findWrongHash, parseHashes } from './parse-hashes.ts'
import type { Row } from './row.ts'
import { DAY_MS } from '../../kernel/durations.ts'

type Marks = FindingCode[]

const REST =
  'The line seems to be the rest of a row in which a quotation mark is not closed properly.'
// What most files consist of, told at a glance. What may need a second look isn't matched.
const PLAIN_ID = /^[A-Za-z0-9_][\w:/#-]*$/
const PLAIN_HASH = /^[0-9a-f]{64}$/
const PLAIN_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const ZEROS = '00000000-0000-0000-0000-000000000000'

/** The text of a cell, which is bytes held one a character. */
export type Decode = (cell: string) => string

/** Makes rows of cells, and counts what was normalized in them. */
export class RowParser {
  readonly #columns: readonly Column[]
  readonly #indexes: Indexes
  readonly #latest: string
  readonly #findings: Findings
  #marks: Marks = []

  constructor(columns: readonly Column[], now: Date, findings: Findings) {
    this.#columns = columns
    this.#indexes = listIndexes(columns)
    this.#latest = new Date(now.getTime() + DAY_MS).toISOString()
    this.#findings = findings
  }

  /** The row that a record makes; or why it makes none. */
  parse({ cells, line, isRest }: ScannedRecord, decode: Decode): Row | Fault {
    if (this.#marks.length > 0) this.#marks = []
    const row = this.#parseCells(cells, line, decode)
    if (isRest && 'id' in row && row.emails.length + row.advertising_ids.length === 0) {
      return fault('quote-broken', '', REST)
    }
    // What was normalized in a row that is rejected all the same is of no interest.
    if ('id' in row) for (const mark of this.#marks) this.#findings.add(mark, line)
    return row
  }

  /** The id alone, where it can be read. */
  parseId(cells: readonly string[], decode: Decode): string | null {
    const id = parseCustomerId(cells[this.#indexes.id] ?? '', [], decode)
    return typeof id === 'string' ? id : null
  }

  #parseCells(cells: readonly string[], line: number, decode: Decode): Row | Fault {
    const columns = this.#columns
    if (cells.length !== columns.length) {
      const surplus = cells.slice(columns.length)
      if (surplus.some((cell) => decode(cell).trim() !== '')) return fault('too-many-cells')
      if (cells.length < columns.length) this.#marks.push('short-row')
    }
    const id = parseCustomerId(cells[this.#indexes.id] ?? '', this.#marks, decode)
    if (typeof id !== 'string') return id
    if (cells.length === 1 && columns.length > 1 && /[,;|]/.test(id))
      return fault('row-in-one-cell')
    if (id === columns[this.#indexes.id]?.name && isHeader(cells, columns, decode)) {
      return fault('header-again')
    }
    const row: Row = {
      line,
      id,
      emails: [],
      advertising_ids: [],
      first_purchase_date: null,
      last_purchase_date: null,
    }
    return (
      this.#parseHashes(row, cells, decode) ??
      this.#parseAdvertisingIds(row, cells, decode) ??
      this.#checkCount(row) ??
      this.#parseDates(row, cells, decode) ??
      row
    )
  }

  #parseHashes({ emails }: Row, cells: readonly string[], decode: Decode): Fault | undefined {
    let plain: Fault | undefined
    for (const { index, name, isPlain } of this.#indexes.hashes) {
      const cell = cells[index] ?? ''
      if (cell === '') continue
      if (PLAIN_HASH.test(cell) && findWrongHash(cell) === undefined) {
        if (!emails.includes(cell)) emails.push(cell)
        continue
      }
      const wrong = parseHashes(decode(cell), name, emails, this.#marks)
      if (wrong && !(isPlain && wrong.code === 'plain-email')) return wrong
      plain ??= wrong
    }
    if (!plain || emails.length === 0) return plain
    // Who sends addresses beside their hashes means the hashes.
    this.#marks.push('plain-email-beside')
    return undefined
  }

  #parseAdvertisingIds(row: Row, cells: readonly string[], decode: Decode): Fault | undefined {
    for (const index of this.#indexes.advertisingIds) {
      const cell = cells[index] ?? ''
      if (cell === '') continue
      const id =
        PLAIN_UUID.test(cell) && cell !== ZEROS ? cell : parseUuid(decode(cell), this.#marks)
      if (typeof id === 'object') return id
      if (id !== undefined && !row.advertising_ids.includes(id)) row.advertising_ids.push(id)
    }
    return undefined
  }

  #checkCount({ emails, advertising_ids }: Row): Fault | undefined {
    const count = emails.length + advertising_ids.length
    if (count === 0) this.#marks.push('no-identifier')
    return count > MAX_IDENTIFIERS ? fault('too-many-identifiers') : undefined
  }

  #parseDates(row: Row, cells: readonly string[], decode: Decode): Fault | undefined {
    for (const { index, name } of this.#indexes.dates) {
      const date = parsePurchaseDate(decode(cells[index] ?? ''), name, this.#marks)
      if (date !== null && typeof date === 'object') return date
      if (date !== null && date > this.#latest) return fault('date-in-future', name)
      row[name] = date
    }
    const { first_purchase_date: first, last_purchase_date: last } = row
    return first !== null && last !== null && first > last ? fault('dates-crossed') : undefined
  }
}

type DateColumn = 'first_purchase_date' | 'last_purchase_date'

interface Indexes {
  id: number
  hashes: { index: number; name: string; isPlain: boolean }[]
  advertisingIds: number[]
  dates: { index: number; name: DateColumn }[]
}

function listIndexes(columns: readonly Column[]): Indexes {
  const indexes: Indexes = { id: -1, hashes: [], advertisingIds: [], dates: [] }
  for (const [index, { name, means }] of columns.entries()) {
    if (means === 'user_id') indexes.id = index
    if (means === 'email_sha256' || means === 'emails_sha256') {
      indexes.hashes.push({ index, name: means, isPlain: parseName(name).isPlain })
    }
    if (means === 'advertising_id') indexes.advertisingIds.push(index)
    if (means === 'first_purchase_date' || means === 'last_purchase_date') {
      indexes.dates.push({ index, name: means })
    }
  }
  return indexes
}

function isHeader(cells: readonly string[], columns: readonly Column[], decode: Decode): boolean {
  return columns.every(({ name, means }, index) => {
    return means === null || decode(cells[index] ?? '').trim() === name
  })
}

function parseCustomerId(cell: string, marks: Marks, decode: Decode): string | Fault {
  if (PLAIN_ID.test(cell) && cell.length <= LONGEST_ID) {
    if (isEmptyMarker(cell)) marks.push('id-placeholder')
    return cell
  }
  const parsed = parseId(decode(cell), marks)
  return 'id' in parsed ? parsed.id : fault(parsed.fault, 'user_id')
}

function parseUuid(cell: string, marks: Marks): string | Fault | undefined {
  const text = unwrapCell(cell, marks)
  if (text === '') return undefined
  if (isEmptyMarker(text)) {
    marks.push('empty-marker')
    return undefined
  }
  if (looksLikeAddress(text)) return fault('plain-email', 'advertising_id')
  const lower = text.toLowerCase()
  const digits = /^(?:\{(.*)\}|urn:uuid:(.*))$/.exec(lower)
  const bare = digits?.[1] ?? digits?.[2] ?? lower
  const id = /^[0-9a-f]{32}$/.test(bare)
    ? bare.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    : bare
  if (!PLAIN_UUID.test(id)) return fault('advertising-id-malformed', 'advertising_id')
  if (id === ZEROS) {
    marks.push('zero-advertising-id')
    return undefined
  }
  if (text !== lower) marks.push('advertising-id-upper-case')
  if (id !== lower) marks.push('advertising-id-form')
  return id
}

// In the order in which they are tried, since the later ones match more.
const FORMATS: readonly [pattern: RegExp, name: string][] = [
  [/^\d{1,2}\.\d{1,2}\.\d{2,4}\b/, 'a date such as DD.MM.YYYY'],
  [/^\d{1,2}\/\d{1,2}\/\d{2,4}\b/, 'a date such as MM/DD/YYYY or DD/MM/YYYY'],
  [/^\d{1,2}-\d{1,2}-\d{2,4}\b/, 'a date such as MM-DD-YYYY or DD-MM-YYYY'],
  [/^\d{4}\/\d{1,2}\/\d{1,2}\b/, 'a date such as YYYY/MM/DD'],
  [/^\d{4}\.\d{1,2}\.\d{1,2}\b/, 'a date such as YYYY.MM.DD'],
  [/^(?:19|20)\d{6}$/, 'a date such as YYYYMMDD'],
  [/^\d{10}(?:\.\d+)?$/, 'seconds since 1970'],
  [/^\d{13}$/, 'milliseconds since 1970'],
  [/^\d{5}(?:\.\d+)?$/, "a spreadsheet's number of days"],
  [/[a-z]{3}/i, 'a date with the month in words'],
  [/^\d{4}-(?:\d-|\d{1,2}-\d(?!\d)|\d{1,2}$)/, 'a date that lacks a zero or a day'],
]

function parsePurchaseDate(cell: string, column: DateColumn, marks: Marks): string | null | Fault {
  const text = unwrapCell(cell, marks)
  if (text === '') return null
  if (isEmptyMarker(text)) {
    marks.push('empty-marker')
    return null
  }
  if (looksLikeAddress(text)) return fault('plain-email', column)
  const parsed = parseDate(text)
  if ('time' in parsed) return new Date(parsed.time).toISOString()
  const format = FORMATS.find(([pattern]) => pattern.test(text))?.[1]
  const told =
    format === undefined ? `The value ${parsed.fault}.` : `The value is ${format}, not ISO 8601.`
  return fault('date-format', column, told)
}
