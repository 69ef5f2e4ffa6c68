import { HEAD_BYTES, countEmails, hashEmailColumn, readHead } from '@newcomer/client/browser'
import type { ColumnUse, EmailCounts, FileHead } from '@newcomer/client/browser'
import { createDigest, hashText } from '../parts/hash-text.ts'
import { maskCell, maskName } from './mask.ts'

/** What is said of columns whose names do not say it. */
export type Columns = Readonly<Record<string, ColumnUse>>

const SHOWN_ROWS = 5
// A column of an unknown name is told by its first thousand cells.
const SAMPLE_BYTES = 1_048_576
/** A tenth of a second or so between two words of how far it is. */
const TOLD_EVERY_BYTES = 2 * 1_048_576

/** What the beginning of a file tells; its rows are masked. */
export interface CheckedHead extends Omit<FileHead, 'columns'> {
  columns: { name: string; shown: string; means: string | null }[]
  counts: EmailCounts
}

/** What is sent of a file, known before it is. */
export interface CheckedFile {
  counts: EmailCounts
  /** Of what is sent, uncompressed. */
  bytes: number
  sha256: string
  /** Signs `@` in what is sent; of an address none is left without one. */
  atSigns: number
}

/** Reads the beginning of a file. Throws FileRefused. */
export async function checkHead(file: Blob, columns: Columns): Promise<CheckedHead> {
  const start = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer())
  refusePacked(start)
  const head = readHead(start, SHOWN_ROWS)
  const counts = await countEmails(file.slice(0, SAMPLE_BYTES).stream(), { columns })
  return {
    ...head,
    columns: head.columns.map(({ name, means }) => ({ name, shown: maskName(name), means })),
    rows: head.rows.map((row) => row.map(maskCell)),
    counts,
  }
}

/** Goes through the whole file as it is sent, and keeps nothing of it. Throws FileRefused. */
export async function checkFile(
  file: Blob,
  columns: Columns,
  tell: (readBytes: number) => void,
): Promise<CheckedFile> {
  const digest = createDigest()
  let counts: EmailCounts | undefined
  let bytes = 0
  let atSigns = 0
  const hashed = hashFile(file, columns, { tell, counted: (found) => (counts = found) })
  for await (const chunk of hashed) {
    digest.update(chunk)
    bytes += chunk.length
    for (let at = chunk.indexOf(AT_SIGN); at >= 0; at = chunk.indexOf(AT_SIGN, at + 1)) atSigns += 1
  }
  if (!counts) throw new TypeError('The file could not be read to its end.')
  return { counts, bytes, sha256: digest.end(), atSigns }
}

const AT_SIGN = 0x40

export interface HashFileOptions {
  tell?: (readBytes: number) => void
  counted?: (counts: EmailCounts) => void
}

/** The file as it is sent: without plain addresses, and always the same bytes of the same file. */
export function hashFile(
  file: Blob,
  columns: Columns,
  { tell, counted }: HashFileOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const source = tell ? readTelling(file, tell) : file.stream()
  return hashEmailColumn(source, { hash: hashText, columns, counted })
}

async function* readTelling(
  file: Blob,
  tell: (readBytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = file.stream().getReader()
  let read = 0
  let told = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    yield value
    read += value.length
    if (read - told < TOLD_EVERY_BYTES) continue
    told = read
    tell(read)
  }
  tell(read)
}

/** The reader's own advice is for programs, which can send such a file as it is. */
function refusePacked(start: Uint8Array): void {
  const [first, second] = start
  const isGzip = first === 0x1f && second === 0x8b
  const isZstd = first === 0x28 && second === 0xb5
  if (!isGzip && !isZstd) return
  throw new TypeError(
    `The file is compressed with ${isGzip ? 'gzip' : 'zstd'}. Uncompress it first, or send it with the command ` +
      'newcomer import, which reads it as it is.',
  )
}
