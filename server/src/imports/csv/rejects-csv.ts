import type { Reject } from './row.ts'

const OWN_COLUMNS = ['line', 'reason']

/**
 * The first line of rejects.csv. The file can be mended and sent as it is: the two columns that
 * come before the file's own are ignored then.
 */
export function writeRejectsHeader(header: readonly string[]): string {
  return writeLine([...OWN_COLUMNS, ...header.slice(countOwn(header))])
}

/** The lines of rejected rows; `header` as of the file that they were in. */
export function writeRejects(header: readonly string[], rejects: readonly Reject[]): string {
  const own = countOwn(header)
  return rejects
    .map(({ line, reason, cells }) => {
      const rest = cells.slice(own)
      while (rest.length < header.length - own) rest.push('')
      return writeLine([String(line), reason, ...rest])
    })
    .join('')
}

/** A rejects.csv that was sent again has them already, of the file before. */
function countOwn(header: readonly string[]): number {
  return OWN_COLUMNS.every((name, index) => header[index] === name) ? OWN_COLUMNS.length : 0
}

function writeLine(cells: readonly string[]): string {
  return `${cells.map(writeCell).join(',')}\r\n`
}

function writeCell(cell: string): string {
  // A spreadsheet would take it for a formula. The reader cuts the apostrophe again.
  const harmless = /^[=+@\t\r-]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
