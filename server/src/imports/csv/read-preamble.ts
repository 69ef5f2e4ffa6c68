import { isUtf8 } from 'node:buffer'
import { FileRefused } from './file-refused.ts'
import type { Column, Delimiter } from './finding.ts'
import type { Findings } from './findings.ts'
import { meaningOf, readHeader } from './header.ts'
import type { HeaderNews } from './header.ts'
import { LINE_BYTES, LineFinder } from './line-finder.ts'
import { redactCell } from './redact.ts'
import { splitRecord } from './split-record.ts'
import { decodeText, refuseOtherText } from './text-encoding.ts'

/** What stands above the rows of a file. */
export interface Top {
  delimiter: Delimiter
  header: string[]
  columns: Column[]
  /** Where in the text the header ends. */
  end: number
}

const DELIMITERS: readonly [Delimiter, name: string][] = [
  [',', 'commas'],
  [';', 'semicolons'],
  ['\t', 'tabs'],
  ['|', 'vertical bars'],
]
const BOM = '\xef\xbb\xbf'
const SEPARATOR_LINE = /^"?sep=([,;\t|])"?[\s,;|]*$/i
// Names of columns in a message; a file may have thousands.
const MOST_NAMES = 20

/**
 * Reads the beginning of a file, bytes held one a character, down to its header. Undefined where
 * that has not come whole; throws a FileRefused where it can't be one.
 */
export function readTop(
  text: string,
  isLast: boolean,
  role: 'publisher' | 'merchant',
  findings: Findings,
): Top | undefined {
  const lines = new LineFinder(text, isLast)
  const blanks: number[] = []
  let separator: Delimiter | undefined
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
    const named = separator === undefined ? SEPARATOR_LINE.exec(first)?.[1] : undefined
    if (named !== undefined) {
      separator = named as Delimiter
      continue
    }
    const split = splitHeader(text, start, lines.end, { separator, isLast })
    if (!split) return undefined
    for (const blank of blanks) findings.add('blank-line', blank)
    if (separator !== undefined) findings.add('separator-line', line - 1)
    return tellTop(split, line, text.slice(start, split.end), { role, findings })
  }
}

interface SplitHeader {
  delimiter: Delimiter
  cells: string[]
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
  const named = separator === undefined ? [] : [separator]
  const delimiters = [...named, ...DELIMITERS.map(([sign]) => sign)]
  const byLine = delimiters.map((sign) => ({ sign, split: splitRecord(first, 0, sign, true) }))
  const best = chooseSplit(byLine)
  if (best && hasId(best)) return { ...best, end: start + best.end }
  if (byLine.every(({ split }) => split !== 'unclosed')) {
    if (best) return { ...best, end: start + best.end }
  }
  // A name of a column may hold line breaks, which only quotation marks tell from the header's end.
  const byText = delimiters.map((sign) => ({ sign, split: splitRecord(text, start, sign, isLast) }))
  if (byText.some(({ split }) => split === 'unclear')) return undefined
  const whole = chooseSplit(byText)
  const isClosed = byText.every(({ split }) => split !== 'unclosed')
  if (whole && (isClosed || hasId(whole))) return whole
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
    return typeof split === 'string'
      ? []
      : [{ delimiter: sign, cells: split.cells, end: split.end }]
  })
  const score = (header: SplitHeader): number =>
    (hasId(header) ? 1e9 : 0) +
    header.cells.filter((cell) => meaningOf(cell) !== undefined).length * 1e5 +
    header.cells.length
  return found.reduce<SplitHeader | undefined>(
    (best, header) => (best && score(best) >= score(header) ? best : header),
    undefined,
  )
}

function hasId({ cells }: SplitHeader): boolean {
  return cells.some((cell) => meaningOf(cell) === 'user_id')
}

function tellTop(
  { delimiter, cells, end }: SplitHeader,
  line: number,
  bytes: string,
  { role, findings }: { role: 'publisher' | 'merchant'; findings: Findings },
): Top {
  const isWindows = !isUtf8(Buffer.from(bytes, 'latin1'))
  const names = cells.map((cell) => decodeText(cell, isWindows))
  if (!hasId({ delimiter, cells, end })) refuseOtherText(bytes)
  const { columns, news } = readHeader(names, role)
  if (isWindows) findings.add('windows-1252', line)
  if (delimiter !== ',') {
    const name = DELIMITERS.find(([sign]) => sign === delimiter)?.[1] ?? ''
    findings.addOnce('delimiter', line, { message: `The cells are separated by ${name}.` })
  }
  tellNews(news, line, findings)
  return { delimiter, header: names.map(redactCell), columns, end }
}

function tellNews(news: HeaderNews, line: number, findings: Findings): void {
  const { aliases, ignored, twice, dates } = news
  if (aliases.length > 0) {
    const told = listNames(aliases.map(([name, means]) => `"${name}" for ${means}`))
    findings.addOnce('column-alias', line, {
      message: `Columns were taken by other names than ours: ${told}.`,
      count: aliases.length,
    })
  }
  const tell = (code: 'column-ignored' | 'column-twice' | 'dates-ignored', text: string) => {
    return (names: string[]): void => {
      if (names.length === 0) return
      const told = listNames(names.map((name) => `"${name}"`))
      findings.addOnce(code, line, { message: `${text}: ${told}.`, count: names.length })
    }
  }
  tell('column-ignored', 'Columns mean nothing here and were ignored')(ignored)
  tell('column-twice', 'Columns mean the same as others and were ignored')(twice)
  tell('dates-ignored', 'Dates of purchases are for merchants; columns were ignored')(dates)
}

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ')
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown
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
