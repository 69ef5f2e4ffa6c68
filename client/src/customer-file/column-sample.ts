import { isEmail } from './parse-email.ts'
import { parseHash } from './parse-hash.ts'
import { unwrapCell } from './normalize-cell.ts'

/** What was seen in a column of which nothing is known; plain JSON. */
export interface ColumnSample {
  column: number
  /** Cells with something in them, up to the first thousand. */
  seen: number
  hashes: number
  addresses: number
}

/** So many cells tell what a column holds, and cost nothing. */
const MOST_SEEN = 1_000
const SHORTEST = 6
// Nobody asks for the marks of a column that is not read.
const unheard = { push: () => 0 }

export function createSamples(columns: readonly number[]): ColumnSample[] {
  return columns.map((column) => ({ column, seen: 0, hashes: 0, addresses: 0 }))
}

/** Looks at the cells of a row. `decode` gives the text of a cell. */
export function addToSamples(
  samples: ColumnSample[],
  cells: readonly string[],
  decode: (cell: string) => string,
): void {
  for (const sample of samples) {
    const cell = cells[sample.column] ?? ''
    if (cell === '' || sample.seen === MOST_SEEN) continue
    sample.seen += 1
    if (cell.length < SHORTEST) continue
    const text = decode(cell)
    if (text.includes('@')) sample.addresses += isEmail(text) ? 1 : 0
    else if (parseHash(unwrapCell(text, unheard), unheard) !== undefined) sample.hashes += 1
  }
}

/**
 * What such a column is full of: most of its cells, and not one that happens to be there in a file of
 * several rows.
 */
export function findContent(
  { seen, hashes, addresses }: ColumnSample,
  rows: number,
): 'hashes' | 'addresses' | undefined {
  const isMost = (count: number): boolean => count * 2 > seen && (count > 1 || count * 2 > rows)
  if (isMost(addresses)) return 'addresses'
  return isMost(hashes) ? 'hashes' : undefined
}
