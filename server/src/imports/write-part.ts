import { listFirstCountingOrders } from '../orders/order-store.ts'
import { earlierPurchase } from '../customers/customer.ts'
import type { Customer, Purchase } from '../customers/customer.ts'
import { nameInImport, readCustomers } from '../customers/customer-store.ts'
import { HOLDERS_LIMIT } from '../customers/identity.ts'
import { Crowded, draftOf, meet } from '../customers/meet.ts'
import type { Draft } from '../customers/meet.ts'
import type { ReportParts } from '../customers/report-part.ts'
import type { Db, Tx } from '../kernel/database.ts'
import { inTx, Stale } from '../kernel/transaction.ts'
import type { Organization } from '../organizations/organization.ts'
import { hasChunk, insertChunk } from './chunk-store.ts'
import type { Column } from './finding.ts'
import type { Counts, Import } from './import.ts'
import { importKey } from './import.ts'
import { advanceWriting } from './import-work-store.ts'
import type { Thread } from './open-thread.ts'
import { findPart, insertRejects } from './part-store.ts'
import type { PartPlan, PlannedCustomer, Refusal } from './thread-calls.ts'

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
  drafts: Draft[]
}

/** The import was taken over, cancelled, or is elsewhere: nothing more is to be done here. */
export class LostImport extends Error {
  override readonly name = 'LostImport'
}

/** Reads a part and plans it. Nothing is locked: what changes until it is written makes it stale. */
export async function readyPart(parts: ReportParts, job: Job, number: number): Promise<ReadyPart> {
  const stored = await findPart(parts.database.db, job.its.key, number)
  if (!stored) throw new LostImport('a part is gone')
  const { keys, named, rows } = await job.thread.openPart(number, stored.blob)
  const { rejected } = stored
  const part = { number, rejected, rows, keys, named, refusals: [] }
  return { ...part, ...(await planPart(parts, parts.database.db, job, part)) }
}

async function planPart(
  { clock }: ReportParts,
  db: Db,
  { thread, organization }: Job,
  { number, keys, refusals }: Pick<ReadyPart, 'number' | 'keys' | 'refusals'>,
): Promise<Pick<ReadyPart, 'plan' | 'drafts'>> {
  const rows = new Map((await readCustomers(db, keys)).map((row) => [row.id, row]))
  const plan = await thread.planPart(number, {
    at: clock.now().toISOString(),
    present: presentOf([...rows.values()]),
    without: refusals.map(({ place }) => place),
    remembers: false,
  })
  return { plan, drafts: draftsOf(organization, plan, rows) }
}

export function presentOf(rows: Customer[]): Pick<Customer, 'id' | 'blob'>[] {
  return rows.filter((row) => row.erased_at === null).map(({ id, blob }) => ({ id, blob }))
}

/** The customers as they are to be, once it is known what their purchase rests on. */
export function draftsOf(
  organization: Organization,
  { customers, blobs }: Pick<PartPlan, 'customers' | 'blobs'>,
  rows: Map<string, Customer>,
): Draft[] {
  let begin = 0
  return customers.map((planned): Draft => {
    const before = draftOf(planned.key, rows.get(planned.key))
    const blob = blobs.subarray(begin, planned.blobEnd)
    begin = planned.blobEnd
    return {
      ...before,
      identities: planned.identities,
      blob,
      imports: planned.imports,
      purchase: planned.isGone ? null : purchaseAfter(organization, before, planned),
      erased: planned.isGone,
      isInvisible: !planned.isVisible,
    }
  })
}

/** Without the purchase that an import told of which does so no more: orders may tell of another. */
function purchaseAfter(
  organization: Organization,
  { purchase }: Draft,
  planned: PlannedCustomer,
): Purchase | null {
  const stays = purchase && (purchase.import === null || planned.imports.includes(purchase.import))
  const told = planned.purchase && {
    order: null,
    import: importKey(organization, planned.purchase.import),
    at: new Date(planned.purchase.at),
  }
  return earlierPurchase(stays ? purchase : null, told)
}

/** Gives back to each draft whose import took its purchase along the one that its orders tell of. */
export async function restorePurchases(db: Db, drafts: Draft[]): Promise<void> {
  const lost = drafts.filter((draft) => {
    const before = draft.before?.purchase_import ?? null
    return !draft.erased && before !== null && draft.purchase?.import !== before
  })
  const orders = await listFirstCountingOrders(
    db,
    lost.map(({ key }) => key),
  )
  const byCustomer = new Map(orders.map((order) => [order.customer, order]))
  for (const draft of lost) {
    const order = byCustomer.get(draft.key)
    if (!order) continue
    const ordered = { order: order.id, import: null, at: order.created_at }
    draft.purchase = earlierPurchase(draft.purchase, ordered)
  }
}

export interface Pace {
  rowsPerSecond: number | null
  leaseUntil: Date
}

/**
 * Writes a part in one tx: its customers, whom that moves, and that it is written. Answers how many
 * lanes have something to send. Safe to repeat: a part that was written is not written again.
 */
export async function writePart(
  parts: ReportParts,
  job: Job,
  part: ReadyPart,
  pace: Pace,
): Promise<number> {
  for (let ready = part; ;) {
    try {
      return await inTx(parts.database.db, (tx) => writeOnce(parts, tx, job, ready, pace))
    } catch (error) {
      const again = await planAgain(parts, job, ready, error)
      if (!again) throw error
      ready = again
    }
  }
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
  parts: ReportParts,
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
  parts: ReportParts,
  tx: Tx,
  job: Job,
  ready: ReadyPart,
  pace: Pace,
): Promise<number> {
  const { its } = job
  const at = parts.clock.now()
  const rejects = await rejectsOf(job, ready)
  const counts = countRows(ready)
  const fence = { ...counts, ...pace, key: its.key, token: its.token, number: ready.number }
  if (!(await advanceWriting(tx, fence, at))) {
    // A tx whose answer was lost may have written it, and nobody else can have.
    if (await hasChunk(tx, its.key, ready.number)) return 0
    throw new LostImport('the import is not to be written here any more')
  }
  await restorePurchases(tx, ready.drafts)
  const met = await meetOnce(tx, job, ready, at)
  const { lanes } = await parts.segments.settle(tx, {
    ...met,
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
  return lanes
}

async function meetOnce(tx: Tx, job: Job, ready: ReadyPart, at: Date) {
  try {
    return await meet(tx, ready.drafts, at)
  } catch (error) {
    if (error instanceof Stale) throw new OldPlan([])
    if (error instanceof Crowded) throw new OldPlan(await refuseCrowd(job, ready, error))
    throw error
  }
}

const CROWD_REASON =
  `An identifier of this row is on ${HOLDERS_LIMIT} of your customers already: it stands for no person. ` +
  'Leave it out.'

/** The rows that are too many on an identifier: the last ones of the part. */
async function refuseCrowd(job: Job, ready: ReadyPart, { crowds }: Crowded): Promise<Refusal[]> {
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
  const places = new Set(refusals.map(({ place }) => place))
  const further = plan.statuses.flatMap((status, place) =>
    status === 'rejected' && !places.has(place) ? [{ place, reason: TOO_MANY_REASON }] : [],
  )
  const all = [...refusals, ...further]
  return all.length > 0 ? thread.rejectRows(number, all, columns) : null
}

function countRows({ plan, rejected, rows }: ReadyPart): Counts {
  const counts = { created: 0, updated: 0, unchanged: 0, rejected }
  for (const status of plan.statuses) counts[status]++
  return { rows: rows + rejected, ...counts }
}
