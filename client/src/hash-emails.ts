// Shared with browsers: nothing of Node here.

import { RecordSplitter, cellsOf, findDelimiter, isSeparator, isSuspicious } from './csv-records.ts'
import type { RecordTaker } from './csv-records.ts'
import { addressRemoved, hasAtSign, notAnAddress, readColumns, textOf } from './email-columns.ts'
import type { HeaderColumn } from './email-columns.ts'
import { utf8Chunks } from './utf8-chunks.ts'
import type { Chunks } from './utf8-chunks.ts'

export type { Chunks } from './utf8-chunks.ts'

/** What became of the addresses in a file. */
export interface EmailCounts {
  /** The columns in which addresses were hashed, as the file's header names them. */
  columns: string[]
  /** Cells whose addresses were replaced by hashes. */
  hashed: number
  /** Cells of such columns that hold an `@` but no address: now `[not an address]`. */
  refused: number
  /** Addresses removed from elsewhere: from other columns, from lines that are not CSV. */
  removed: number
  /** Customer ids that look like addresses. They are your ids: they are kept as they are. */
  ids: number
}

export interface HashEmailOptions {
  /** SHA-256 of a text's UTF-8, as lower-case hex; WebCrypto's unless given. */
  hash?: ((text: string) => string | Promise<string>) | undefined
  /** Told the counts at the end. */
  counted?: ((counts: EmailCounts) => void) | undefined
}

/**
 * The same CSV file, with the plain e-mail addresses in it replaced by their hashes: trimmed,
 * lower-cased, SHA-256. A column `email` (`e-mail`, `email address`, `mail`, `emails`) is renamed
 * `email_sha256`, or `emails_sha256` where there is one already. Hashes and empty cells stay; what
 * holds an `@` and is no address becomes `[not an address]`, which the server rejects row by row.
 * Addresses in other columns are removed, but for customer ids. Everything else keeps its bytes, and
 * each row its line; UTF-16 becomes UTF-8.
 *
 * What comes out depends on the bytes that go in alone, not on how they are cut into chunks.
 * Works in browsers, on `file.stream()`. Throws TypeError for UTF-32, and where there is neither
 * WebCrypto (in a page that did not come over HTTPS) nor `hash`.
 */
export async function* hashEmailColumn(
  csv: Chunks,
  options: HashEmailOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const counts: EmailCounts = { columns: [], hashed: 0, refused: 0, removed: 0, ids: 0 }
  const pieces: Piece[] = []
  const rewriter = buildRewriter({ hash: options.hash ?? webHash, counts, pieces })
  const splitter = new RecordSplitter(rewriter)
  let isFirst = true
  for await (const chunk of utf8Chunks(csv)) {
    const mark = isFirst ? markLength(chunk) : 0
    isFirst = false
    if (mark > 0) pieces.push(chunk.subarray(0, mark))
    splitter.push(chunk.subarray(mark))
    if (pieces.length > 0) yield joinPieces(pieces.splice(0))
  }
  splitter.end()
  if (pieces.length > 0) yield joinPieces(pieces)
  options.counted?.(counts)
}

/** What hashing would do to a file, or to the beginning of one. Nothing is hashed. */
export async function countEmails(csv: Chunks): Promise<EmailCounts> {
  const found: EmailCounts[] = []
  const counted = (counts: EmailCounts) => void found.push(counts)
  const chunks = hashEmailColumn(csv, { hash: () => '', counted })
  while ((await chunks.next()).done !== true);
  const [counts] = found
  if (!counts) throw new TypeError('The file could not be read to its end')
  return counts
}

function markLength(chunk: Uint8Array): number {
  return chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? 3 : 0
}

async function webHash(text: string): Promise<string> {
  const { subtle } = globalThis.crypto as Partial<typeof globalThis.crypto>
  if (!subtle) throw new TypeError('There is no WebCrypto here: open the page over HTTPS')
  const digest = await subtle.digest('SHA-256', new TextEncoder().encode(text))
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

type AtHand = Uint8Array | string
type Piece = AtHand | Promise<string>

/** One await for all the hashes of a chunk. */
async function joinPieces(pieces: readonly Piece[]): Promise<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder()
  const parts: Uint8Array[] = []
  const atHand = pieces.filter((piece): piece is AtHand => !(piece instanceof Promise))
  const all = atHand.length === pieces.length ? atHand : await Promise.all(pieces.map(resolved))
  for (const piece of all) {
    parts.push(typeof piece === 'string' ? encoder.encode(piece) : piece)
  }
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let length = 0
  for (const part of parts) {
    joined.set(part, length)
    length += part.length
  }
  return joined
}

async function resolved<T>(value: T | Promise<T>): Promise<T> {
  return value
}

interface RewriterParts {
  hash: (text: string) => string | Promise<string>
  counts: EmailCounts
  /** Where the file goes. */
  pieces: Piece[]
}

/** Excel's way to name the delimiter, on a line before the header. */
const delimiterLine = /^sep=[,;\t|][\r\n]*$/i

function buildRewriter(parts: RewriterParts): RecordTaker {
  const { counts, pieces } = parts
  let delimiter = 0
  let columns: HeaderColumn[] = []

  function rewrite(bytes: Uint8Array): void {
    const cells = cellsOf(bytes, delimiter)
    // Where a row has lost its order, what stands in the place of the id may be anything.
    const isWhole = cells.length === columns.length
    let done = 0
    for (const [index, { from, to }] of cells.entries()) {
      if (!isSuspicious(bytes, from, to)) continue
      const piece = replaceCell(parts, bytes.subarray(from, to), columns[index] ?? beyond, isWhole)
      if (piece === undefined) continue
      pieces.push(bytes.subarray(done, from), piece)
      done = to
    }
    pieces.push(bytes.subarray(done))
  }

  function readHeader(bytes: Uint8Array): void {
    if (delimiter === 0) delimiter = findDelimiter(bytes)
    columns = readColumns(bytes, delimiter)
    let done = 0
    for (const { from, to, newName } of columns) {
      if (newName === undefined) continue
      const cell = bytes.subarray(from, to)
      pieces.push(bytes.subarray(done, from))
      if (newName === addressRemoved) pieces.push(removeCell(cell, counts))
      else pieces.push(newName)
      done = to
    }
    pieces.push(bytes.subarray(done))
  }

  return {
    record(bytes) {
      const text = columns.length > 0 ? '' : textOf(bytes)
      if (columns.length > 0) rewrite(bytes)
      else if (text.trim() === '') pieces.push(bytes)
      else if (delimiter === 0 && delimiterLine.test(text)) {
        delimiter = bytes[4] ?? 0
        pieces.push(bytes)
      } else readHeader(bytes)
      return columns.length > 0 ? { delimiter, columns: columns.length } : undefined
    },
    clean: (bytes) => void pieces.push(bytes),
    broken: (bytes) => void pieces.push(removeAddresses(bytes, counts)),
  }
}

/** What to put in place of a cell that may have an @; undefined leaves it. */
function replaceCell(
  { counts, hash }: RewriterParts,
  cell: Uint8Array,
  { kind, text: name }: HeaderColumn,
  isWhole: boolean,
): Piece | undefined {
  const text = textOf(cell)
  if (!hasAtSign(text)) return undefined
  if (kind === 'id' && isWhole && /^[!-~]{1,255}$/.test(text)) {
    counts.ids += 1
    return undefined
  }
  if (kind === 'id' || kind === 'other' || hasLineEnd(text)) return removeCell(cell, counts)
  const values = kind === 'emails' ? text.split('|') : [text]
  if (!values.every((value) => isAddress(value) || isHash(value))) {
    counts.refused += 1
    return notAnAddress
  }
  counts.hashed += 1
  if (!counts.columns.includes(name)) counts.columns.push(name)
  return hashAll(values, hash)
}

/** All of the cell goes, unless it holds line ends: each row stays on its line. */
function removeCell(cell: Uint8Array, counts: EmailCounts): Piece {
  if (hasLineEnd(textOf(cell))) return removeAddresses(cell, counts)
  counts.removed += 1
  return addressRemoved
}

function hasLineEnd(text: string): boolean {
  return /[\r\n]/.test(text)
}

/** Cells that the header knows nothing of. */
const beyond: HeaderColumn = { from: 0, to: 0, kind: 'other', text: '', newName: undefined }

function hashAll(values: string[], hash: RewriterParts['hash']): string | Promise<string> {
  const hashes = values.map((value) => {
    const normal = value.trim().toLowerCase()
    return isHash(value) ? normal : hash(normal)
  })
  if (hashes.every((value) => typeof value === 'string')) return hashes.join('|')
  return Promise.all(hashes.map(resolved)).then((all) => all.join('|'))
}

/** As `hashEmail` sees it, and stricter about what stands beside an address: lists, `mailto:`. */
function isAddress(text: string): boolean {
  return /^[^\s<>,;:|"]*[^\s<>,;:|"@]@[^\s<>,;:|"@]+$/.test(text.trim())
}

function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/i.test(text.trim())
}

const removedBytes = new TextEncoder().encode(addressRemoved)

/** Every word with an @ in it goes; line ends, delimiters and quotes stay. */
function removeAddresses(bytes: Uint8Array, counts: EmailCounts): Uint8Array {
  const parts: number[] = []
  let from = 0
  for (let index = 0; index <= bytes.length; index += 1) {
    const byte = bytes[index]
    if (byte !== undefined && !isSeparator(byte)) continue
    const word = bytes.subarray(from, index)
    const isAddressLike = isSuspicious(word, 0, word.length) && hasAtSign(textOf(word))
    if (isAddressLike) counts.removed += 1
    for (const letter of isAddressLike ? removedBytes : word) parts.push(letter)
    if (byte !== undefined) parts.push(byte)
    from = index + 1
  }
  return Uint8Array.from(parts)
}
