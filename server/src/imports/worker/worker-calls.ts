import type { CustomerContent } from '../../customers/provenance.ts'
import { customerKey } from '../../customers/customer.ts'
import { sealIdentifier } from '../../customers/identifier.ts'
import type { OverShared } from '../../customers/write-drafts.ts'
import { createVault } from '../../kernel/vault.ts'
import { createDuplicateFinder } from './find-duplicates.ts'
import type { DuplicateFinder, Repeats } from './find-duplicates.ts'
import { packRejects, unpackPart } from '../store/batch.ts'
import { planPart, planTakingBack } from './plan-batch.ts'
import type { SealedRow } from './plan-rows.ts'
import { identifiersOfRow } from './plan-rows.ts'
import { createFileReading } from './read-upload.ts'
import { toReject } from '../csv/reject-row.ts'
import type { Row } from '../csv/row.ts'
import type { ThreadCalls, ThreadImport } from './worker-protocol.ts'

/** What a thread is asked for, on what it holds between calls: a file's reader, and a few parts. */
export function createThreadCalls(its: ThreadImport): ThreadCalls {
  const vault = createVault(its.vaultKey)
  const keyOf = (id: string): string => customerKey(vault, its.organization, id)
  const parts = new Map<number, SealedRow[]>()
  const partAt = (number: number): SealedRow[] => {
    const rows = parts.get(number)
    if (!rows) throw new Error('a part was asked for that is not open')
    return rows
  }
  const duplicates = createDuplicates()
  return {
    ...createFileReading(vault, its),
    openPart(number, blob) {
      const { rows, named } = unpackPart(vault, its.key, number, blob)
      const sealed = rows.map((row) => ({
        row,
        key: keyOf(row.id),
        identities: identifiersOfRow(row).map((each) => sealIdentifier(vault, each)),
      }))
      parts.set(number, sealed)
      const keys = [...new Set(sealed.map(({ key }) => key))]
      return { keys, named, rows: rows.length }
    },
    planPart: (number, options) =>
      planPart({ vault, its }, partAt(number), options, duplicates.memory),
    planTakingBack: (present, taken) => planTakingBack({ vault, its }, present, taken),
    placesOf: (number, crowds, without) => placesOf(partAt(number), crowds, new Set(without)),
    rejectRows(number, refusals, columns) {
      const rows = refusals.map(({ place, reason }) => ({
        ...rowAt(partAt(number), place),
        reason,
      }))
      const rejects = rows.map(({ row, reason }) => toReject(row, reason, columns))
      return {
        packed: packRejects(vault, its.key, { number, step: 1 }, rejects),
        named: rows.map(({ key }) => key),
      }
    },
    closePart: (number) => void parts.delete(number),
    addDuplicates(number, blob) {
      duplicates.add(unpackPart(vault, its.key, number, blob).rows)
    },
    endDuplicates: duplicates.end,
    discard: duplicates.discard,
  }
}

/** What the rows of a file have in common, and what a preview remembers of those that repeat. */
function createDuplicates() {
  let finder: DuplicateFinder | undefined
  let repeats: Repeats | undefined
  return {
    memory: {
      contents: new Map<string, CustomerContent>(),
      isWorth: (id: string) => repeats?.has(id) ?? false,
    },
    add(rows: Row[]): void {
      finder ??= createDuplicateFinder()
      for (const row of rows) finder.add(row)
    },
    discard: () => finder?.discard(),
    end() {
      const found = (finder ?? createDuplicateFinder()).finish()
      finder = undefined
      repeats = found.repeats
      const { count, isComplete } = found.repeats
      return { findings: found.findings, count, isComplete }
    },
  }
}

/** The last customers of the part to join a crowd are those that are too many. */
function placesOf(rows: SealedRow[], crowds: OverShared[], without: Set<number>): number[] {
  const places = new Set<number>()
  for (const { identity, joining, tooMany } of crowds) {
    const candidates = new Set(joining)
    const its = [...rows.entries()].filter(
      ([place, row]) =>
        !without.has(place) && candidates.has(row.key) && row.identities.includes(identity),
    )
    // By their first row: whoever came first may stay.
    const customers = [...new Set(its.map(([, row]) => row.key))]
    const refused = new Set(customers.slice(-tooMany))
    for (const [place, row] of its) if (refused.has(row.key)) places.add(place)
  }
  return [...places]
}

function rowAt(rows: SealedRow[], place: number): SealedRow {
  const row = rows[place]
  if (!row) throw new Error('a row was asked for that its part does not have')
  return row
}
