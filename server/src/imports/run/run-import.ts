import type { RevertParts, WriteParts } from './write-parts.ts'
import { inTx } from '../../kernel/database/transaction.ts'
import { endWork } from '../store/import-work-store.ts'
import { deleteBatches } from '../store/batch-store.ts'
import { clearReplacement } from './check-import.ts'
import type { CheckParts } from './check-import.ts'
import { sweepImports } from './revert-import.ts'
import { prepareBatch, writeBatch } from './write-batch.ts'
import type { Job, PreparedBatch } from './write-batch.ts'

export interface RunParts extends WriteParts, RevertParts, CheckParts {
  /** Backpressure: pauses while calls are answered, because an import can wait and they can't. */
  yieldToCalls(workedMs: number): Promise<void>
}

/**
 * Writes an import batch by batch, from the first one that isn't written. A pipeline of two: the next batch
 * is planned while one is being written. True once there is no more to do: it is finished, or waits to be
 * confirmed; false if it was stopped before.
 */
export async function runImport(parts: RunParts, job: Job): Promise<boolean> {
  if (hasToBeCounted(job.its)) {
    const outcome = await clearReplacement(parts, job)
    if (outcome !== 'cleared') return outcome === 'held'
  }
  if (!(await writeBatches(parts, job))) return false
  if (job.its.mode === 'replace' && !(await sweepImports(parts, job))) return false
  const { key, token } = job.its
  await inTx(parts.database.db, (tx) => endWork(tx, { key, token }, 'finished', parts.clock.now()))
  await dropBatches(parts, key)
  return true
}

/** A replacement of which nothing is written yet. */
function hasToBeCounted(its: Job['its']): boolean {
  const isBegun = its.written_batches > 0 || its.swept_import !== null
  return its.mode === 'replace' && !its.is_cleared && !isBegun
}

// Deleted in batches: each is a tx of some 10 ms.
const BATCHES_AT_ONCE = 100

/** Deletes the batches of an import that writes none of them any more. */
export async function dropBatches(
  { database }: Pick<WriteParts, 'database'>,
  key: string,
): Promise<void> {
  let deleted = BATCHES_AT_ONCE
  while (deleted === BATCHES_AT_ONCE) {
    deleted = await inTx(database.db, (tx) => deleteBatches(tx, key, BATCHES_AT_ONCE))
  }
}

async function writeBatches(parts: RunParts, job: Job): Promise<boolean> {
  const { its, worker } = job
  const ready = (number: number): Promise<PreparedBatch | undefined> => {
    if (number >= its.batches) return Promise.resolve(undefined)
    const coming = prepareBatch(parts, job, number)
    // The loop awaits it later, and gets a failure then; until then it must not be an unhandled rejection.
    coming.catch(() => undefined)
    return coming
  }
  const speed = createSpeed()
  let next = ready(its.written_batches)
  for (let number = its.written_batches; number < its.batches; number++) {
    if (parts.isStopping()) return false
    const batch = await next
    if (!batch) throw new Error('a batch was left out')
    next = ready(number + 1)
    const began = performance.now()
    const progress = { rowsPerSecond: speed.rowsPerSecond(), leaseUntil: parts.leaseUntil() }
    await writeBatch(parts, job, batch, progress)
    await worker.closeBatch(number)
    speed.add(batch.rows + batch.rejected)
    await parts.yieldToCalls(performance.now() - began)
  }
  return true
}

// Over so long a time a rate neither jumps nor tells of what was.
const WINDOW_MS = 10_000

/** Rows a second over the last seconds. */
function createSpeed() {
  const past: { at: number; rows: number }[] = [{ at: performance.now(), rows: 0 }]
  let rows = 0
  return {
    add(more: number): void {
      rows += more
      const now = performance.now()
      past.push({ at: now, rows })
      while (past.length > 2 && now - (past[0]?.at ?? now) > WINDOW_MS) past.shift()
    },
    rowsPerSecond(): number | null {
      const [first, last] = [past[0], past.at(-1)]
      if (!first || !last || last.at <= first.at) return null
      return ((last.rows - first.rows) * 1_000) / (last.at - first.at)
    },
  }
}
