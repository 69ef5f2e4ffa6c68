import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { WriteParts } from './write-parts.ts'
import { inBulkhead } from '../../kernel/bulkhead.ts'
import { idOfKey } from '../../kernel/key.ts'
import type { Logger } from '../../kernel/log.ts'
import { createLoop } from '../../kernel/loop.ts'
import type { Loop } from '../../kernel/loop.ts'
import { Problem } from '../../kernel/problem.ts'
import { inTx, isTransient, retry } from '../../kernel/database/transaction.ts'
import { checkImport } from './check-import.ts'
import type { CheckParts } from './check-import.ts'
import { decryptProgress } from '../store/import.ts'
import {
  claimImport,
  endReplacing,
  endWork,
  renewLease,
  releaseLease,
} from '../store/import-work-store.ts'
import { failImport } from '../store/import-store.ts'
import { WorkerExhausted } from '../worker/worker-client.ts'
import type { OpenWorker } from '../worker/worker-client.ts'
import { runImport } from './run-import.ts'
import type { RunParts } from './run-import.ts'
import { revertImport } from './revert-import.ts'
import { LostImport } from './write-batch.ts'
import type { Job } from './write-batch.ts'

export interface ImportRunnerParts extends WriteParts {
  log: Logger
  openWorker: OpenWorker
  /** How many calls this process has answered. */
  countCalls(): number
  /** How many processes of this machine run imports; one unless given. */
  processes?: number
}

// A batch takes a tenth of a second; when a process dies, another takes its import over after this time.
const LEASE_MS = 15_000
const RENEW_EVERY_MS = 5_000
// Of a machine with up to so many processes. Each has a worker thread and writes; more at once would only share the
// same cores.
const MAX_AT_ONCE = 2
// What an import rests while calls are answered, as a share of the time that it worked.
const REST_SHARE = 1
// In the time of a batch: some hundred a second.
const BUSY_CALLS = 4

type WorkParts = ImportRunnerParts & CheckParts & RunParts

/** The import runner: leases imports and checks, runs or reverts them, one of an organization at a time. */
export function createImportRunner(parts: ImportRunnerParts): Loop {
  const { database, clock, log, processes = 1 } = parts
  const maxAtOnce = Math.max(1, Math.floor(MAX_AT_ONCE / processes))
  const working = new Set<Promise<void>>()
  let isStopping = false
  const leaseUntil = (): Date => new Date(clock.now().getTime() + LEASE_MS)
  const workParts: WorkParts = {
    ...parts,
    isStopping: () => isStopping,
    leaseUntil,
    yieldToCalls: createBackpressure(parts),
    renewLease: createLeaseRenewal(parts, leaseUntil),
  }

  async function turn(): Promise<void> {
    while (!isStopping && working.size < maxAtOnce) {
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
  // An organization so new that the directory has not loaded it yet; it will have when the lease ends.
  if (!organization) return
  const worker = parts.openWorker(parts.vault, organization, its)
  const columns = decryptProgress(parts.vault, its)?.report.columns ?? []
  log.info(about, 'An import goes on.')
  try {
    const isDone = await inBulkhead(() => goOn(parts, { its, organization, worker, columns }))
    if (isDone) log.info(about, 'An import has come a step further.')
    else await retry(() => releaseLease(parts.database.db, key, its.token))
  } catch (error) {
    await letGo(parts, its, error)
  } finally {
    await worker.close()
  }
}

/** After a failure: releases the lease unless it is lost, so that the work is tried again. */
async function letGo(parts: WorkParts, its: Job['its'], error: unknown): Promise<void> {
  if (error instanceof LostImport) return
  const { database, clock, log } = parts
  const { key, state, token } = its
  if (error instanceof WorkerExhausted) {
    const { type, message } = error
    log.warn({ import: idOfKey('import', key), state, type }, 'An import took more than it may.')
    const failing = inTx(database.db, (tx) => failImport(tx, its, { type, message }, clock.now()))
    // Else it is tried, and ended, again when the lease ends.
    await failing.catch(() => undefined)
    return
  }
  const about = { import: idOfKey('import', key), state, err: error }
  const isAway = error instanceof Problem && error.status === 503
  if (!isAway && !isTransient(error)) {
    log.error(about, 'An import failed for a reason that is a bug.')
    // It is tried again when the lease ends: not at once, since a bug would fail it again.
    return
  }
  log.warn(about, 'An import was interrupted; it goes on once the database is back.')
  await retry(() => releaseLease(database.db, key, token)).catch(() => undefined)
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
  if (!(await revertImport(parts, job))) return false
  const at = parts.clock.now()
  return inTx(parts.database.db, async (tx) => {
    await endReplacing(tx, job.its)
    return endWork(tx, job.its, 'undone', at)
  })
}

/** Renews a lease, at most every few seconds. */
function createLeaseRenewal(
  { database }: ImportRunnerParts,
  leaseUntil: () => Date,
): CheckParts['renewLease'] {
  const renewedAt = new WeakMap<Job['worker'], number>()
  return async ({ its, worker }) => {
    const now = performance.now()
    const before = renewedAt.get(worker) ?? 0
    if (now - before < RENEW_EVERY_MS) return
    renewedAt.set(worker, now)
    const until = leaseUntil()
    if (!(await renewLease(database.db, its, { token: its.token, until }))) {
      throw new LostImport('another works on the import, or it was cancelled')
    }
  }
}

/** Backpressure: rests while other calls are answered. The polling of one client does not count as such. */
function createBackpressure({ countCalls }: ImportRunnerParts): RunParts['yieldToCalls'] {
  let before = 0
  return async (workedMs) => {
    const calls = countCalls()
    const isBusy = calls - before >= BUSY_CALLS
    before = calls
    if (isBusy) await pause(workedMs * REST_SHARE)
  }
}
