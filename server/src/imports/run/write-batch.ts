import { nameInImport, readCustomers } from '../../customers/customer-store.ts'
import { HOLDERS_LIMIT } from '../../customers/identity.ts'
import { TooManyShared, writeDrafts } from '../../customers/write-drafts.ts'
import type { CustomerDraft, WriteResult } from '../../customers/write-drafts.ts'
import { insertNewCustomers } from '../../customers/insert-new-customers.ts'
import type { WriteParts } from './write-parts.ts'
import type { Db, Tx } from '../../kernel/database/database.ts'
import { inTx, Stale } from '../../kernel/database/transaction.ts'
import type { Organization } from '../../organizations/organization.ts'
import { hasChunk, insertChunk } from '../store/batch-result-store.ts'
import type { Column } from '../csv/finding.ts'
import type { Counts, Import } from '../store/import.ts'
import { advanceWriting } from '../store/import-work-store.ts'
import { lockFirst, TRIES_UNLOCKED } from './lock-customers.ts'
import type { Thread } from '../worker/open-worker.ts'
import { findPart, insertRejects } from '../store/batch-store.ts'
import { updateMemberships } from '../../segments/update-memberships.ts'
import { draftsOf, presentOf, restorePurchases } from './draft-customers.ts'
import type { PartPlan, Refusal } from '../worker/worker-protocol.ts'

/** An import at work: who it is of, and the thread that works on it. */
export interface Job {
  its: Import & { token: string }
  organization: Organization
  thread: Thread
  columns: Column[]
}

/** A part that is read, with what is known of its customers: ready to be written. */
export interface ReadyPart {
  number: number
  rejected: number
  rows: number
  keys: string[]
  named: string[]
  refusals: Refusal[]
  plan: PartPlan
  drafts: CustomerDraft[]
}

/** The import was taken over, cancelled, or is elsewhere: nothing more is to be done here. */
export class LostImport extends Error {
  override readonly name = 'LostImport'
}

/** Reads a part and plans it. Nothing is locked: what changes until it is written makes it stale. */
export async function readyPart(parts: WriteParts, job: Job, number: number): Promise<ReadyPart> {
  const stored = await findPart(parts.database.db, job.its.key, number)
  if (!stored) throw new LostImport('a part is gone')
  const { keys, named, rows } = await job.thread.openPart(number, stored.blob)
  const { rejected } = stored
  const part = { number, rejected, rows, keys, named, refusals: [] }
  return { ...part, ...(await planPart(parts, parts.database.db, job, part)) }
}

async function planPart(
  { clock }: WriteParts,
  db: Db,
  { thread, organization }: Job,
  { number, keys, refusals }: Pick<ReadyPart, 'number' | 'keys' | 'refusals'>,
): Promise<Pick<ReadyPart, 'plan' | 'drafts'>> {
  const rows = new Map((await readCustomers(db, keys)).map((row) => [row.id, row]))
  const plan = await thread.planPart(number, {
    at: clock.now().toISOString(),
    present: presentOf([...rows.values()]),
    without: refusals.map(({ place }) => place),
    areNew: rows.size === 0,
    remembers: false,
  })
  return { plan, drafts: draftsOf(organization, plan, rows) }
}

export interface Pace {
  rowsPerSecond: number | null
  leaseUntil: Date
}

/**
 * Writes a part in one tx: its customers, their memberships, and that it is written. Safe to repeat: a part
 * that was written is not written again.
 */
export async function writePart(
  parts: WriteParts,
  job: Job,
  part: ReadyPart,
  pace: Pace,
): Promise<void> {
  let ready = part
  for (let tries = 1; ; tries++) {
    try {
      return await inTx(parts.database.db, async (tx) => {
        const isLocked = tries > TRIES_UNLOCKED
        const current = isLocked ? await planLocked(parts, tx, job, ready) : ready
        return writeOnce(parts, tx, job, current, pace)
      })
    } catch (error) {
      const again = await planAgain(parts, job, ready, error)
      if (!again) throw error
      ready = again
    }
  }
}

/** With the customers locked, so that none is another between the plan and the write. */
async function planLocked(
  parts: WriteParts,
  tx: Tx,
  job: Job,
  ready: ReadyPart,
): Promise<ReadyPart> {
  const further = ready.drafts.flatMap(({ identities }) => identities)
  await lockFirst(tx, await readCustomers(tx, ready.keys), further)
  return { ...ready, ...(await planPart(parts, tx, job, ready)) }
}

/** What is thrown where a plan has to be made anew: the tx is not worth repeating as it is. */
class OldPlan extends Error {
  readonly refusals: Refusal[]
  constructor(refusals: Refusal[]) {
    super('a plan has to be made anew')
    this.refusals = refusals
  }
}

async function planAgain(
  parts: WriteParts,
  job: Job,
  ready: ReadyPart,
  error: unknown,
): Promise<ReadyPart | undefined> {
  if (!(error instanceof OldPlan)) return undefined
  const refusals = [...ready.refusals, ...error.refusals]
  const part = { ...ready, refusals }
  return { ...part, ...(await planPart(parts, parts.database.db, job, part)) }
}

async function writeOnce(
  parts: WriteParts,
  tx: Tx,
  job: Job,
  ready: ReadyPart,
  pace: Pace,
): Promise<void> {
  const { its } = job
  const at = parts.clock.now()
  const rejects = await rejectsOf(job, ready)
  const counts = countRows(ready)
  const fence = { ...counts, ...pace, key: its.key, token: its.token, number: ready.number }
  if (!(await advanceWriting(tx, fence, at))) {
    // A tx whose answer was lost may have written it, and nobody else can have.
    if (await hasChunk(tx, its.key, ready.number)) return
    throw new LostImport('the import is not to be written here any more')
  }
  await restorePurchases(tx, ready.drafts)
  const result = await meetOnce(tx, job, ready, at)
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
  await insertChunk(tx, { ...counts, import: its.key, number: ready.number, customers, at })
}

async function meetOnce(tx: Tx, job: Job, ready: ReadyPart, at: Date): Promise<WriteResult> {
  const { newcomers, given } = ready.plan
  try {
    if (!newcomers) return await writeDrafts(tx, ready.drafts, at)
    const { kind, key: imported } = job.its
    const purchase = kind === 'purchasers' ? { order: null, import: imported, at } : null
    const customers = { ...newcomers.customers, imports: [imported], purchase }
    return await insertNewCustomers(tx, { ...newcomers, customers }, given, at)
  } catch (error) {
    if (error instanceof Stale) throw new OldPlan([])
    if (error instanceof TooManyShared) throw new OldPlan(await refuseCrowd(job, ready, error))
    throw error
  }
}

const CROWD_REASON =
  `An identifier of this row is on ${HOLDERS_LIMIT} of your customers already: it stands for no person. ` +
  'Leave it out.'

/** The rows that are too many on an identifier: the last ones of the part. */
async function refuseCrowd(
  job: Job,
  ready: ReadyPart,
  { overShared: crowds }: TooManyShared,
): Promise<Refusal[]> {
  const places = await job.thread.placesOf(
    ready.number,
    crowds,
    ready.refusals.map(({ place }) => place),
  )
  return places.map((place) => ({ place, reason: CROWD_REASON }))
}

const TOO_MANY_REASON =
  'This customer has too many identifiers: they stand for no one person. Leave out what is not theirs.'

async function rejectsOf({ thread, columns }: Job, { number, plan, refusals }: ReadyPart) {
  const further = plan.tooMany.map((place) => ({ place, reason: TOO_MANY_REASON }))
  const all = [...refusals, ...further]
  return all.length > 0 ? thread.rejectRows(number, all, columns) : null
}

function countRows({ plan, rejected, rows, refusals }: ReadyPart): Counts {
  const allRejected = rejected + refusals.length + plan.counts.rejected
  return { ...plan.counts, rows: rows + rejected, rejected: allRejected }
}
