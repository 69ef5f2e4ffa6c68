import { parseName } from './column-names.ts'
import type { NameMeaning } from './column-names.ts'
import type { ColumnMeaning } from './file-form.ts'

/** Every further column of them adds to the first: files have three for e-mails, two for devices. */
const JOINED = new Set<ColumnMeaning>(['email_sha256', 'emails_sha256', 'advertising_id'])

/** A column of a file, as its name has it. */
export interface HeaderColumn extends NameMeaning {
  name: string
  /** Whether the name is ours, and not another for the same. */
  isOwn: boolean
  /** Whether another column means the same and goes before this one: `means` is null then. */
  isTwice: boolean
}

/** What columns mean by what their sender says of them, in place of their names. */
export type SaidColumns = ReadonlyMap<string, ColumnMeaning | 'ignored'>

/**
 * Which column means what. Of columns that mean the same, and are not joined, our own name goes before
 * others, and the first before the rest.
 */
export function parseHeader(
  cells: readonly string[],
  said: SaidColumns = new Map(),
): HeaderColumn[] {
  const columns = cells.map((cell): HeaderColumn => {
    const name = cell.trim()
    const meaning = parseSaid(name, said.get(name)) ?? parseName(name)
    const isOwn = meaning.means !== null && spelling(name) === spelling(meaning.means)
    return { ...meaning, name, isOwn, isTwice: false }
  })
  const first = new Map<ColumnMeaning, HeaderColumn>()
  for (const column of columns) {
    const before = column.means === null ? undefined : first.get(column.means)
    if (column.means !== null && (!before || (column.isOwn && !before.isOwn))) {
      first.set(column.means, column)
    }
  }
  return columns.map((column) => {
    const { means } = column
    if (means === null || JOINED.has(means) || first.get(means) === column) return column
    return { ...column, means: null, isTwice: true }
  })
}

function parseSaid(
  name: string,
  said: ColumnMeaning | 'ignored' | undefined,
): NameMeaning | undefined {
  if (said === undefined) return undefined
  const { isPlain } = parseName(name)
  const means = said === 'ignored' ? null : said
  return { means, isPlain, isOther: said === 'ignored', isPhone: false }
}

function spelling(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
}

/** A name of which nothing is known; what stands below it may be more than it says. */
export function isUnknown({ means, isOther, isPhone, isTwice }: HeaderColumn): boolean {
  return means === null && !isOther && !isPhone && !isTwice
}
