import { lostBy, withdrawEvidence } from '../../orders/withdraw-evidence.ts'
import { updateMemberships } from '../../segments/update-memberships.ts'
import { nameInImport, listCustomers } from '../../customers/customer-store.ts'
import { HOLDERS_LIMIT } from '../../customers/identity.ts'
import { TooManyShared, writeDrafts } from '../../customers/write-drafts.ts'
import type { CustomerDraft, WriteResult } from '../../customers/write-drafts.ts'
import { insertNewCustomers } from '../../customers/insert-new-customers.ts'
import type { WriteParts } from './write-parts.ts'
import type { Db, Tx } from '../../kernel/database/database.ts'
import { inTx, StaleRead } from '../../kernel/database/transaction.ts'
import type { Organization } from '../../organizations/organization.ts'
import { hasBatchResult, insertBatchResult } from '../store/batch-result-store.ts'
import type { Column } from '../csv/finding.ts'
import type { Counts, Import } from '../store/import.ts'
import { advanceWriting } from '../store/import-work-store.ts'
import { lockBeforeReading, TRIES_UNLOCKED } from './lock-customers.ts'
import type { ImportWorker } from '../worker/worker-client.ts'
import { findBatch, insertRejects } from '../store/batch-store.ts'
import { keepRemovals } from './keep-removals.ts'
import { draftsOfPlan, presentOf, restorePurchases } from './draft-customers.ts'
import type { BatchPlan, Refusal } from '../worker/worker-protocol.ts'

/** An import under lease, with its organization and its worker thread. */
export interface Job {
  its: Import & { token: string }
  organization: Organization
  worker: ImportWorker
  columns: Column[]
}

/** A batch with its plan: ready to be written. */
export interface PreparedBatch {
  number: number
  rejected: number
  rows: number
  keys: string[]
  named: string[]
  refusals: Refusal[]
  plan: BatchPlan
  drafts: CustomerDraft[]
}

/** This process has lost its lease: the import was taken over, or a call moved it on. */
export class LostImport extends Error {
  override readonly name = 'LostImport'
}

/**
 * Plans a batch. Nothing is locked (optimistic locking): a customer that changes before the write makes the
 * plan stale.
 */
export async function prepareBatch(
  parts: WriteParts,
  job: Job,
  number: number,
): Promise<PreparedBatch> {
  const stored = await findBatch(parts.database.db, job.its.key, number)
  if (!stored) throw new LostImport('a batch is gone')
  const { keys, named, rows } = await job.worker.openBatch(number, stored.blob)
  const { rejected } = stored
  const batch = { number, rejected, rows, keys, named, refusals: [] }
  return { ...batch, ...(await planPrepared(parts, parts.database.db, job, batch)) }
}

async function planPrepared(
  { clock }: WriteParts,
  db: Db,
  { worker, organization }: Job,
  { number, keys, refusals }: Pick<PreparedBatch, 'number' | 'keys' | 'refusals'>,
): Promise<Pick<PreparedBatch, 'plan' | 'drafts'>> {
  const rows = new Map((await listCustomers(db, keys)).map((row) => [row.id, row]))
  const plan = await worker.planBatch(number, {
    at: clock.now().toISOString(),
    present: presentOf([...rows.values()]),
    without: refusals.map(({ row }) => row),
    areNew: rows.size === 0,
    remembers: false,
  })
  return { plan, drafts: draftsOfPlan(organization, plan, rows) }
}

export interface WriteProgress {
  rowsPerSecond: number | null
  leaseUntil: Date
}

/**
 * Writes a batch in one tx: its customers, the memberships that change, and the batch result.
 * Idempotent: a batch that was written is not written again. A stale plan is made anew; after some tries it
 * is made under locks (pessimistic locking).
 */
export async function writeBatch(
  parts: WriteParts,
  job: Job,
  batch: PreparedBatch,
  progress: WriteProgress,
): Promise<void> {
  let ready = batch
  for (let tries = 1; ; tries++) {
    try {
      return await inTx(parts.database.db, async (tx) => {
        const isLocked = tries > TRIES_UNLOCKED
        const current = isLocked ? await planLocked(parts, tx, job, ready) : ready
        return writeOnce(parts, tx, job, current, progress)
      })
    } catch (error) {
      const again = await replan(parts, job, ready, error)
      if (!again) throw error
      ready = again
    }
  }
}

/** Locks the customers before it plans, so that none changes between the plan and the write. */
async function planLocked(
  parts: WriteParts,
  tx: Tx,
  job: Job,
  ready: PreparedBatch,
): Promise<PreparedBatch> {
  const further = ready.drafts.flatMap(({ identities }) => identities)
  await lockBeforeReading(tx, await listCustomers(tx, ready.keys), further)
  return { ...ready, ...(await planPrepared(parts, tx, job, ready)) }
}

/** A version check failed: the plan has to be made anew before the tx is repeated. */
class StalePlan extends Error {
  readonly refusals: Refusal[]
  constructor(refusals: Refusal[]) {
    super('a plan has to be made anew')
    this.refusals = refusals
  }
}

async function replan(
  parts: WriteParts,
  job: Job,
  ready: PreparedBatch,
  error: unknown,
): Promise<PreparedBatch | undefined> {
  if (!(error instanceof StalePlan)) return undefined
  const refusals = [...ready.refusals, ...error.refusals]
  const batch = { ...ready, refusals }
  return { ...batch, ...(await planPrepared(parts, parts.database.db, job, batch)) }
}

async function writeOnce(
  parts: WriteParts,
  tx: Tx,
  job: Job,
  ready: PreparedBatch,
  progress: WriteProgress,
): Promise<void> {
  const { its } = job
  const at = parts.clock.now()
  const rejects = await rejectsOf(job, ready)
  const counts = countRows(ready)
  const fence = { ...counts, ...progress, key: its.key, token: its.token, number: ready.number }
  if (!(await advanceWriting(tx, fence, at))) {
    // The batch may be written by a tx whose commit was not answered; only this token could write it.
    if (await hasBatchResult(tx, its.key, ready.number)) return
    throw new LostImport('the import is not to be written here any more')
  }
  const result = await writeCustomers(tx, job, ready, at)
  await updateMemberships(parts, tx, {
    ...result,
    cause: 'import',
    at,
    quietFor: its.quiet ? its.organization : undefined,
  })
  if (rejects) {
    await insertRejects(tx, its.key, { number: ready.number, step: 1 }, rejects.packed)
  }
  const named = [...ready.named, ...(rejects?.named ?? [])]
  if (its.mode === 'replace') await nameInImport(tx, its.key, named)
  const customers = ready.plan.given
  await insertBatchResult(tx, { ...counts, import: its.key, number: ready.number, customers, at })
}

async function writeCustomers(
  tx: Tx,
  job: Job,
  ready: PreparedBatch,
  at: Date,
): Promise<WriteResult> {
  const { plan } = ready
  try {
    if (plan.kind === 'mixed') {
      if (job.its.mode === 'replace') await keepRemovals(tx, job.its.key, ready.drafts)
      const drafts = await restorePurchases(tx, ready.drafts)
      const result = await writeDrafts(tx, drafts, at)
      await withdrawEvidence(tx, lostBy(drafts), { cause: 'import', at })
      return result
    }
    const { kind, key: imported } = job.its
    const purchase = kind === 'purchasers' ? { order: null, import: imported, at } : null
    const { newCustomers, given } = plan
    const customers = { ...newCustomers.customers, imports: [imported], purchase }
    return await insertNewCustomers(tx, { ...newCustomers, customers }, given, at)
  } catch (error) {
    if (error instanceof StaleRead) throw new StalePlan([])
    if (error instanceof TooManyShared)
      throw new StalePlan(await refuseOverShared(job, ready, error))
    throw error
  }
}

const OVER_SHARED_REASON =
  `An identifier of this row is on ${HOLDERS_LIMIT} of your customers already: it stands for no person. ` +
  'Leave it out.'

/** The rows that are too many on an identifier: the last ones of the batch. */
async function refuseOverShared(
  job: Job,
  ready: PreparedBatch,
  { overShared }: TooManyShared,
): Promise<Refusal[]> {
  const rows = await job.worker.rowsToRefuse(
    ready.number,
    overShared,
    ready.refusals.map(({ row }) => row),
  )
  return rows.map((row) => ({ row, reason: OVER_SHARED_REASON }))
}

const TOO_MANY_REASON =
  'This customer has too many identifiers: they stand for no one person. Leave out what is not theirs.'

async function rejectsOf({ worker, columns }: Job, { number, plan, refusals }: PreparedBatch) {
  const further = plan.tooMany.map((row) => ({ row, reason: TOO_MANY_REASON }))
  const all = [...refusals, ...further]
  return all.length > 0 ? worker.rejectRows(number, all, columns) : null
}

function countRows({ plan, rejected, rows, refusals }: PreparedBatch): Counts {
  const allRejected = rejected + refusals.length + plan.counts.rejected
  return { ...plan.counts, rows: rows + rejected, rejected: allRejected }
}
