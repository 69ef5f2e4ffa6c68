import { createHash } from 'node:crypto'
import { createDice } from './dice.ts'
import type { Dice } from './dice.ts'
import { emailHash } from './reports.ts'

/** What customers are known by: of each, by its id, its e-mail hashes, sorted. */
export type Known = Map<string, string[]>

export interface ImportFile {
  bytes: Buffer
  rows: FileRow[]
}

export interface FileRow {
  id: string
  /** Null where the row has a hash that is none, for which it is rejected. */
  email: string | null
}

export interface Counts {
  rows: number
  created: number
  updated: number
  unchanged: number
  rejected: number
}

export interface FileParts {
  seed: number
  /** People by number: from the first, without the second. Each is `m-<number>`. */
  from: number
  to: number
  /** People whose row is rejected. */
  rejected?: number[]
}

// Cut anywhere, characters, quotes and line ends are cut as well.
const NAMES = [
  'Ann',
  'Žluťoučký kůň',
  '"O""Neill, 🐎"',
  '"two\r\nlines, ""both"" hers"',
  '李雷',
  '',
]
const HEADER = 'user_id,name,email_sha256\r\n'

/**
 * A row for each person. Some have a second row somewhere behind it, which says the same or another
 * address; some rows are worth nothing.
 */
export function makeImportFile({ seed, from, to, rejected = [] }: FileParts): ImportFile {
  const dice = createDice(seed)
  const rows: FileRow[] = rejected.map((person) => ({ id: `m-${person}`, email: null }))
  for (let person = from; person < to; person++) {
    rows.push({ id: `m-${person}`, email: emailHash(person, 0) })
    const other = from + dice.whole(person - from + 1)
    if (dice.chance(0.04)) rows.push({ id: `m-${other}`, email: emailHash(other, 0) })
    if (dice.chance(0.04)) rows.push({ id: `m-${other}`, email: emailHash(other, 1) })
    if (dice.chance(0.02)) rows.push({ id: `nobody-${person}`, email: null })
  }
  const lines = rows.map((row) => writeLine(dice, row))
  return { bytes: Buffer.from(HEADER + lines.join('')), rows }
}

function writeLine(dice: Dice, { id, email }: FileRow): string {
  const name = NAMES[dice.whole(NAMES.length)] ?? ''
  // MD5, which many take for SHA-256.
  return `${id},${name},${email ?? createHash('md5').update(id).digest('hex')}\r\n`
}

export interface Outcome {
  counts: Counts
  after: Known
  /** How many customers have less than before. */
  removed: number
}

/**
 * What must become of the rows, one after another, and what is known after them, where the file takes
 * the place of all that imports said before; of those whom it names in vain that stays.
 */
export function importInto(before: Known, { rows }: ImportFile): Outcome {
  const counts = { rows: rows.length, created: 0, updated: 0, unchanged: 0, rejected: 0 }
  const said = new Map<string, Set<string>>()
  const named = new Set<string>()
  for (const { id, email } of rows) {
    if (email === null) {
      counts.rejected++
      named.add(id)
      continue
    }
    const known = new Set(before.get(id)).union(said.get(id) ?? new Set())
    if (known.size === 0) counts.created++
    else if (known.has(email)) counts.unchanged++
    else counts.updated++
    said.set(id, (said.get(id) ?? new Set()).add(email))
  }
  const after: Known = new Map([...before].filter(([id]) => named.has(id)))
  for (const [id, emails] of said) after.set(id, [...emails].sort())
  const lost = [...before].filter(([id, emails]) => {
    const left = new Set(after.get(id))
    return emails.some((email) => !left.has(email))
  })
  return { counts, after, removed: lost.length }
}
