import { isUtf8 } from 'node:buffer'
import { addToSamples } from '../../../../client/src/customer-file/column-sample.ts'
import type { ColumnSample } from '../../../../client/src/customer-file/column-sample.ts'
import { BLOCK_BYTES, FileBlocks } from '../../../../client/src/customer-file/file-blocks.ts'
import type { Block } from '../../../../client/src/customer-file/file-blocks.ts'
import { FileRefused } from '../../../../client/src/customer-file/file-refused.ts'
import type { LineEnd } from '../../../../client/src/customer-file/line-finder.ts'
import { parsePreamble } from '../../../../client/src/customer-file/parse-preamble.ts'
import type { Preamble } from '../../../../client/src/customer-file/parse-preamble.ts'
import { RecordScanner } from '../../../../client/src/customer-file/record-scanner.ts'
import type {
  ScannedRecord,
  ScannerState,
} from '../../../../client/src/customer-file/record-scanner.ts'
import { decodeText } from '../../../../client/src/customer-file/text-encoding.ts'
import { fault } from './finding-catalog.ts'
import type { FindingCode } from './finding-catalog.ts'
import { createFindings } from './findings.ts'
import type { Findings } from './findings.ts'
import type { Report } from './finding.ts'
import { RowParser } from './parse-row.ts'
import type { Decode } from './parse-row.ts'
import { redactCell } from './redact.ts'
import type { Reject, Row } from './row.ts'
import { tellPreamble } from './tell-preamble.ts'
import { sampleUnknown, tellSamples, withoutSamples } from './tell-samples.ts'

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
  /** What was seen in columns that nothing is known of; absent where there are none. */
  samples?: ColumnSample[]
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

// Rows are of a hundred bytes; a part of the longest ones must fit into memory, too.
const PART_BYTES = 8_388_608
// Cells that the header has no names for are kept apart up to as many.
const MOST_SURPLUS_CELLS = 100

/** What reads on once the header is known. */
interface Body {
  scanner: RecordScanner
  rows: RowParser
  header: string[]
  report: Report
  samples: ColumnSample[]
}

// What stands where an id belongs in these is none: of a row in one cell it is the whole row.
const NOBODYS: ReadonlySet<FindingCode> = new Set(['header-again', 'row-in-one-cell'])

class CsvReader implements FileReader {
  readonly #options: ReaderOptions
  readonly #findings: Findings
  readonly #blocks: FileBlocks
  #body: Body | undefined
  readonly #count = { rows: 0, rejected: 0 }
  /** What the next part will have. */
  #rows: Row[] = []
  #rejects: Reject[] = []
  #partBytes = 0

  constructor(options: ReaderOptions, from?: ReaderState) {
    this.#options = options
    this.#findings = createFindings(from && withoutSamples(from.report.findings))
    if (!from) {
      this.#blocks = new FileBlocks(toByteText)
      return
    }
    const { offset, rows, rejected, header, report } = from
    const form = report.encoding === 'windows-1252' ? 'utf-8' : report.encoding
    this.#blocks = new FileBlocks(toByteText, { form, offset })
    Object.assign(this.#count, { rows, rejected })
    this.#body = this.#createBody(header, report, from, from.samples)
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
    if (this.#count.rows + this.#rows.length + this.#rejects.length === 0) {
      this.#findings.addOnce('no-rows', 1, {})
    }
    parts.push(this.#cutPart(this.#body, this.#blocks.received))
    return parts
  }

  #take(bytes: Uint8Array, isLast: boolean, parts: FilePart[]): void {
    const block = this.#blocks.take(bytes, isLast)
    if (block) this.#blocks.use(block, this.#readBlock(block, parts))
  }

  /** How many of the bytes were used. */
  #readBlock(block: Block, parts: FilePart[]): number {
    const { bytes, text, isLast } = block
    const preamble = this.#body ? undefined : parsePreamble(text, isLast)
    if (preamble) this.#body = this.#beginBody(preamble)
    const body = this.#body
    if (!body) return 0
    const { scanner } = body
    scanner.setText(text, isLast)
    while (preamble && scanner.position < preamble.end) scanner.passLine()
    // Most files are UTF-8 throughout, which is quickly told of many rows at once.
    const whole = 1 + Math.max(bytes.lastIndexOf(0x0a), bytes.lastIndexOf(0x0d))
    const isSuspect = !isUtf8(isLast ? bytes : bytes.subarray(0, whole))
    for (let record = scanner.next(); record; record = scanner.next()) {
      this.#readRecord(body, record, isSuspect && !isUtf8(bytes.subarray(record.start, record.end)))
      const count = this.#rows.length + this.#rejects.length
      if (count < this.#options.rowsPerPart && this.#partBytes < PART_BYTES) continue
      parts.push(this.#cutPart(body, this.#blocks.offsetOf(block, scanner.position)))
    }
    return scanner.position
  }

  #beginBody(preamble: Preamble): Body {
    const { form, markBytes } = this.#blocks
    if (markBytes > 0) this.#findings.add('byte-order-mark', 1)
    if (form !== 'utf-8') this.#findings.add('utf-16', 1)
    const columns = tellPreamble(preamble, this.#options.role, this.#findings)
    const { delimiter, names } = preamble
    const encoding = form ?? 'utf-8'
    const report: Report = { encoding, delimiter, line_ends: 'lf', columns, findings: [] }
    const start = { line: 1, first_line_end: null, is_torn: false }
    return this.#createBody(names.map(redactCell), report, start)
  }

  #createBody(
    header: string[],
    report: Report,
    state: ScannerState,
    samples: ColumnSample[] = sampleUnknown(report.columns),
  ): Body {
    const { delimiter, columns } = report
    const means = columns.map((column) => column.means)
    return {
      scanner: new RecordScanner({ delimiter, means }, this.#findings, state),
      rows: new RowParser(columns, this.#options.now, this.#findings),
      header,
      report,
      samples: structuredClone(samples),
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
    if (!record.fault) addToSamples(body.samples, cells, decode)
    const row = record.fault ? fault(record.fault) : rows.parse(record, decode)
    if ('id' in row) {
      this.#rows.push(row)
      return
    }
    this.#findings.add(row.code, line)
    this.#rejects.push({
      line,
      reason: row.reason,
      id: NOBODYS.has(row.code) ? null : rows.parseId(cells, decode),
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
    const { header, report, scanner, samples } = body
    const { line, first_line_end, is_torn } = scanner.state
    const has = (code: FindingCode): boolean => this.#findings.has(code)
    const state: ReaderState = {
      offset,
      ...this.#count,
      line,
      first_line_end,
      is_torn,
      header,
      ...(samples.length > 0 && { samples: structuredClone(samples) }),
      report: {
        ...report,
        encoding:
          has('windows-1252') && this.#blocks.form === 'utf-8' ? 'windows-1252' : report.encoding,
        line_ends: has('mixed-line-ends') ? 'mixed' : (first_line_end ?? 'lf'),
        findings: [
          ...this.#findings.list(),
          ...tellSamples(samples, report.columns, this.#count.rows),
        ],
      },
    }
    return { rows, rejects, state }
  }
}

/** Of the engine, which is several times as fast as what browsers have. */
const toByteText = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')

const decodeUtf8: Decode = (cell) => decodeText(cell, false)
const decodeWindows: Decode = (cell) => decodeText(cell, true)

/** The cells of a row that was rejected, as the sender of the file may see them. */
function showCells(cells: readonly string[], { header, report }: Body, decode: Decode): string[] {
  const most = header.length + MOST_SURPLUS_CELLS
  const rest = cells.slice(most).join(report.delimiter)
  const kept = cells.length <= most ? cells : [...cells.slice(0, most), rest]
  return kept.map((cell) => redactCell(decode(cell)))
}
