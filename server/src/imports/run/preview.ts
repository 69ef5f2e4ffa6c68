import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database/database.ts'
import { countPopulation, listCustomers } from '../../customers/customer-store.ts'
import type { Counts, Preview } from '../store/import.ts'
import { exceedsLossBound } from './loss-bound.ts'
import type { Losses, Population } from './loss-bound.ts'
import { listMoves } from './list-moves.ts'
import { createSweepPreview } from './preview-sweep.ts'
import { createTally } from './tally.ts'
import { draftsOfPlan, presentOf, restorePurchases } from './draft-customers.ts'
import type { Job } from './write-batch.ts'

export interface PreviewParts {
  database: Database
  clock: Clock
  /** Renews the lease; throws LostImport once another process has it. */
  renewLease(job: Job): Promise<void>
}

/** A batch that the job's worker has open. */
export interface OpenedBatch {
  keys: string[]
  /** Keys of the customers whose rows were rejected, as far as their ids can be read. */
  named: string[]
  rejected: number
}

/** Ids that are on several rows of the file. */
export interface RepeatCoverage {
  /** Whether all of them are remembered. */
  isComplete: boolean
}

export interface PreviewMaker {
  add(number: number, batch: OpenedBatch): Promise<void>
  end(repeats: RepeatCoverage): Promise<PreviewEnd>
}

/** A preview, and of how many customers it takes something away. */
export interface PreviewEnd {
  preview: Preview
  population: Population
}

/**
 * A dry run: works out what an import would do, by the functions that do it, and writes nothing. Exact as
 * long as nothing else changes, but for identifiers that come to be shared by so many that they match nobody.
 */
export function createPreview(parts: PreviewParts, job: Job): PreviewMaker {
  const { db } = parts.database
  const counts: Counts = { rows: 0, created: 0, updated: 0, unchanged: 0, rejected: 0 }
  const moved = createTally()
  const sweep =
    job.its.mode === 'replace'
      ? createSweepPreview({ db, renewLease: () => parts.renewLease(job) }, job)
      : undefined
  const addMoves = (moves: string[]): void => {
    for (const customer of moves) moved.add(customer)
  }
  const isMerchant = job.organization.role === 'merchant'

  return {
    async add(number, { keys, named, rejected }) {
      const rows = new Map((await listCustomers(db, keys)).map((row) => [row.id, row]))
      const plan = await job.worker.planBatch(number, {
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
      const drafts = await restorePurchases(db, draftsOfPlan(job.organization, plan, rows))
      addMoves(await listMoves(db, job.organization, drafts))
      if (sweep) await sweep.add([...rows.values(), ...(await listCustomers(db, named))], drafts)
    },
    async end({ isComplete }) {
      const swept = await sweep?.end()
      addMoves(swept?.moves ?? [])
      const losses: Losses = swept ?? { removed: 0, stripped: 0 }
      const population = await countPopulation(db, job.its.organization)
      const preview = {
        ...counts,
        removed: losses.removed,
        confirm: exceedsLossBound(losses, population) ? losses.removed : null,
        own_changes: isMerchant ? moved.size() : null,
        is_exact: isComplete && moved.isExact() && (swept?.isExact ?? true),
      }
      return { preview, population }
    },
  }
}
