import { hasAtSign, isStandIn } from './address-text.ts'
import type { ColumnMeaning, Delimiter, Notes, ScanFault } from './file-form.ts'
import { LINE_BYTES, LineFinder } from './line-finder.ts'
import type { LineEnd } from './line-finder.ts'
import { splitRecord } from './split-record.ts'
import type { SplitRecord } from './split-record.ts'

export interface ScannedRecord {
  /** The line on which it begins; the file's first is 1. */
  line: number
  /** Bytes, held one a character. Of a line that is too long only the first. */
  cells: string[]
  /** Of each cell where it begins and ends in the text; undefined: between delimiters alone. */
  spans: number[] | undefined
  /** Where in the text it stands. */
  start: number
  end: number
  /** Why it can't be read as a row. */
  fault: ScanFault | undefined
  /** Whether it may be what is left of a record that could not be read. */
  isRest: boolean
}

export interface ScannedForm {
  delimiter: Delimiter
  /** What each column means. */
  means: readonly (ColumnMeaning | null)[]
}

/** Where a scanner stands in the file. */
export interface ScannerState {
  /** The line that comes next. */
  line: number
  /** How the first line ended; null before its end. */
  first_line_end: LineEnd | null
  /** Whether a quotation mark that was not closed properly may be open still. */
  is_torn: boolean
}

const IDENTIFYING = new Set<ColumnMeaning>(['email_sha256', 'emails_sha256', 'advertising_id'])
const IDENTIFIER = /[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-|^[\w+/-]{43}=?$/i
// JavaScript's own notion of blank, in UTF-8; and a lone no-break blank of Windows-1252.
const BLANK =
  /^(?:[\t-\r \xa0]|\xc2\xa0|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80|\xef\xbb\xbf)*$/
// Of a line that comes in pieces, which may part a character.
const ASCII_BLANK = /^[\t-\r ]*$/
// Enough of a line that is too long to read its id.
const BEGINNING_BYTES = 1_024

/** Cuts text into records. A text may end anywhere; the next begins where `position` stood. */
export class RecordScanner {
  position = 0
  readonly state: ScannerState
  readonly #form: ScannedForm
  readonly #notes: Notes
  #text = ''
  #isLast = false
  #lines = new LineFinder('', false)
  #quote = -1
  #nul = -1
  /** The beginning of a line that is too long and has not ended yet. */
  #skipped: { start: string; isBlank: boolean } | undefined

  constructor(form: ScannedForm, notes: Notes, state: ScannerState) {
    this.#form = form
    this.#notes = notes
    const { line, first_line_end, is_torn } = state
    this.state = { line, first_line_end, is_torn }
  }

  /** `isLast`: the file ends with this text. */
  setText(text: string, isLast: boolean): void {
    this.#text = text
    this.#isLast = isLast
    this.#lines = new LineFinder(text, isLast)
    this.position = 0
    this.#quote = -1
    this.#nul = -1
  }

  /** Whether a line that is too long has begun and not ended: what was dropped of it is in no record. */
  get isSkipping(): boolean {
    return this.#skipped !== undefined
  }

  /** The next record that is not blank; undefined where the text holds no further whole one. */
  next(): ScannedRecord | undefined {
    for (;;) {
      const start = this.position
      const lines = this.#lines
      if (!lines.find(start)) {
        if (this.#text.length - start > LINE_BYTES) this.#skip(start)
        if (this.#skipped) return this.#isLast ? this.#endSkipped(this.#text.length) : this.#drop()
        return undefined
      }
      if (this.#skipped || lines.end - start > LINE_BYTES) {
        if (!this.#skipped) this.#skip(start)
        const record = this.#endSkipped(lines.end)
        if (record) return record
        continue
      }
      if (this.#isBlank(start, lines.end)) {
        this.#notes.add('blank-line', this.state.line)
        this.#passLine()
        continue
      }
      return this.#readRecord(start, lines.end)
    }
  }

  /** A line that the caller read by itself, such as the header. */
  passLine(): void {
    if (this.#lines.find(this.position)) this.#passLine()
  }

  #readRecord(start: number, end: number): ScannedRecord | undefined {
    if (this.#quote < start) this.#quote = this.#search('"', start)
    const { delimiter } = this.#form
    if (this.#quote >= end) {
      return this.#pass(start, end, this.#text.slice(start, end).split(delimiter))
    }
    const record = splitRecord(this.#text, start, delimiter, this.#isLast)
    if (record === 'unclear') return undefined
    if (record !== 'unclosed' && this.#isSound(record, start, end)) {
      return this.#pass(start, record.end, record.cells, undefined, record.spans)
    }
    this.state.is_torn = true
    const cells = this.#text.slice(start, end).split(delimiter)
    return this.#pass(start, end, cells, 'quote-broken')
  }

  /**
   * Whether the marks of a record are where they belong, and if it goes on over its first line, it
   * is not a row with a stray mark and others after it. What a stray mark leaves of a record that
   * was torn would else become a customer.
   */
  #isSound({ cells, end, broken, stray }: SplitRecord, start: number, lineEnd: number): boolean {
    const { means, delimiter } = this.#form
    if (stray.some((column) => means[column] != null)) return false
    if (end <= lineEnd) return true
    if (cells.length !== means.length) return false
    if (broken.some((column) => means[column] !== null)) return false
    const lines = this.#text
      .slice(start, end)
      .split(/\r\n?|\n/)
      .slice(0, -1)
    return !lines.some((line, index) => {
      const byItself = line.split(delimiter)
      // Of the first line the cells up to the mark are there either way.
      if (index > 0 && byItself.length !== means.length) return false
      const from = index === 0 ? (broken[0] ?? 0) + 1 : 0
      return byItself.some((cell, column) => column >= from && isTelling(cell, means[column]))
    })
  }

  #pass(
    start: number,
    end: number,
    cells: string[],
    fault?: ScanFault,
    spans?: number[],
  ): ScannedRecord {
    const line = this.state.line
    while (this.position <= end && this.#lines.find(this.position)) {
      this.#passLine()
      if (this.#lines.end >= end) break
    }
    if (this.#nul < start) this.#nul = this.#search('\0', start)
    const isText = this.#nul >= end
    const { state } = this
    const isShort = cells.length < this.#form.means.length
    if (!isShort && fault === undefined) state.is_torn = false
    const isRest = state.is_torn && isShort
    return {
      line,
      cells,
      spans,
      start,
      end,
      fault: fault ?? (isText ? undefined : 'nul-character'),
      isRest,
    }
  }

  #passLine(): void {
    const { kind, next } = this.#lines
    const { state } = this
    if (kind !== undefined) {
      state.first_line_end ??= kind
      if (kind !== state.first_line_end) this.#notes.add('mixed-line-ends', state.line)
    }
    state.line += 1
    this.position = next
  }

  #isBlank(start: number, end: number): boolean {
    const first = this.#text.charCodeAt(start)
    if (first > 0x20 && first < 0x80) return start === end
    return BLANK.test(this.#text.slice(start, end))
  }

  #search(sign: string, start: number): number {
    const index = this.#text.indexOf(sign, start)
    return index < 0 ? Number.POSITIVE_INFINITY : index
  }

  #skip(start: number): void {
    this.#skipped ??= {
      start: this.#text.slice(start, start + BEGINNING_BYTES),
      isBlank: true,
    }
  }

  /** What a line that is too long has more of is of no use, and may be gigabytes. */
  #drop(): undefined {
    const { length } = this.#text
    // A CR at the end may be half of what ends the line.
    const end = this.#text.endsWith('\r') ? length - 1 : length
    if (this.#skipped)
      this.#skipped.isBlank &&= ASCII_BLANK.test(this.#text.slice(this.position, end))
    this.position = end
    return undefined
  }

  #endSkipped(end: number): ScannedRecord | undefined {
    const { start: beginning, isBlank } = this.#skipped ?? { start: '', isBlank: true }
    const line = this.state.line
    const start = this.position
    const blank = isBlank && ASCII_BLANK.test(this.#text.slice(start, end))
    this.#skipped = undefined
    if (this.#lines.find(start)) this.#passLine()
    else this.state.line += 1
    if (blank) {
      this.#notes.add('blank-line', line)
      return undefined
    }
    const cells = beginning.split(this.#form.delimiter).slice(0, -1)
    return { line, cells, spans: undefined, start, end, fault: 'line-too-long', isRest: false }
  }
}

/**
 * What stands in its column only where a row does: a hash, an advertising id, an address, and what
 * stands in for an address, so that a file is cut in the same way before it is hashed and after.
 */
function isTelling(cell: string, means: ColumnMeaning | null | undefined): boolean {
  if (means == null || !IDENTIFYING.has(means)) return false
  return IDENTIFIER.test(cell.trim()) || hasAtSign(cell) || isStandIn(cell)
}
