import { count, seconds } from './progress.ts'

/** One number that the server or a receiver gave, beside the one that had to come out. */
export interface Row {
  name: string
  actual: number
  expected: number
  /** How both are printed; `count` unless given. */
  format?: (value: number) => string
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
    ...rows.map((row) => {
      const { name, actual, expected, format = count } = row
      return cells(name, format(actual), format(expected), isAsExpected(row) ? '✓' : '✗')
    }),
  ].join('\n')
}

/** How it ends: with 0 if every number is as expected, with 1 if not. */
export function conclude(rows: Row[], ms: number): { sentence: string; exitCode: number } {
  const isRight = rows.every(isAsExpected)
  const said = isRight ? 'Everything is as expected' : 'SOMETHING IS NOT AS EXPECTED'
  return { sentence: `${said}, in ${seconds(ms)}.`, exitCode: isRight ? 0 : 1 }
}
