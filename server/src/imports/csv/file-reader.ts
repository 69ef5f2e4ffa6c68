import { isUtf8 } from 'node:buffer'
import { FileRefused } from './file-refused.ts'
import { fault } from './finding-catalog.ts'
import type { FindingCode } from './finding-catalog.ts'
import { createFindings } from './findings.ts'
import type { Findings } from './findings.ts'
import type { Report } from './finding.ts'
import { LINE_BYTES } from './line-finder.ts'
import type { LineEnd } from './line-finder.ts'
import { readTop } from './read-preamble.ts'
import type { Top } from './read-preamble.ts'
import { RowReader } from './parse-row.ts'
import type { Decode } from './parse-row.ts'
import { RecordScanner } from './record-scanner.ts'
import type { ScannedRecord, ScannerPlace } from './record-scanner.ts'
import { redactCell } from './redact.ts'
import type { Reject, Row } from './row.ts'
import {
  BEGINNING_BYTES,
  countOriginalBytes,
  createTranscode,
  decodeText,
  readBeginning,
} from './text-encoding.ts'
import type { ByteForm, Transcode } from './text-encoding.ts'

export interface ReaderOptions {
  /** Dates of purchases are a merchant's. */
  role: 'publisher' | 'merchant'
  /** What lies more than a day after it lies in the future. */
  now: Date
  rowsPerPart: number
}

/** Where to go on; plain JSON. */
export interface ReaderState {
  /** How many bytes of the file, as it was before packing, its complete records took. */
  offset: number
  /** The records so far: all that became rows and all that were rejected. */
  rows: number
  rejected: number
  /** The line that comes next. */
  line: number
  first_line_end: LineEnd | null
  is_torn: boolean
  /** The header's cells as they were, for rejects.csv; e-mail addresses are redacted. */
  header: string[]
  report: Report
}

export interface FilePart {
  rows: Row[]
  rejects: Reject[]
  /** After this part: a reader made from it and given the rest of the file reads the rest. */
  state: ReaderState
}

export interface FileReader {
  /** Takes the next bytes of the file, cut anywhere. Throws a FileRefused. */
  push(bytes: Uint8Array): FilePart[]
  /** The file is over. The last part comes always, with what is left, if only the final report. */
  end(): FilePart[]
}

/**
 * Reads a file of customers. Every record that is not blank becomes a row or a reject; what the
 * parts hold does not depend on how the bytes were cut.
 */
export function createFileReader(options: ReaderOptions, from?: ReaderState): FileReader {
  return new CsvReader(options, from)
}

// However much is pushed at once, as much is turned into text at a time.
const BLOCK_BYTES = 262_144
// Rows are of a hundred bytes; a part of the longest ones must fit into memory, too.
const PART_BYTES = 8_388_608
// Cells that the header has no names for are kept apart up to as many.
const MOST_SURPLUS_CELLS = 100

/** What reads on once the header is known. */
interface Body {
  scanner: RecordScanner
  rows: RowReader
  header: string[]
  report: Report
}

// What stands where an id belongs in these is none: of a row in one cell it is the whole row.
const NOBODYS: ReadonlySet<FindingCode> = new Set(['header-again', 'row-in-one-cell'])

class CsvReader implements FileReader {
  readonly #options: ReaderOptions
  readonly #findings: Findings
  #form: ByteForm | undefined
  #transcode: Transcode = createTranscode('utf-8')
  #body: Body | undefined
  /** Bytes of UTF-8 that are not part of a whole record yet, and the place in the file of the first. */
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #offset = 0
  #received = 0
  readonly #count = { rows: 0, rejected: 0 }
  /** What the next part will have. */
  #rows: Row[] = []
  #rejects: Reject[] = []
  #partBytes = 0

  constructor(options: ReaderOptions, from?: ReaderState) {
    this.#options = options
    this.#findings = createFindings(from?.report.findings)
    if (!from) return
    const { offset, rows, rejected, header, report } = from
    this.#offset = offset
    this.#received = offset
    Object.assign(this.#count, { rows, rejected })
    this.#setForm(report.encoding === 'windows-1252' ? 'utf-8' : report.encoding)
    this.#body = this.#createBody(header, report, from)
  }

  push(bytes: Uint8Array): FilePart[] {
    const parts: FilePart[] = []
    for (let start = 0; start < bytes.length; start += BLOCK_BYTES) {
      this.#take(bytes.subarray(start, start + BLOCK_BYTES), false, parts)
    }
    return parts
  }

  end(): FilePart[] {
    const parts: FilePart[] = []
    this.#take(new Uint8Array(0), true, parts)
    if (!this.#body) {
      throw new FileRefused(
        'EmptyFile',
        'The file is empty. Send a CSV file with a header line such as user_id,email_sha256.',
      )
    }
    parts.push(this.#cutPart(this.#body, this.#received))
    return parts
  }

  #take(bytes: Uint8Array, isLast: boolean, parts: FilePart[]): void {
    this.#received += bytes.length
    const utf8 = this.#toUtf8(bytes, isLast)
    if (utf8.length > 0) this.#waiting.push(utf8)
    this.#waitingBytes += utf8.length
    if (this.#form === undefined) return
    // Without the end of a line there is nothing new to read, and joining takes time.
    const isNews = utf8.includes(0x0a) || utf8.includes(0x0d) || this.#waitingBytes > LINE_BYTES
    if (!isLast && !isNews) {
      // Whoever pushed the bytes may use their memory again.
      if (utf8.length > 0) this.#waiting[this.#waiting.length - 1] = Buffer.from(utf8)
      return
    }
    const waiting = Buffer.concat(this.#waiting)
    const used = this.#read(waiting, isLast, parts)
    this.#offset += countOriginalBytes(this.#form, waiting.subarray(0, used))
    this.#waiting = [waiting.subarray(used)]
    this.#waitingBytes = waiting.length - used
  }

  #toUtf8(bytes: Uint8Array, isLast: boolean): Buffer {
    if (this.#form !== undefined) return this.#transcode(bytes, isLast)
    const all = Buffer.concat([...this.#waiting, bytes])
    this.#waiting = []
    this.#waitingBytes = 0
    if (all.length < BEGINNING_BYTES && !isLast) return all
    const { form, markBytes } = readBeginning(all)
    this.#setForm(form)
    this.#offset = markBytes
    if (markBytes > 0) this.#findings.add('byte-order-mark', 1)
    if (form !== 'utf-8') this.#findings.add('utf-16', 1)
    return this.#transcode(all.subarray(markBytes), isLast)
  }

  #setForm(form: ByteForm): void {
    this.#form = form
    this.#transcode = createTranscode(form)
  }

  /** How many of the bytes were used. */
  #read(bytes: Buffer, isLast: boolean, parts: FilePart[]): number {
    const text = bytes.toString('latin1')
    const top = this.#body ? undefined : this.#readTop(text, isLast)
    const body = this.#body
    if (!body) return 0
    const { scanner } = body
    scanner.setText(text, isLast)
    while (top && scanner.position < top.end) scanner.passLine()
    // Most files are UTF-8 throughout, which is quickly told of many rows at once.
    const whole = 1 + Math.max(bytes.lastIndexOf(0x0a), bytes.lastIndexOf(0x0d))
    const isSuspect = !isUtf8(isLast ? bytes : bytes.subarray(0, whole))
    for (let record = scanner.next(); record; record = scanner.next()) {
      this.#readRecord(body, record, isSuspect && !isUtf8(bytes.subarray(record.start, record.end)))
      const count = this.#rows.length + this.#rejects.length
      if (count < this.#options.rowsPerPart && this.#partBytes < PART_BYTES) continue
      const used = countOriginalBytes(this.#form ?? 'utf-8', bytes.subarray(0, scanner.position))
      parts.push(this.#cutPart(body, this.#offset + used))
    }
    return scanner.position
  }

  #readTop(text: string, isLast: boolean): Top | undefined {
    const top = readTop(text, isLast, this.#options.role, this.#findings)
    if (!top) return undefined
    const { header, delimiter, columns } = top
    const encoding = this.#form ?? 'utf-8'
    const report: Report = { encoding, delimiter, line_ends: 'lf', columns, findings: [] }
    this.#body = this.#createBody(header, report, { line: 1, first_line_end: null, is_torn: false })
    return top
  }

  #createBody(header: string[], report: Report, place: ScannerPlace): Body {
    const { delimiter, columns } = report
    const means = columns.map((column) => column.means)
    return {
      scanner: new RecordScanner({ delimiter, means }, this.#findings, place),
      rows: new RowReader(columns, this.#options.now, this.#findings),
      header,
      report,
    }
  }

  #readRecord(body: Body, record: ScannedRecord, isWindows: boolean): void {
    const { rows } = body
    const { line, cells } = record
    const decode = isWindows ? decodeWindows : decodeUtf8
    if (isWindows) this.#findings.add('windows-1252', line)
    const isLong = record.fault === 'line-too-long'
    // Of a long line only the last piece may be at hand, which says nothing.
    if (!isLong) this.#partBytes += record.end - record.start
    const row = record.fault ? fault(record.fault) : rows.read(record, decode)
    if ('id' in row) {
      this.#rows.push(row)
      return
    }
    this.#findings.add(row.code, line)
    this.#rejects.push({
      line,
      reason: row.reason,
      id: NOBODYS.has(row.code) ? null : rows.readId(cells, decode),
      cells: isLong ? [] : showCells(cells, body, decode),
    })
  }

  #cutPart(body: Body, offset: number): FilePart {
    const [rows, rejects] = [this.#rows, this.#rejects]
    this.#rows = []
    this.#rejects = []
    this.#partBytes = 0
    this.#count.rows += rows.length + rejects.length
    this.#count.rejected += rejects.length
    const { header, report, scanner } = body
    const { line, first_line_end, is_torn } = scanner.place
    const has = (code: FindingCode): boolean => this.#findings.has(code)
    const state: ReaderState = {
      offset,
      ...this.#count,
      line,
      first_line_end,
      is_torn,
      header,
      report: {
        ...report,
        encoding: has('windows-1252') && this.#form === 'utf-8' ? 'windows-1252' : report.encoding,
        line_ends: has('mixed-line-ends') ? 'mixed' : (first_line_end ?? 'lf'),
        findings: this.#findings.list(),
      },
    }
    return { rows, rejects, state }
  }
}

const decodeUtf8: Decode = (cell) => decodeText(cell, false)
const decodeWindows: Decode = (cell) => decodeText(cell, true)

/** The cells of a row that was rejected, as whoever sent the file may see them. */
function showCells(cells: readonly string[], { header, report }: Body, decode: Decode): string[] {
  const most = header.length + MOST_SURPLUS_CELLS
  const rest = cells.slice(most).join(report.delimiter)
  const kept = cells.length <= most ? cells : [...cells.slice(0, most), rest]
  return kept.map((cell) => redactCell(decode(cell)))
}
