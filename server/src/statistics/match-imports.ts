import { retry } from '../kernel/database/transaction.ts'
import { idOfKey } from '../kernel/key.ts'
import type { Organization } from '../organizations/organization.ts'
import type { Finding } from '../imports/csv/finding.ts'
import { decryptProgress } from '../imports/store/import.ts'
import type { Import } from '../imports/store/import.ts'
import { findImport, listImports } from '../imports/store/import-store.ts'
import type { CountingParts } from './keep-reports.ts'

/** What became of the rows of a file, step by step. */
export interface MatchedFile {
  id: string
  endedAt: Date
  rows: number
  /** Rows that could be taken apart, with an id. */
  readable: number
  /** Of these, those whose identifiers are in the form in which they are matched. */
  hashed: number
  /** What cost rows on the way, the most first. */
  losses: Finding[]
}

// Older ones are not looked for.
const LOOKED_AT = 50
const COMPARED = 2
const MOST_LOSSES = 10

/** What is wrong with an identifier, and not with the row that it is in. */
const isOfIdentifier = (code: string): boolean =>
  /^(?:hash|plain-email|not-an-address|advertising-id)/.test(code)

/** The last files that were written, the newest first. */
export async function listMatchedFiles(
  { database: { db }, vault }: Pick<CountingParts, 'database' | 'vault'>,
  publisher: Organization,
): Promise<MatchedFile[]> {
  const listed = await retry(() =>
    listImports(db, publisher.number, { before: undefined, limit: LOOKED_AT }),
  )
  const written = listed.filter(({ state }) => state === 'finished').slice(0, COMPARED)
  const found = await Promise.all(written.map(({ key }) => retry(() => findImport(db, key))))
  return found.flatMap((its) => {
    const findings = its && decryptProgress(vault, its)?.report.findings
    return its && findings ? describeFile(its, findings) : []
  })
}

function describeFile(its: Import, findings: Finding[]): MatchedFile {
  const rejecting = findings.filter(({ severity }) => severity === 'rejected')
  const wrong = rejecting
    .filter(({ code }) => isOfIdentifier(code))
    .reduce((sum, { count }) => sum + count, 0)
  const hashed = its.rows - its.rejected
  return {
    id: idOfKey('import', its.key),
    endedAt: its.ended_at ?? its.modified_at,
    rows: its.rows,
    readable: Math.min(its.rows, hashed + wrong),
    hashed,
    losses: [...rejecting, ...findings.filter(({ code }) => code === 'no-identifier')]
      .toSorted((left, right) => right.count - left.count)
      .slice(0, MOST_LOSSES),
  }
}
