import { addToSamples, createSamples, findContent } from './column-sample.ts'
import type { ColumnSample } from './column-sample.ts'
import { byteChunks } from './file-chunks.ts'
import type { Chunks } from './file-chunks.ts'
import { FileBlocks } from './file-blocks.ts'
import type { Block } from './file-blocks.ts'
import type { ColumnMeaning, Delimiter } from './file-form.ts'
import { FileRefused } from './file-refused.ts'
import { isUnknown, parseHeader } from './parse-header.ts'
import type { HeaderColumn, SaidColumns } from './parse-header.ts'
import { parsePreamble } from './parse-preamble.ts'
import type { Preamble } from './parse-preamble.ts'
import { RecordScanner } from './record-scanner.ts'
import type { ScannedRecord } from './record-scanner.ts'
import { AddressRemover, removeAddresses } from './remove-addresses.ts'
import { renameColumns } from './rename-columns.ts'
import { hashFormsOf, rewriteCell } from './rewrite-cell.ts'
import type { EmailCounts, Hash, HashForms, Replacement } from './rewrite-cell.ts'
import { fromByteText, isUtf8Text, joinBytes } from './text-bytes.ts'
import { decodeText } from './text-encoding.ts'

export type { Chunks } from './file-chunks.ts'
export { FileRefused } from './file-refused.ts'
export { HEAD_BYTES, readHead } from './read-head.ts'
export type { FileHead } from './read-head.ts'
export { parseEmail } from './parse-email.ts'
export type { EmailFault, ParsedEmail } from './parse-email.ts'
export type { EmailCounts, UnknownColumn } from './rewrite-cell.ts'

/** What a column holds, for one whose name does not say it. */
export type ColumnUse = 'email' | 'emails' | 'id' | 'ignored'

export interface HashEmailOptions {
  /** SHA-256 of a text's UTF-8, as lower-case hex; WebCrypto's unless given. */
  hash?: Hash | undefined
  /** What columns hold, by their names in the file's header. */
  columns?: Readonly<Record<string, ColumnUse>> | undefined
  /**
   * Whether an address whose provider ignores dots or tags is hashed in a second form, without them, beside the
   * first. Not unless given.
   */
  secondForms?: boolean | undefined
  /** Told the counts at the end. */
  counted?: ((counts: EmailCounts) => void) | undefined
}

/**
 * The same CSV file, with the plain e-mail addresses in it replaced by their hashes: normalised as
 * `parseEmail` does it, SHA-256. Columns of e-mails are known by their names, of which the server goes
 * by the same list; one that is called plainly (`email`, `E-Mail-Adresse`) is renamed `email_sha256`, or
 * `emails_sha256` where there is one already. Hashes and empty cells stay; what holds an `@` and is no
 * address becomes `[not an address]`, which the server rejects row by row. Addresses in other columns
 * are removed, but for customer ids. Everything else keeps its bytes, and each row its line; UTF-16
 * becomes UTF-8.
 *
 * What comes out depends on the bytes that go in alone, not on how they are cut into chunks.
 * Works in browsers, on `file.stream()`. Throws a FileRefused (a TypeError) for what is no CSV or is
 * compressed, as the server would, and TypeError where there is neither WebCrypto (in a page that did
 * not come over HTTPS) nor `hash`.
 */
export async function* hashEmailColumn(
  csv: Chunks,
  options: HashEmailOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const file = new FileRewriter(
    hashFormsOf(options.hash ?? webHash, options.secondForms ?? false),
    parseUses(options.columns),
  )
  for await (const chunk of byteChunks(csv)) {
    file.read(chunk, false)
    if (file.pieces.length > 0) yield joinPieces(file.pieces.splice(0))
  }
  file.read(new Uint8Array(), true)
  if (file.pieces.length > 0) yield joinPieces(file.pieces)
  options.counted?.(file.count())
}

/** What hashing would do to a file, or to the beginning of one. Nothing is hashed. */
export async function countEmails(
  csv: Chunks,
  { columns }: Pick<HashEmailOptions, 'columns'> = {},
): Promise<EmailCounts> {
  const found: EmailCounts[] = []
  const counted = (counts: EmailCounts) => void found.push(counts)
  const chunks = hashEmailColumn(csv, { hash: () => '', columns, counted })
  while ((await chunks.next()).done !== true);
  const [counts] = found
  if (!counts) throw new TypeError('The file could not be read to its end')
  return counts
}

const USES: Record<ColumnUse, ColumnMeaning | 'ignored'> = {
  email: 'email_sha256',
  emails: 'emails_sha256',
  id: 'user_id',
  ignored: 'ignored',
}

function parseUses(columns: HashEmailOptions['columns'] = {}): SaidColumns {
  return new Map(Object.entries(columns).map(([name, use]) => [name.trim(), USES[use]]))
}

async function webHash(text: string): Promise<string> {
  const { subtle } = globalThis.crypto as Partial<typeof globalThis.crypto>
  if (!subtle) throw new TypeError('There is no WebCrypto here: open the page over HTTPS')
  const digest = await subtle.digest('SHA-256', new TextEncoder().encode(text))
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Bytes as they were, or held one a character. */
type Piece = Uint8Array | string | Promise<string>

/** One await for all the hashes of a chunk. */
async function joinPieces(pieces: readonly Piece[]): Promise<Uint8Array<ArrayBuffer>> {
  const isAtHand = pieces.every((piece) => !(piece instanceof Promise))
  const all = isAtHand ? pieces : await Promise.all(pieces.map(async (piece) => await piece))
  return joinBytes(
    (all as (Uint8Array | string)[]).map((piece) => {
      return typeof piece === 'string' ? fromByteText(piece) : piece
    }),
  )
}

const MARK = Uint8Array.of(0xef, 0xbb, 0xbf)
/** What every spelling of an `@` has, in bytes; and " at " in words. */
const SUSPICIOUS = /[@%=&\\\xef]|[\s(<[{]at[\s)>\]}]/i

/** Reads a file and writes it again. */
class FileRewriter {
  /** What was written. */
  readonly pieces: Piece[] = []
  readonly #hash: HashForms
  readonly #said: SaidColumns
  readonly #blocks = new FileBlocks()
  readonly #counts: EmailCounts = {
    columns: [],
    hashed: 0,
    refused: 0,
    removed: 0,
    ids: 0,
    rows: 0,
  }
  readonly #remover = new AddressRemover(() => (this.#counts.removed += 1))
  #columns: HeaderColumn[] = []
  #newNames: (string | undefined)[] = []
  #samples: ColumnSample[] = []
  #scanner: RecordScanner | undefined
  #delimiter: Delimiter = ','
  #records = 0
  /** Up to where the block was written. */
  #written = 0

  constructor(hash: HashForms, said: SaidColumns) {
    this.#hash = hash
    this.#said = said
  }

  count(): EmailCounts {
    const unknown = this.#samples.flatMap((sample) => {
      const holds = findContent(sample, this.#records)
      return holds ? [{ name: this.#columns[sample.column]?.name ?? '', holds }] : []
    })
    return unknown.length > 0 ? { ...this.#counts, unknown } : this.#counts
  }

  read(bytes: Uint8Array, isLast: boolean): void {
    const block = this.#blocks.take(bytes, isLast)
    if (!block) return
    this.#written = 0
    const used = this.#readBlock(block)
    this.#copy(block, used)
    this.#blocks.use(block, used)
  }

  #readBlock(block: Block): number {
    const { text, isLast } = block
    const preamble = this.#scanner ? undefined : parsePreamble(text, isLast)
    if (preamble || (isLast && !this.#scanner)) this.#writeMark()
    if (preamble) this.#begin(preamble, block)
    const scanner = this.#scanner
    // What has no header at all is blank.
    if (!scanner) return isLast ? text.length : 0
    scanner.setText(text, isLast)
    while (preamble && scanner.position < preamble.end) scanner.passLine()
    let end = scanner.position
    for (let record = scanner.next(); record; record = scanner.next()) {
      this.#counts.rows += 1
      if (record.fault === 'line-too-long') {
        const line = this.#remover.push(text.slice(end, record.end)) + this.#remover.end()
        this.#put(block, end, record.end, line)
      } else this.#rewriteRecord(block, record)
      end = record.end
    }
    if (scanner.isSkipping) {
      const { position } = scanner
      this.#put(block, end, position, this.#remover.push(text.slice(end, position)))
    }
    return scanner.position
  }

  #writeMark(): void {
    if (this.#blocks.form === 'utf-8' && this.#blocks.markBytes > 0) this.pieces.push(MARK)
  }

  #begin(preamble: Preamble, block: Block): void {
    const { delimiter, names, spans } = preamble
    this.#delimiter = delimiter
    this.#columns = parseHeader(names, this.#said)
    for (const name of this.#said.keys()) {
      if (this.#columns.some((column) => column.name === name)) continue
      throw new FileRefused('NoColumn', `The file has no column "${name}".`)
    }
    this.#newNames = renameColumns(this.#columns, this.#said)
    this.#samples = createSamples(
      this.#columns.flatMap((column, index) => (isUnknown(column) ? index : [])),
    )
    const means = this.#columns.map((column) => column.means)
    const start = { line: 1, first_line_end: null, is_torn: false }
    this.#scanner = new RecordScanner({ delimiter, means }, { add: () => undefined }, start)
    this.#writeHeader(block, spans)
  }

  #writeHeader(block: Block, spans: readonly number[]): void {
    for (const [index, name] of this.#newNames.entries()) {
      if (name === undefined) continue
      if (this.#columns[index]?.means === null && !this.#said.has(this.#columns[index].name)) {
        this.#counts.removed += 1
      }
      const [from = 0, to = 0] = spans.slice(2 * index, 2 * index + 2)
      // Each row stays on its lines.
      const lineEnds = block.text.slice(from, to).replaceAll(/[^\r\n]/g, '')
      this.#put(block, from, to, lineEnds === '' ? name : `"${name}${lineEnds}"`)
    }
  }

  #rewriteRecord(block: Block, record: ScannedRecord): void {
    const { start, end, cells, fault } = record
    const delimiter = this.#delimiter
    const raw = block.text.slice(start, end)
    this.#records += 1
    const decode = (cell: string): string => decodeText(cell, !isUtf8Text(raw))
    if (!fault) addToSamples(this.#samples, cells, decode)
    if (this.#isHeaderAgain(cells, decode)) {
      this.#writeHeader(block, record.spans ?? spansOf(record, delimiter))
      return
    }
    if (!SUSPICIOUS.test(raw)) return
    if (fault) {
      this.#put(
        block,
        start,
        end,
        removeAddresses(raw, () => (this.#counts.removed += 1)),
      )
      return
    }
    const spans = record.spans ?? spansOf(record, delimiter)
    const surplus = cells.slice(this.#columns.length)
    const isShort = cells.length < this.#columns.length
    const isWhole = !isShort && surplus.every((cell) => cell.trim() === '')
    for (const [index, cell] of cells.entries()) {
      if (!SUSPICIOUS.test(cell)) continue
      const [from = 0, to = 0] = spans.slice(2 * index, 2 * index + 2)
      const parts = { raw: block.text.slice(from, to), text: decode(cell), isWhole, delimiter }
      const column = this.#columns[index]
      const made = rewriteCell({ ...parts, column }, this.#hash, this.#counts)
      if (made !== undefined) this.#put(block, from, to, made)
    }
  }

  /** Where files were joined, each of which had one. */
  #isHeaderAgain(cells: readonly string[], decode: (cell: string) => string): boolean {
    const id = this.#columns.findIndex(({ means }) => means === 'user_id')
    if (id < 0 || cells[id]?.trim() !== this.#columns[id]?.name) return false
    return this.#columns.every(({ name, means }, index) => {
      return means === null || decode(cells[index] ?? '').trim() === name
    })
  }

  #put(block: Block, from: number, to: number, made: NonNullable<Replacement>): void {
    this.#copy(block, from)
    if (made !== '') this.pieces.push(made)
    this.#written = to
  }

  #copy({ bytes }: Block, end: number): void {
    if (this.#written < end) this.pieces.push(bytes.subarray(this.#written, end))
    this.#written = Math.max(this.#written, end)
  }
}

/** Of cells with nothing but delimiters between them. */
function spansOf({ cells, start }: ScannedRecord, delimiter: string): number[] {
  let from = start
  return cells.flatMap((cell) => {
    const span = [from, from + cell.length]
    from += cell.length + delimiter.length
    return span
  })
}
