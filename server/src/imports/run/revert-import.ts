import { listCustomers, listLeftOver } from '../../customers/customer-store.ts'
import type { Customer } from '../../customers/customer.ts'
import { writeDrafts } from '../../customers/write-drafts.ts'
import type { CustomerDraft } from '../../customers/write-drafts.ts'
import type { RevertParts } from './write-parts.ts'
import { eraseSubjects } from '../../events/erase-subjects.ts'
import type { Tx } from '../../kernel/database/database.ts'
import { idOfKey } from '../../kernel/key.ts'
import { inTx } from '../../kernel/database/transaction.ts'
import { deleteMemberships } from '../../segments/membership-store.ts'
import { lostBy, withdrawEvidence } from '../../orders/withdraw-evidence.ts'
import { updateMemberships } from '../../segments/update-memberships.ts'
import {
  clearBatchCustomers,
  findNextBatchResult,
  sweepBatchCustomers,
} from '../store/batch-result-store.ts'
import type { BatchCustomers } from '../store/batch-result-store.ts'
import { lockBeforeReading, asStaleWrite, retryStale } from './lock-customers.ts'
import type { RevertedImports } from '../worker/worker-protocol.ts'
import {
  advanceRevert,
  isReverted,
  listImportsBefore,
  replaceEarlier,
} from '../store/import-work-store.ts'
import { restoreRemovals } from './restore-removals.ts'
import { keepRemovals } from './keep-removals.ts'
import { draftsOf, presentOf, restorePurchases } from './draft-customers.ts'
import { LostImport } from './write-batch.ts'
import type { Job } from './write-batch.ts'

/** How far a revert has come: the import that is being reverted, and its next batch. */
interface RevertPosition {
  import: string | null
  batch: number
}

/**
 * Reverts all that an import gave, after what it took was given back: so nobody is without in between. False if
 * it was stopped before the end.
 */
export async function revertImport(parts: RevertParts, job: Job): Promise<boolean> {
  if (job.its.mode === 'replace' && !(await restoreRemovals(parts, job))) return false
  const { key, swept_batch: batch } = job.its
  return revertAll(parts, job, { imports: [key], from: { import: key, batch }, begun: job.its })
}

/** After a file with mode `replace`: reverts what earlier imports gave that the file does not say itself. */
export async function sweepImports(parts: RevertParts, job: Job): Promise<boolean> {
  await inTx(parts.database.db, (tx) => replaceEarlier(tx, job.its))
  const imports = await listImportsBefore(parts.database.db, job.its)
  const { swept_import: swept, swept_batch: batch } = job.its
  const left = swept === null ? imports : imports.filter((key) => key >= swept)
  return revertAll(parts, job, {
    imports: left,
    from: { import: swept, batch },
    begun: job.its,
  })
}

async function revertAll(
  parts: RevertParts,
  job: Job,
  { imports, from, begun }: { imports: string[]; from: RevertPosition; begun: Job['its'] },
): Promise<boolean> {
  let position: RevertPosition = { import: begun.swept_import, batch: begun.swept_batch }
  for (const key of imports) {
    let next = key === from.import ? from.batch : 0
    for (;;) {
      if (parts.isStopping()) return false
      const batch = await findNextBatchResult(parts.database.db, key, next)
      if (!batch) break
      next = batch.number + 1
      const to = { import: key, batch: next }
      await revertBatch(parts, job, batch, { from: position, to })
      position = to
    }
  }
  return true
}

async function revertBatch(
  parts: RevertParts,
  job: Job,
  batch: BatchCustomers,
  step: { from: RevertPosition; to: RevertPosition },
): Promise<void> {
  await retryStale((locksFirst) =>
    inTx(parts.database.db, async (tx) => {
      if (locksFirst) await lockBeforeReading(tx, await listCustomers(tx, batch.customers))
      await revertOnce(parts, tx, job, batch, step)
    }),
  )
}

async function revertOnce(
  parts: RevertParts,
  tx: Tx,
  job: Job,
  batch: BatchCustomers,
  { from, to }: { from: RevertPosition; to: RevertPosition },
): Promise<void> {
  const { its, organization, worker } = job
  const at = parts.clock.now()
  const isUndo = its.state === 'undoing'
  const rows = isUndo
    ? await listGiven(tx, its.key, batch.customers)
    : await listReplaced(tx, its.key, batch.customers)
  const plan = await worker.planRevert(presentOf(rows), importsToRevert(job))
  const drafts = draftsOf(organization, plan, new Map(rows.map((row) => [row.id, row])))
  const step = {
    key: its.key,
    token: its.token,
    state: isUndo ? ('undoing' as const) : ('running' as const),
    customers: drafts.length,
    leaseUntil: parts.leaseUntil(),
  }
  if (!(await advanceRevert(tx, { ...step, from, to }, at))) {
    // The batch may be reverted by a tx whose commit was not answered; only this token could do it.
    if (await isReverted(tx, { ...step, to })) return
    throw new LostImport('the import is not to be reverted here any more, or this batch of it is')
  }
  if (!isUndo) await keepRemovals(tx, its.key, drafts)
  const restored = await restorePurchases(tx, drafts)
  const result = await asStaleWrite(writeDrafts(tx, restored, at))
  await withdrawEvidence(tx, lostBy(restored), { cause: 'import', at })
  await eraseGone(tx, its.organization, drafts)
  await updateMemberships(parts, tx, {
    ...result,
    cause: 'import',
    at,
    quietFor: its.quiet ? its.organization : undefined,
  })
  const reverted = to.import ?? ''
  if (isUndo) return clearBatchCustomers(tx, reverted, batch.number)
  const customers = await listStillGiven(tx, reverted, batch.customers)
  await sweepBatchCustomers(tx, reverted, { number: batch.number, customers })
}

function importsToRevert({ its }: Job): RevertedImports {
  const id = idOfKey('import', its.key)
  return its.state === 'undoing' ? { only: id } : { allBut: id }
}

async function listGiven(tx: Tx, key: string, customers: string[]): Promise<Customer[]> {
  const rows = await listCustomers(tx, customers)
  return rows.filter(({ imports }) => imports.includes(key))
}

/** Customers that the file does not name, and those that have more by earlier imports than it says. */
async function listReplaced(tx: Tx, key: string, customers: string[]): Promise<Customer[]> {
  const left = await listLeftOver(tx, key, customers)
  const given = await listGiven(tx, key, customers)
  return [...left, ...given.filter(({ imports }) => imports.length > 1)]
}

/** Keys of the customers that still have something of the import: a later revert looks at these only. */
async function listStillGiven(tx: Tx, key: string, customers: string[]): Promise<string[]> {
  return (await listGiven(tx, key, customers)).map(({ id }) => id)
}

/** Erases memberships and events of customers that nothing reports any more. */
async function eraseGone(tx: Tx, organization: number, drafts: CustomerDraft[]): Promise<void> {
  const gone = drafts.filter((draft) => draft.erased)
  if (gone.length === 0) return
  await deleteMemberships(
    tx,
    gone.map(({ key }) => key),
  )
  const withEvents = gone.filter(({ before }) => (before?.event_sequence ?? 0) > 0)
  await eraseSubjects(
    tx,
    organization,
    withEvents.map(({ key }) => key),
  )
}
