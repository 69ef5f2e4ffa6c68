import type { ImportOptions, Row } from './history-model.ts'

/** A row that is well formed. */
export function rowOf(
  id: string,
  identifiers: string[] = [],
  more: Partial<Pick<Row, 'first' | 'last' | 'isBroken'>> = {},
): Row {
  return { id, identifiers, first: null, last: null, isBroken: false, ...more }
}

const merge = { mode: 'merge', isQuiet: false } as const

/** How files are imported, in the words of the tests. */
export const PURCHASERS: ImportOptions = { ...merge, kind: 'purchasers' }
export const ACCOUNTS: ImportOptions = { ...merge, kind: 'accounts' }
/** A publisher's. */
export const MERGED: ImportOptions = { ...merge, kind: null }
export const replacing = (options: ImportOptions): ImportOptions => ({
  ...options,
  mode: 'replace',
})
export const quiet = (options: ImportOptions): ImportOptions => ({ ...options, isQuiet: true })
