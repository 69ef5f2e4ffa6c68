import { readCustomers } from '../../customers/customer-store.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database/database.ts'
import type { Directory } from '../../organizations/directory.ts'
import type { Counts, Preview } from '../store/import.ts'
import { listMoves } from './list-moves.ts'
import type { Move } from './list-moves.ts'
import { createSweepPreview } from './preview-sweep.ts'
import { createTally } from './tally.ts'
import { draftsOf, presentOf, restorePurchases } from './draft-customers.ts'
import type { Job } from './write-batch.ts'

export interface PreviewParts {
  database: Database
  clock: Clock
  directory: Directory
  /** Goes on holding the import; throws LostImport once it is another's. */
  hold(job: Job): Promise<void>
}

/** A part that the job's thread has open. */
export interface OpenedPart {
  keys: string[]
  /** The keys of those whose rows were rejected, where it can be told. */
  named: string[]
  rejected: number
}

/** Ids that are on several rows of the file. */
export interface Repeats {
  /** Whether all of them are remembered. */
  isComplete: boolean
}

export interface PreviewMaker {
  add(number: number, part: OpenedPart): Promise<void>
  end(repeats: Repeats): Promise<Preview>
}

/**
 * Works out what an import would do, by the functions that do it, and writes nothing. Exact as long as
 * nothing else changes, but for identifiers that come to be shared by so many that they match nobody.
 */
export function createPreview(parts: PreviewParts, job: Job): PreviewMaker {
  const { db } = parts.database
  const moveParts = { db, directory: parts.directory }
  const counts: Counts = { rows: 0, created: 0, updated: 0, unchanged: 0, rejected: 0 }
  const tally = createTally()
  const merchants = new Set<number>()
  const sweep =
    job.its.mode === 'replace'
      ? createSweepPreview({ ...moveParts, hold: () => parts.hold(job) }, job)
      : undefined
  const addMoves = (moves: Move[]): void => {
    for (const [customer, merchant] of moves) {
      merchants.add(merchant)
      tally.add(`${customer} ${merchant}`)
    }
  }

  return {
    async add(number, { keys, named, rejected }) {
      const rows = new Map((await readCustomers(db, keys)).map((row) => [row.id, row]))
      const plan = await job.thread.planPart(number, {
        at: parts.clock.now().toISOString(),
        present: presentOf([...rows.values()]),
        without: [],
        areNew: false,
        remembers: true,
      })
      const { created, updated, unchanged } = plan.counts
      const allRejected = plan.counts.rejected + rejected
      counts.rows += created + updated + unchanged + allRejected
      counts.created += created
      counts.updated += updated
      counts.unchanged += unchanged
      counts.rejected += allRejected
      const drafts = draftsOf(job.organization, plan, rows)
      await restorePurchases(db, drafts)
      addMoves(await listMoves(moveParts, drafts))
      if (sweep) await sweep.add([...rows.values(), ...(await readCustomers(db, named))], drafts)
    },
    async end({ isComplete }) {
      const swept = await sweep?.end()
      addMoves(swept?.moves ?? [])
      return {
        ...counts,
        removed: swept?.removed ?? 0,
        segment_changes: tally.size(),
        merchants: merchants.size,
        is_exact: isComplete && tally.isExact() && (swept?.isExact ?? true),
      }
    },
  }
}
