import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { WriteParts } from './write-parts.ts'
import { idOfKey } from '../../kernel/key.ts'
import type { Logger } from '../../kernel/log.ts'
import { createLoop } from '../../kernel/loop.ts'
import type { Loop } from '../../kernel/loop.ts'
import { Problem } from '../../kernel/problem.ts'
import { inTx, isPassing, retry } from '../../kernel/database/transaction.ts'
import { checkImport } from './check-import.ts'
import type { CheckParts } from './check-import.ts'
import { decryptProgress } from '../store/import.ts'
import { claimImport, endWork, holdImport, releaseImport } from '../store/import-work-store.ts'
import { openThread } from '../worker/open-worker.ts'
import { runImport } from './run-import.ts'
import type { RunParts } from './run-import.ts'
import { undoImport } from './revert-import.ts'
import { LostImport } from './write-batch.ts'
import type { Job } from './write-batch.ts'

export interface ImportingParts extends WriteParts {
  log: Logger
  /** How many calls this process has answered. */
  countCalls(): number
}

// A part takes a tenth of a second; a process that died is followed by another after this time.
const LEASE_MS = 15_000
const HOLD_EVERY_MS = 5_000
// Each has a thread and writes; more at once would only share the same cores.
const MAX_AT_ONCE = 2
// What an import rests while calls are answered, as a share of the time that it worked.
const REST_SHARE = 1
// In the time of a part: some hundred a second.
const BUSY_CALLS = 4

type WorkParts = ImportingParts & CheckParts & RunParts

/** Checks, runs and undoes imports, some side by side, one of an organization at a time. */
export function createImporting(parts: ImportingParts): Loop {
  const { database, clock, log } = parts
  const working = new Set<Promise<void>>()
  let isStopping = false
  const leaseUntil = (): Date => new Date(clock.now().getTime() + LEASE_MS)
  const workParts: WorkParts = {
    ...parts,
    isStopping: () => isStopping,
    leaseUntil,
    breathe: createBreath(parts),
    hold: createHold(parts, leaseUntil),
  }

  async function turn(): Promise<void> {
    while (!isStopping && working.size < MAX_AT_ONCE) {
      const lease = { token: randomUUID(), until: leaseUntil(), now: clock.now() }
      const claimed = await inTx(database.db, (tx) => claimImport(tx, lease))
      if (!claimed) return
      const work = workOn(workParts, { ...claimed, token: lease.token }).finally(() => {
        working.delete(work)
        loop.wake()
      })
      working.add(work)
    }
  }

  const loop = createLoop({ turn, failure: 'Imports could not be looked for.', log })
  return {
    ...loop,
    async stop() {
      isStopping = true
      await loop.stop()
      await Promise.all(working)
    },
  }
}

async function workOn(parts: WorkParts, its: Job['its']): Promise<void> {
  const { log } = parts
  const { key, state } = its
  const about = { import: idOfKey('import', key), state }
  const organization = parts.directory.current().byNumber(its.organization)
  // It is so young that it isn't known here; until the lease is over it will be.
  if (!organization) return
  const thread = openThread(parts.vault, organization, its)
  const columns = decryptProgress(parts.vault, its)?.report.columns ?? []
  log.info(about, 'An import goes on.')
  try {
    const isDone = await goOn(parts, { its, organization, thread, columns })
    if (isDone) log.info(about, 'An import has come a step further.')
    else await retry(() => releaseImport(parts.database.db, key, its.token))
  } catch (error) {
    await letGo(parts, its, error)
  } finally {
    await thread.close()
  }
}

/** After a failure: what is lost to another is the other's, anything else is tried again. */
async function letGo({ database, log }: WorkParts, its: Job['its'], error: unknown): Promise<void> {
  if (error instanceof LostImport) return
  const { key, state, token } = its
  const about = { import: idOfKey('import', key), state, err: error }
  const isAway = error instanceof Problem && error.status === 503
  if (!isAway && !isPassing(error)) {
    log.error(about, 'An import failed for a reason that is a bug.')
    // Until its lease is over: then the bug may have been mended, or the program started anew.
    return
  }
  log.warn(about, 'An import was interrupted; it goes on once the database is back.')
  await retry(() => releaseImport(database.db, key, token)).catch(() => undefined)
}

function goOn(parts: WorkParts, job: Job): Promise<boolean> {
  switch (job.its.state) {
    case 'checking':
      return checkImport(parts, job)
    case 'running':
      return runImport(parts, job)
    default:
      return undo(parts, job)
  }
}

async function undo(parts: WorkParts, job: Job): Promise<boolean> {
  if (!(await undoImport(parts, job))) return false
  const at = parts.clock.now()
  return inTx(parts.database.db, (tx) => endWork(tx, job.its, 'undone', at))
}

/** Renews leases now and then. */
function createHold({ database }: ImportingParts, leaseUntil: () => Date): CheckParts['hold'] {
  const heldAt = new WeakMap<Job['thread'], number>()
  return async ({ its, thread }) => {
    const now = performance.now()
    const before = heldAt.get(thread) ?? 0
    if (now - before < HOLD_EVERY_MS) return
    heldAt.set(thread, now)
    const until = leaseUntil()
    if (!(await holdImport(database.db, its, { token: its.token, until }))) {
      throw new LostImport('another works on the import, or it was cancelled')
    }
  }
}

/** Rests only while there are calls to make way for; whoever asks how far it is doesn't hold it up. */
function createBreath({ countCalls }: ImportingParts): RunParts['breathe'] {
  let before = 0
  return async (workedMs) => {
    const calls = countCalls()
    const isBusy = calls - before >= BUSY_CALLS
    before = calls
    if (isBusy) await pause(workedMs * REST_SHARE)
  }
}
