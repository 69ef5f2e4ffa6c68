import { LINE_BYTES } from './line-finder.ts'

export interface SplitRecord {
  cells: string[]
  /** Of each cell where it begins and where it ends in the text, with its quotation marks. */
  spans: number[]
  /** Where the record's last line ends. */
  end: number
  /** The columns with line breaks in their cells. */
  broken: number[]
  /** The columns with a quotation mark that has no other in a cell that none opened. */
  stray: number[]
}

/**
 * The cells of a record that has quotation marks in it, as RFC 4180 has them; blanks around a
 * quoted cell are let pass. `unclear` where the text ends before the record surely does;
 * `unclosed` where a quotation mark opens a cell and does not close it before a delimiter or the
 * end of a line, within the longest line that there may be.
 */
export function splitRecord(
  text: string,
  start: number,
  delimiter: string,
  isLast: boolean,
): SplitRecord | 'unclear' | 'unclosed' {
  const limit = start + LINE_BYTES
  const missing = isLast || text.length > limit ? 'unclosed' : 'unclear'
  const record: SplitRecord = { cells: [], spans: [], end: start, broken: [], stray: [] }
  for (let from = start; ;) {
    const open = skipBlanks(text, from, delimiter)
    let end: number
    if (text[open] === '"') {
      const close = findClosing(text, open + 1)
      end = skipBlanks(text, close + 1, delimiter)
      // At the very end the next character may still double the mark, or begin the next line.
      if (close < 0 || (end >= text.length && !isLast)) return missing
      if (end < text.length && !isBoundary(text[end], delimiter)) return 'unclosed'
      const inner = text.slice(open + 1, close)
      if (/[\r\n]/.test(inner)) record.broken.push(record.cells.length)
      record.cells.push(inner.includes('""') ? inner.replaceAll('""', '"') : inner)
    } else {
      end = findBoundary(text, from, delimiter)
      if (end >= text.length && !isLast) return missing
      const cell = text.slice(from, end)
      if (cell.includes('"') && isOdd(cell)) record.stray.push(record.cells.length)
      record.cells.push(cell)
    }
    if (end > limit) return 'unclosed'
    record.spans.push(from, end)
    if (text[end] !== delimiter) {
      // Half of what ends the line, perhaps.
      if (text[end] === '\r' && end + 1 === text.length && !isLast) return 'unclear'
      record.end = end
      return record
    }
    from = end + 1
  }
}

function skipBlanks(text: string, start: number, delimiter: string): number {
  let index = start
  for (;;) {
    if (text[index] === ' ' || (text[index] === '\t' && delimiter !== '\t')) index += 1
    // A no-break blank and a byte-order mark, in UTF-8.
    else if (text.startsWith('\xc2\xa0', index)) index += 2
    else if (text.startsWith('\xef\xbb\xbf', index)) index += 3
    else return index
  }
}

/** The mark that is not doubled; −1 for none. */
function findClosing(text: string, start: number): number {
  for (let from = start; ;) {
    const mark = text.indexOf('"', from)
    if (mark < 0) return -1
    if (text[mark + 1] !== '"') return mark
    from = mark + 2
  }
}

function isBoundary(sign: string | undefined, delimiter: string): boolean {
  return sign === delimiter || sign === '\n' || sign === '\r'
}

function findBoundary(text: string, start: number, delimiter: string): number {
  let index = start
  while (index < text.length && !isBoundary(text[index], delimiter)) index += 1
  return index
}

/** Pairs are part of a value, such as Excel's ="0012"; an odd one is left of something torn. */
function isOdd(cell: string): boolean {
  return cell.split('"').length % 2 === 0
}
