import { listCustomers } from '../../customers/customer-store.ts'
import { isFirst, TooManyShared, writeDrafts } from '../../customers/write-drafts.ts'
import type { CustomerDraft, OverShared } from '../../customers/write-drafts.ts'
import type { Tx } from '../../kernel/database/database.ts'
import { inTx } from '../../kernel/database/transaction.ts'
import { idOfKey } from '../../kernel/key.ts'
import { updateMemberships } from '../../segments/update-memberships.ts'
import { restoreSweptCustomers } from '../store/batch-result-store.ts'
import { advanceRestore, listUndone } from '../store/import-work-store.ts'
import { passRemovals, takeRemovals } from '../store/removal-store.ts'
import type { KeptRemoval } from '../store/removal-store.ts'
import { draftsOf, presentOf, restorePurchases } from './draft-customers.ts'
import { asStaleWrite, lockBeforeReading, retryStale } from './lock-customers.ts'
import { LostImport } from './write-batch.ts'
import type { RevertParts } from './write-parts.ts'
import type { Job } from './write-batch.ts'

// As many as a batch of a file has rows.
const AT_ONCE = 1_000
const RESULTS_AT_ONCE = 100

/**
 * The undo of a replacement gives back what it took: the contributions of earlier imports, but for those that
 * were undone since. While a later replacement holds it gives nothing back: that one would have taken it away as
 * well, and its undo gives it back. False if it was stopped before the end.
 */
export async function restoreRemovals(parts: RevertParts, job: Job): Promise<boolean> {
  const { db } = parts.database
  const { key, organization, replaced_by: holder } = job.its
  const steps: ((tx: Tx) => Promise<number>)[] =
    holder !== null
      ? [(tx) => passRemovals(tx, key, holder, AT_ONCE)]
      : [(tx) => restoreSweptCustomers(tx, organization, RESULTS_AT_ONCE)]
  for (const step of steps) {
    while (!parts.isStopping() && (await inTx(db, (tx) => underFence(parts, tx, job, step))) > 0);
  }
  if (holder !== null) return !parts.isStopping()
  const undone = (await listUndone(db, organization)).map((each) => idOfKey('import', each))
  while (!parts.isStopping()) if (!(await restoreBatch(parts, job, undone))) return true
  return false
}

/** Does a step of the undo if the import is still to be undone here. */
async function underFence<T>(
  parts: RevertParts,
  tx: Tx,
  { its }: Job,
  step: (tx: Tx) => Promise<T>,
  customers = 0,
): Promise<T> {
  const progress = { key: its.key, token: its.token, customers, leaseUntil: parts.leaseUntil() }
  if (await advanceRestore(tx, progress, parts.clock.now())) return step(tx)
  throw new LostImport('the import is not to be undone here any more')
}

/** False if nothing was left to be given back. */
async function restoreBatch(parts: RevertParts, job: Job, undone: string[]): Promise<boolean> {
  let leftOut: OverShared[] = []
  for (;;) {
    try {
      return await retryStale((locksFirst) =>
        inTx(parts.database.db, async (tx) => {
          const removals = await takeRemovals(tx, job.its.key, AT_ONCE)
          if (removals.length === 0) return false
          await restoreOnce(parts, tx, job, { removals, undone, leftOut, locksFirst })
          return true
        }),
      )
    } catch (error) {
      // An identifier that came to be on so many customers stands for nobody: it is left out.
      if (!(error instanceof TooManyShared)) throw error
      leftOut = [...leftOut, ...error.overShared]
    }
  }
}

interface Restore {
  removals: KeptRemoval[]
  undone: string[]
  leftOut: OverShared[]
  locksFirst: boolean
}

async function restoreOnce(
  parts: RevertParts,
  tx: Tx,
  job: Job,
  { removals, undone, leftOut, locksFirst }: Restore,
): Promise<void> {
  const { its, organization, worker } = job
  const at = parts.clock.now()
  const keys = [...new Set(removals.map(({ customer }) => customer))]
  if (locksFirst) await lockBeforeReading(tx, await listCustomers(tx, keys))
  const rows = await listCustomers(tx, keys)
  const plan = await worker.planRestore(presentOf(rows), removals, { undone, leftOut })
  const createdAt = new Map(removals.map(({ customer, created_at: date }) => [customer, date]))
  const planned = draftsOf(organization, plan, new Map(rows.map((row) => [row.id, row])))
  const drafts = planned.map((draft): CustomerDraft => {
    const date = isFirst(draft) ? createdAt.get(draft.key) : undefined
    return date ? { ...draft, createdAt: date } : draft
  })
  const write = async (): Promise<void> => {
    const result = await asStaleWrite(writeDrafts(tx, await restorePurchases(tx, drafts), at))
    const quietFor = its.quiet ? its.organization : undefined
    await updateMemberships(parts, tx, { ...result, cause: 'import', at, quietFor })
  }
  await underFence(parts, tx, job, write, drafts.length)
}
