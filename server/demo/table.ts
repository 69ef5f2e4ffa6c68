import { count } from './progress.ts'

/** One number that the server or a receiver gave, beside the one that had to come out. */
export interface Row {
  name: string
  actual: number
  expected: number
}

const ACTUAL = 'Newcomer'
const EXPECTED = 'expected'

export function isAsExpected({ actual, expected }: Row): boolean {
  return actual === expected
}

/** The table, with a tick for each number that is what it had to be. */
export function renderTable(rows: Row[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length))
  const cells = (name: string, actual: string, expected: string, mark: string): string =>
    `  ${name.padEnd(width)}  ${actual.padStart(10)}  ${expected.padStart(10)}  ${mark}`.trimEnd()
  return [
    cells('', ACTUAL, EXPECTED, ''),
    ...rows.map((row) =>
      cells(row.name, count(row.actual), count(row.expected), isAsExpected(row) ? '✓' : '✗'),
    ),
  ].join('\n')
}
