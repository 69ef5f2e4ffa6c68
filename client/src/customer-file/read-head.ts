import { BLOCK_BYTES, FileBlocks } from './file-blocks.ts'
import type { ColumnMeaning, Delimiter, Encoding } from './file-form.ts'
import { FileRefused } from './file-refused.ts'
import { parseHeader } from './parse-header.ts'
import { parsePreamble } from './parse-preamble.ts'
import type { Preamble } from './parse-preamble.ts'
import { RecordScanner } from './record-scanner.ts'
import { isUtf8Text } from './text-bytes.ts'
import { decodeText } from './text-encoding.ts'

/** So much of a file is enough for `readHead`. */
export const HEAD_BYTES = BLOCK_BYTES

/** What the beginning of a file tells of it. */
export interface FileHead {
  encoding: Encoding
  delimiter: Delimiter
  /** As the header names them, and what they are read as; null: ignored. */
  columns: { name: string; means: ColumnMeaning | null }[]
  /** The first rows, as they stand there: with addresses in them, if the file has any. */
  rows: string[][]
}

/**
 * Reads the beginning of a file, its first `HEAD_BYTES` or all there is of a shorter one, and answers at most
 * `mostRows` of its rows. Throws a FileRefused for what is no CSV.
 */
export function readHead(start: Uint8Array, mostRows: number): FileHead {
  const isWhole = start.length < HEAD_BYTES
  const blocks = new FileBlocks()
  const block = blocks.take(start.subarray(0, HEAD_BYTES), isWhole)
  const preamble = block && parsePreamble(block.text, isWhole)
  if (!block || !preamble || blocks.form === undefined) {
    throw new FileRefused(
      'EmptyFile',
      'The file is empty. Choose a CSV file with a header line such as user_id,email.',
    )
  }
  const columns = parseHeader(preamble.names)
  const scanner = openScanner(preamble, columns)
  scanner.setText(block.text, isWhole)
  while (scanner.position < preamble.end) scanner.passLine()
  const rows: string[][] = []
  let { isWindows } = preamble
  for (let record = scanner.next(); record && rows.length < mostRows; record = scanner.next()) {
    const isRowWindows = !isUtf8Text(block.text.slice(record.start, record.end))
    isWindows ||= isRowWindows
    rows.push(record.cells.map((cell) => decodeText(cell, isRowWindows)))
  }
  return {
    encoding: isWindows ? 'windows-1252' : blocks.form,
    delimiter: preamble.delimiter,
    columns: columns.map(({ name, means }) => ({ name, means })),
    rows,
  }
}

function openScanner(
  { delimiter }: Preamble,
  columns: readonly { means: ColumnMeaning | null }[],
): RecordScanner {
  const means = columns.map((column) => column.means)
  const start = { line: 1, first_line_end: null, is_torn: false }
  return new RecordScanner({ delimiter, means }, { add: () => undefined }, start)
}
