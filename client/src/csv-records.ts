// Shared with browsers: nothing of Node here.

import { concat } from './utf8-chunks.ts'

/** A record is at most this long, as at the server: a quote that is never closed ends here. */
export const longestRecord = 64 * 1024

const quote = 0x22
const lineFeed = 0x0a
const carriageReturn = 0x0d

/** What every spelling of an `@` has: itself, `%40`, `=40`, `&#64;`, `\x40`, and the full-width one's. */
const suspicious = Uint8Array.from({ length: 256 }, (_, byte) =>
  [0x40, 0x25, 0x3d, 0x26, 0x5c, 0xef].includes(byte) ? 1 : 0,
)

/** `,` `;` tab `|`: what may stand between cells, the likelier first. */
export const delimiters: readonly number[] = [0x2c, 0x3b, 0x09, 0x7c]

/** What the header says of the records after it. */
export interface RecordForm {
  delimiter: number
  /** So many cells has a whole record. */
  columns: number
}

/** Who is given the pieces of a file, in order and without gaps; they are valid only at that moment. */
export interface RecordTaker {
  /** One record with its line end. Answers the form to go by, undefined as long as it is unknown. */
  record(bytes: Uint8Array): RecordForm | undefined
  /** Whole records in which no `@` occurs, however it is spelled. */
  clean(bytes: Uint8Array): void
  /** A line, or a part of one, that belongs to no record that could be read. */
  broken(bytes: Uint8Array): void
}

// Where in a cell the next byte is.
const cellStart = 0
const plain = 1
const quoted = 2
const afterQuote = 3
/** In the middle of a line that is too long. */
const overlong = 4

/**
 * Cuts a CSV file into records, in the same way however it comes in chunks. A `\r\n` ends a record
 * and an empty one, which comes out as the same bytes. Until the delimiter is known, any may be it.
 */
export class RecordSplitter {
  readonly #taker: RecordTaker
  #held = new Uint8Array()
  /** Where the records without an @ begin that were not passed on yet. */
  #clean = 0
  /** Where the current record begins. */
  #start = 0
  /** What is looked at next. */
  #index = 0
  #state = cellStart
  #isSuspicious = false
  /** Whether there is a line end within quotes. */
  #hasBreak = false
  #form: RecordForm | undefined

  constructor(taker: RecordTaker) {
    this.#taker = taker
  }

  push(chunk: Uint8Array): void {
    this.#held = concat(this.#held.subarray(this.#start), chunk)
    this.#index -= this.#start
    this.#clean = this.#start = 0
    this.#scan()
    this.#passClean()
  }

  end(): void {
    while (this.#start < this.#held.length) {
      if (this.#state === quoted) this.#recover()
      else this.#finish(this.#held.length)
      this.#scan()
    }
    this.#passClean()
  }

  #scan(): void {
    while (this.#index < this.#held.length) {
      const end = this.#findEnd()
      if (end > 0) this.#finish(end)
      else if (this.#index - this.#start >= longestRecord) this.#recover()
    }
  }

  /** Looks on to the end of the record; answers 0 where there is none to be seen yet. */
  #findEnd(): number {
    // On copies, because all bytes of a file pass here.
    const held = this.#held
    const delimiter = this.#form?.delimiter ?? 0
    const most = Math.min(held.length, this.#start + longestRecord)
    let index = this.#index
    let state = this.#state
    let end = 0
    for (; index < most && end === 0; index += 1) {
      const byte = held[index] ?? 0
      if (suspicious[byte] === 1) this.#isSuspicious = true
      if (byte === lineFeed || byte === carriageReturn) {
        if (state !== quoted) end = index + 1
        else this.#hasBreak = true
      } else if (state !== overlong) state = follow(state, byte, delimiter)
    }
    this.#index = index
    this.#state = state
    return end
  }

  #finish(end: number): void {
    if (this.#state === overlong) this.#passBroken(end)
    else if (this.#isSuspicious || !this.#form) {
      const record = this.#held.subarray(this.#start, end)
      if (this.#form && this.#hasBreak && !isSound(record, this.#form)) {
        this.#recover()
        return
      }
      this.#passClean()
      this.#form = this.#taker.record(record)
      this.#clean = end
    }
    this.#startAt(end)
  }

  /** What was taken for a record is none, or has no end: its first line is passed on alone. */
  #recover(): void {
    const end = endOfLine(this.#held, this.#start, this.#index)
    if (end !== undefined) {
      this.#passBroken(end)
      this.#startAt(end)
      this.#index = end
      return
    }
    const cut = lastCut(this.#held, this.#start, this.#index)
    this.#passBroken(cut)
    this.#startAt(cut)
    this.#state = overlong
  }

  #passClean(): void {
    if (this.#clean < this.#start) {
      this.#taker.clean(this.#held.subarray(this.#clean, this.#start))
    }
    this.#clean = this.#start
  }

  #passBroken(end: number): void {
    this.#passClean()
    this.#taker.broken(this.#held.subarray(this.#start, end))
    this.#clean = end
  }

  #startAt(next: number): void {
    this.#start = next
    this.#state = cellStart
    this.#isSuspicious = false
    this.#hasBreak = false
  }
}

/** Whether there may be an `@` in that part, however it is spelled. */
export function isSuspicious(bytes: Uint8Array, from: number, to: number): boolean {
  for (let index = from; index < to; index += 1) {
    if (suspicious[bytes[index] ?? 0] === 1) return true
  }
  return false
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === lineFeed || byte === carriageReturn
}

function follow(state: number, byte: number, delimiter: number): number {
  if (byte === quote) {
    if (state === cellStart || state === afterQuote) return quoted
    return state === quoted ? afterQuote : plain
  }
  if (state === quoted) return quoted
  return (delimiter === 0 ? delimiters.includes(byte) : byte === delimiter) ? cellStart : plain
}

function endOfLine(bytes: Uint8Array, from: number, to: number): number | undefined {
  for (let index = from; index < to; index += 1) {
    if (isLineEnd(bytes[index])) return index + 1
  }
  return undefined
}

/** Where a long line can be cut without cutting an address; its end where there is no such place. */
function lastCut(bytes: Uint8Array, from: number, to: number): number {
  for (let index = to - 1; index > from; index -= 1) {
    if (isSeparator(bytes[index] ?? 0)) return index + 1
  }
  return to
}

/** What no address contains, so that one begins and ends there: blanks, delimiters, quotes, brackets. */
const separators = new Set([...'",;|<>()[]'].map((character) => character.charCodeAt(0)))

export function isSeparator(byte: number): boolean {
  return byte <= 0x20 || separators.has(byte)
}

/**
 * Whether a record of several lines is one. A quote that somebody forgot to close goes on to the next
 * one, which may be far: the rows between are rows.
 */
function isSound(record: Uint8Array, { delimiter, columns }: RecordForm): boolean {
  let state = cellStart
  for (const byte of record) {
    const next = isLineEnd(byte) && state !== quoted ? cellStart : follow(state, byte, delimiter)
    if (state === afterQuote && next === plain) return false
    state = next
  }
  return cellsOf(record, delimiter).length === columns
}

/** Where the cells of a record lie in it, quotes and all; its line end belongs to none. */
export function cellsOf(record: Uint8Array, delimiter: number): { from: number; to: number }[] {
  const cells = []
  let from = 0
  let state = cellStart
  const end = record.length - (isLineEnd(record.at(-1)) ? 1 : 0)
  for (let index = 0; index < end; index += 1) {
    state = follow(state, record[index] ?? 0, delimiter)
    if (state !== cellStart) continue
    cells.push({ from, to: index })
    from = index + 1
  }
  cells.push({ from, to: end })
  return cells
}

/** The delimiter that cuts a header into the most cells. */
export function findDelimiter(header: Uint8Array): number {
  const counts = delimiters.map((delimiter) => cellsOf(header, delimiter).length)
  return delimiters[counts.indexOf(Math.max(...counts))] ?? 0x2c
}
