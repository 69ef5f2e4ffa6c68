import { MAX_IDENTIFIERS } from '../../customers/identifier.ts'
import { parseDate } from '../../kernel/date.ts'
import { fault } from './finding-catalog.ts'
import type { Fault } from './finding-catalog.ts'
import type { Findings } from './findings.ts'
import type { Column } from './finding.ts'
import { isEmptyMarker, unwrapCell } from './normalize-cell.ts'
import type { Marks } from './normalize-cell.ts'
import type { ScannedRecord } from './record-scanner.ts'
import { findWrongHash, readHashes } from './parse-hash.ts'
import { looksLikeAddress } from './redact.ts'
import type { Row } from './row.ts'

const LONGEST_ID = 255
const REST =
  'The line seems to be the rest of a row in which a quotation mark is not closed properly.'
const DAY_MS = 86_400_000
// What most files consist of, told at a glance. What may need a second look isn't matched.
const PLAIN_ID = /^[A-Za-z0-9_][\w.:/#-]*$/
const PLAIN_HASH = /^[0-9a-f]{64}$/
const PLAIN_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const ZEROS = '00000000-0000-0000-0000-000000000000'

/** The text of a cell, which is bytes held one a character. */
export type Decode = (cell: string) => string

/** Makes rows of cells, and counts what was mended in them. */
export class RowReader {
  readonly #columns: readonly Column[]
  readonly #places: Places
  readonly #latest: string
  readonly #findings: Findings
  #marks: Marks = []

  constructor(columns: readonly Column[], now: Date, findings: Findings) {
    this.#columns = columns
    this.#places = listPlaces(columns)
    this.#latest = new Date(now.getTime() + DAY_MS).toISOString()
    this.#findings = findings
  }

  /** The row that a record makes; or why it makes none. */
  read({ cells, line, isRest }: ScannedRecord, decode: Decode): Row | Fault {
    if (this.#marks.length > 0) this.#marks = []
    const row = this.#readCells(cells, line, decode)
    if (isRest && 'id' in row && row.emails.length + row.advertising_ids.length === 0) {
      return fault('quote-broken', '', REST)
    }
    // What was mended in a row that is rejected all the same is of no interest.
    if ('id' in row) for (const mark of this.#marks) this.#findings.add(mark, line)
    return row
  }

  /** The id alone, where it can be read. */
  readId(cells: readonly string[], decode: Decode): string | null {
    const id = readCustomerId(cells[this.#places.id] ?? '', [], decode)
    return typeof id === 'string' ? id : null
  }

  #readCells(cells: readonly string[], line: number, decode: Decode): Row | Fault {
    const columns = this.#columns
    if (cells.length !== columns.length) {
      const surplus = cells.slice(columns.length)
      if (surplus.some((cell) => decode(cell).trim() !== '')) return fault('too-many-cells')
      if (cells.length < columns.length) this.#marks.push('short-row')
    }
    const id = readCustomerId(cells[this.#places.id] ?? '', this.#marks, decode)
    if (typeof id !== 'string') return id
    if (cells.length === 1 && columns.length > 1 && /[,;|]/.test(id))
      return fault('row-in-one-cell')
    if (id === columns[this.#places.id]?.name && isHeader(cells, columns, decode)) {
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
      this.#readHashes(row, cells, decode) ??
      this.#readAdvertisingIds(row, cells, decode) ??
      this.#checkCount(row) ??
      this.#readDates(row, cells, decode) ??
      row
    )
  }

  #readHashes({ emails }: Row, cells: readonly string[], decode: Decode): Fault | undefined {
    for (const { index, name } of this.#places.hashes) {
      const cell = cells[index] ?? ''
      if (cell === '') continue
      if (PLAIN_HASH.test(cell) && findWrongHash(cell) === undefined) {
        if (!emails.includes(cell)) emails.push(cell)
        continue
      }
      const wrong = readHashes(decode(cell), name, emails, this.#marks)
      if (wrong) return wrong
    }
    return undefined
  }

  #readAdvertisingIds(row: Row, cells: readonly string[], decode: Decode): Fault | undefined {
    for (const index of this.#places.advertisingIds) {
      const cell = cells[index] ?? ''
      if (cell === '') continue
      const id =
        PLAIN_UUID.test(cell) && cell !== ZEROS ? cell : mendUuid(decode(cell), this.#marks)
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

  #readDates(row: Row, cells: readonly string[], decode: Decode): Fault | undefined {
    for (const { index, name } of this.#places.dates) {
      const date = readPurchaseDate(decode(cells[index] ?? ''), name, this.#marks)
      if (date !== null && typeof date === 'object') return date
      if (date !== null && date > this.#latest) return fault('date-in-future', name)
      row[name] = date
    }
    const { first_purchase_date: first, last_purchase_date: last } = row
    return first !== null && last !== null && first > last ? fault('dates-crossed') : undefined
  }
}

type DateColumn = 'first_purchase_date' | 'last_purchase_date'

interface Places {
  id: number
  hashes: { index: number; name: string }[]
  advertisingIds: number[]
  dates: { index: number; name: DateColumn }[]
}

function listPlaces(columns: readonly Column[]): Places {
  const places: Places = { id: -1, hashes: [], advertisingIds: [], dates: [] }
  for (const [index, { means }] of columns.entries()) {
    if (means === 'user_id') places.id = index
    if (means === 'email_sha256' || means === 'emails_sha256') {
      places.hashes.push({ index, name: means })
    }
    if (means === 'advertising_id') places.advertisingIds.push(index)
    if (means === 'first_purchase_date' || means === 'last_purchase_date') {
      places.dates.push({ index, name: means })
    }
  }
  return places
}

function isHeader(cells: readonly string[], columns: readonly Column[], decode: Decode): boolean {
  return columns.every(({ name, means }, index) => {
    return means === null || decode(cells[index] ?? '').trim() === name
  })
}

function readCustomerId(cell: string, marks: Marks, decode: Decode): string | Fault {
  if (PLAIN_ID.test(cell) && cell.length <= LONGEST_ID) {
    if (isEmptyMarker(cell)) marks.push('id-placeholder')
    return cell
  }
  const id = unwrapCell(decode(cell), marks)
  if (id === '') return fault('id-empty', 'user_id')
  if (!/^[!-~]+$/.test(id)) return fault('id-characters', 'user_id')
  if (id.length > LONGEST_ID) return fault('id-too-long', 'user_id')
  if (looksLikeAddress(id)) marks.push('email-as-id')
  if (isEmptyMarker(id)) marks.push('id-placeholder')
  if (/^\d(?:[.,]\d+)?e\+\d+$/i.test(id)) marks.push('id-scientific')
  return id
}

function mendUuid(cell: string, marks: Marks): string | Fault | undefined {
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

function readPurchaseDate(cell: string, column: DateColumn, marks: Marks): string | null | Fault {
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
