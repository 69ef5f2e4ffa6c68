import type { CustomerContent } from '../../customers/provenance.ts'
import { customerKey } from '../../customers/customer.ts'
import { sealIdentifier } from '../../customers/identifier.ts'
import type { OverShared } from '../../customers/write-drafts.ts'
import { createVault } from '../../kernel/vault.ts'
import { createDuplicateFinder } from './find-duplicates.ts'
import type { DuplicateFinder, Repeats } from './find-duplicates.ts'
import { packRejects, unpackBatch } from '../store/batch.ts'
import { planBatch, planRestore, planRevert } from './plan-batch.ts'
import type { SealedRow } from './plan-rows.ts'
import { identifiersOfRow } from './plan-rows.ts'
import { createUploadCalls } from './read-upload.ts'
import { toReject } from '../csv/reject-row.ts'
import type { Row } from '../csv/row.ts'
import type { WorkerCalls, WorkerImport } from './worker-protocol.ts'

/** A worker's side of the protocol. It holds between calls: an upload's parser, and a few open batches. */
export function createWorkerCalls(its: WorkerImport): WorkerCalls {
  const vault = createVault(its.vaultKey)
  const keyOf = (id: string): string => customerKey(vault, its.organization, id)
  const batches = new Map<number, SealedRow[]>()
  const batchAt = (number: number): SealedRow[] => {
    const rows = batches.get(number)
    if (!rows) throw new Error('a batch was asked for that is not open')
    return rows
  }
  const duplicates = createDuplicates()
  return {
    ...createUploadCalls(vault, its),
    openBatch(number, blob) {
      const { rows, named } = unpackBatch(vault, its.key, number, blob)
      const sealed = rows.map((row) => ({
        row,
        key: keyOf(row.id),
        identities: identifiersOfRow(row).map((each) => sealIdentifier(vault, each)),
      }))
      batches.set(number, sealed)
      const keys = [...new Set(sealed.map(({ key }) => key))]
      return { keys, named, rows: rows.length }
    },
    planBatch: (number, options) =>
      planBatch({ vault, its }, batchAt(number), options, duplicates.memory),
    planRevert: (present, reverted) => planRevert({ vault, its }, present, reverted),
    planRestore: (present, removals, notRestored) =>
      planRestore({ vault, its }, present, removals, notRestored),
    rowsToRefuse: (number, overShared, without) =>
      rowsToRefuse(batchAt(number), overShared, new Set(without)),
    rejectRows(number, refusals, columns) {
      const rows = refusals.map(({ row: index, reason }) => ({
        ...rowAt(batchAt(number), index),
        reason,
      }))
      const rejects = rows.map(({ row, reason }) => toReject(row, reason, columns))
      return {
        packed: packRejects(vault, its.key, { number, step: 1 }, rejects),
        named: rows.map(({ key }) => key),
      }
    },
    closeBatch: (number) => void batches.delete(number),
    addDuplicates(number, blob) {
      duplicates.add(unpackBatch(vault, its.key, number, blob).rows)
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

/** The rows of the batch's last customers to join an over-shared identity: as many as are too many. */
function rowsToRefuse(rows: SealedRow[], overShared: OverShared[], without: Set<number>): number[] {
  const refusedRows = new Set<number>()
  for (const { identity, joining, tooMany } of overShared) {
    const candidates = new Set(joining)
    const its = [...rows.entries()].filter(
      ([index, row]) =>
        !without.has(index) && candidates.has(row.key) && row.identities.includes(identity),
    )
    // By their first row: the customers that came first may stay.
    const customers = [...new Set(its.map(([, row]) => row.key))]
    const refused = new Set(customers.slice(-tooMany))
    for (const [index, row] of its) if (refused.has(row.key)) refusedRows.add(index)
  }
  return [...refusedRows]
}

function rowAt(rows: SealedRow[], index: number): SealedRow {
  const row = rows[index]
  if (!row) throw new Error('a row was asked for that its batch does not have')
  return row
}
