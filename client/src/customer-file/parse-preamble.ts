import { meaningOf } from './column-names.ts'
import { FileRefused } from './file-refused.ts'
import type { ColumnMeaning, Delimiter } from './file-form.ts'
import { LINE_BYTES, LineFinder } from './line-finder.ts'
import { splitRecord } from './split-record.ts'
import { decodeText, refuseOtherText } from './text-encoding.ts'
import { isUtf8Text } from './text-bytes.ts'

/** What stands above the rows of a file. */
export interface Preamble {
  delimiter: Delimiter
  /** The names of the columns. */
  names: string[]
  /** Of each name where it begins and ends in the text, with its quotation marks. */
  spans: number[]
  /** Where in the text the header begins and ends, and on which line it stands. */
  start: number
  end: number
  line: number
  /** The blank lines above it. */
  blanks: number[]
  /** The line that names the separator. */
  separatorLine: number | undefined
  /** Whether the header is not UTF-8. */
  isWindows: boolean
  hasId: boolean
}

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|']
const BOM = '\xef\xbb\xbf'
// As Excel writes it, and as it looks when other programs have saved it again: in quotation marks,
// with the delimiters of empty cells behind it, with a blank here or there.
const SEPARATOR_LINE = /^[\s"']*sep[\s"']*=[\s"']*(?:([,;|])|(\\t|tab)|([^\w\s"']?))[\s"',;|]*$/i
/** A list of customers has a dozen columns; what has more was not made for people. */
export const MOST_COLUMNS = 512

/**
 * Parses the beginning of a file, bytes held one a character, down to its header. Undefined where
 * that has not come whole; throws a FileRefused where it can't be one.
 */
export function parsePreamble(text: string, isLast: boolean): Preamble | undefined {
  const lines = new LineFinder(text, isLast)
  const blanks: number[] = []
  let separator: Delimiter | undefined
  let separatorLine: number | undefined
  let line = 1
  for (let start = 0; ; start = lines.next, line += 1) {
    while (text.startsWith(BOM, start)) start += BOM.length
    const isWhole = lines.find(start)
    if ((isWhole ? lines.end : text.length) - start > LINE_BYTES) throw refuseLength()
    if (!isWhole) return undefined
    const first = text.slice(start, lines.end)
    if (decodeText(first, false).trim() === '') {
      blanks.push(line)
      continue
    }
    if (separatorLine === undefined && SEPARATOR_LINE.test(first)) {
      separator = parseSeparator(first)
      separatorLine = line
      continue
    }
    const split = splitHeader(text, start, lines.end, { separator, isLast })
    if (!split) return undefined
    const { cells, delimiter, spans, end } = split
    if (cells.length > MOST_COLUMNS) throw refuseColumns()
    const bytes = text.slice(start, end)
    if (!hasId(cells)) refuseOtherText(bytes)
    const isWindows = !isUtf8Text(bytes)
    const names = cells.map((cell) => decodeText(cell, isWindows))
    const where = { start, end, line, spans, blanks, separatorLine }
    return { delimiter, names, isWindows, hasId: hasId(cells), ...where }
  }
}

/** Undefined for one that nothing is separated by here; the header tells then. */
function parseSeparator(line: string): Delimiter | undefined {
  const [, sign, tab] = SEPARATOR_LINE.exec(line) ?? []
  if (tab !== undefined || /=\s*["']?\t/.test(line)) return '\t'
  return DELIMITERS.find((delimiter) => delimiter === sign)
}

interface SplitHeader {
  delimiter: Delimiter
  cells: string[]
  spans: number[]
  end: number
}

/** By the delimiter that makes the most of it. */
function splitHeader(
  text: string,
  start: number,
  end: number,
  { separator, isLast }: { separator: Delimiter | undefined; isLast: boolean },
): SplitHeader | undefined {
  const first = text.slice(start, end)
  if (/[\0-\x08\x0e-\x1f]/.test(first)) throw refuseBinary()
  const delimiters = [...(separator === undefined ? [] : [separator]), ...DELIMITERS]
  const line = text.slice(0, end)
  const byLine = delimiters.map((sign) => ({ sign, split: splitRecord(line, start, sign, true) }))
  const best = chooseSplit(byLine)
  if (best && (hasId(best.cells) || byLine.every(({ split }) => split !== 'unclosed'))) return best
  // A name of a column may hold line breaks, which only quotation marks tell from the header's end.
  const byText = delimiters.map((sign) => ({ sign, split: splitRecord(text, start, sign, isLast) }))
  if (byText.some(({ split }) => split === 'unclear')) return undefined
  const whole = chooseSplit(byText)
  const isClosed = byText.every(({ split }) => split !== 'unclosed')
  if (whole && (isClosed || hasId(whole.cells))) return whole
  refuseOtherText(first)
  throw new FileRefused(
    'NoHeader',
    'A quotation mark in the header line is not closed. Close it, or write the names without.',
  )
}

function chooseSplit(
  splits: { sign: Delimiter; split: ReturnType<typeof splitRecord> }[],
): SplitHeader | undefined {
  const found = splits.flatMap(({ sign, split }): SplitHeader[] => {
    return typeof split === 'string' ? [] : [{ ...split, delimiter: sign }]
  })
  const scored = found.map((header) => ({ header, score: scoreOf(header) }))
  const most = Math.max(...scored.map(({ score }) => score))
  return scored.find(({ score }) => score === most)?.header
}

function scoreOf({ cells }: SplitHeader): number {
  // Of a header with too many columns only the number matters: it is refused.
  const known = cells.length > MOST_COLUMNS ? [] : cells.filter((cell) => meaningOfBytes(cell))
  return (hasId(cells) ? 1e9 : 0) + known.length * 1e5 + cells.length
}

function hasId(cells: readonly string[]): boolean {
  return cells.length <= MOST_COLUMNS && cells.some((cell) => meaningOfBytes(cell) === 'user_id')
}

function meaningOfBytes(cell: string): ColumnMeaning | undefined {
  return meaningOf(decodeText(cell, !isUtf8Text(cell)))
}

function refuseLength(): FileRefused {
  return new FileRefused(
    'NotCsv',
    'The first line is longer than 64 KiB, so the file is not CSV, or has lost its line ends. ' +
      'Send a CSV file with a header line such as user_id,email_sha256.',
  )
}

function refuseBinary(): FileRefused {
  return new FileRefused(
    'NotCsv',
    'The file is binary, not CSV. Send text with a header line such as user_id,email_sha256.',
  )
}

function refuseColumns(): FileRefused {
  return new FileRefused(
    'TooManyColumns',
    `The header has more than ${MOST_COLUMNS} columns. Leave out those that are not needed: ` +
      'user_id and the e-mail hashes are enough.',
  )
}
