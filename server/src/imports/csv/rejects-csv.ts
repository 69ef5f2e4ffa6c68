import { writeCsvLine } from '../../kernel/csv-line.ts'
import type { Reject } from './row.ts'

const OWN_COLUMNS = ['line', 'reason']

/**
 * The first line of rejects.csv. The file can be mended and sent as it is: the two columns that
 * come before the file's own are ignored then.
 */
export function writeRejectsHeader(header: readonly string[]): string {
  return writeCsvLine([...OWN_COLUMNS, ...header.slice(countOwn(header))])
}

/** The lines of rejected rows; `header` as of the file that they were in. */
export function writeRejects(header: readonly string[], rejects: readonly Reject[]): string {
  const own = countOwn(header)
  return rejects
    .map(({ line, reason, cells }) => {
      const rest = cells.slice(own)
      while (rest.length < header.length - own) rest.push('')
      return writeCsvLine([String(line), reason, ...rest])
    })
    .join('')
}

/** A rejects.csv that was sent again has them already, of the file before. */
function countOwn(header: readonly string[]): number {
  return OWN_COLUMNS.every((name, index) => header[index] === name) ? OWN_COLUMNS.length : 0
}
