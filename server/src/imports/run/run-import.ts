import type { WriteParts } from './write-parts.ts'
import { inTx } from '../../kernel/database/transaction.ts'
import { endWork } from '../store/import-work-store.ts'
import { deleteParts } from '../store/batch-store.ts'
import { sweepImports } from './revert-import.ts'
import type { TakingParts } from './revert-import.ts'
import { readyPart, writePart } from './write-batch.ts'
import type { Job, ReadyPart } from './write-batch.ts'

export interface RunParts extends WriteParts, TakingParts {
  /** Waits as long as the calls beside it need: the import can wait, they can't. */
  breathe(workedMs: number): Promise<void>
}

/**
 * Writes an import part by part, from the first one that isn't written; the next is read and planned
 * while one is being written. False if it was stopped before the end.
 */
export async function runImport(parts: RunParts, job: Job): Promise<boolean> {
  if (!(await writeParts(parts, job))) return false
  if (job.its.mode === 'replace' && !(await sweepImports(parts, job))) return false
  const { key, token } = job.its
  await inTx(parts.database.db, (tx) => endWork(tx, { key, token }, 'finished', parts.clock.now()))
  await dropParts(parts, key)
  return true
}

// Deleted in batches: each is a tx of some 10 ms.
const PARTS_AT_ONCE = 100

/** What is left of the file once nothing of it is to be written any more. */
export async function dropParts(
  { database }: Pick<WriteParts, 'database'>,
  key: string,
): Promise<void> {
  let deleted = PARTS_AT_ONCE
  while (deleted === PARTS_AT_ONCE) {
    deleted = await inTx(database.db, (tx) => deleteParts(tx, key, PARTS_AT_ONCE))
  }
}

async function writeParts(parts: RunParts, job: Job): Promise<boolean> {
  const { its, thread } = job
  const ready = (number: number): Promise<ReadyPart | undefined> => {
    if (number >= its.parts) return Promise.resolve(undefined)
    const coming = readyPart(parts, job, number)
    // Whoever waits for it hears of a failure; until then nobody does.
    coming.catch(() => undefined)
    return coming
  }
  const speed = createSpeed()
  let next = ready(its.written)
  for (let number = its.written; number < its.parts; number++) {
    if (parts.isStopping()) return false
    const part = await next
    if (!part) throw new Error('a part was left out')
    next = ready(number + 1)
    const began = performance.now()
    const pace = { rowsPerSecond: speed.rowsPerSecond(), leaseUntil: parts.leaseUntil() }
    await writePart(parts, job, part, pace)
    await thread.closePart(number)
    speed.add(part.rows + part.rejected)
    await parts.breathe(performance.now() - began)
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
