import { readCustomers, readLeftOver } from '../../customers/customer-store.ts'
import type { Customer } from '../../customers/customer.ts'
import { writeDrafts } from '../../customers/write-drafts.ts'
import type { CustomerDraft } from '../../customers/write-drafts.ts'
import type { WriteParts } from './write-parts.ts'
import { eraseSubjects } from '../../events/erase-subjects.ts'
import type { Tx } from '../../kernel/database/database.ts'
import { idOfKey } from '../../kernel/key.ts'
import { inTx } from '../../kernel/database/transaction.ts'
import { deleteMemberships } from '../../segments/membership-store.ts'
import { updateMemberships } from '../../segments/update-memberships.ts'
import { findNextChunk, keepInChunk } from '../store/batch-result-store.ts'
import type { ChunkCustomers } from '../store/batch-result-store.ts'
import { lockFirst, orOvertaken, untilNotOvertaken } from './lock-customers.ts'
import type { Taken } from '../worker/worker-protocol.ts'
import { advanceTakingBack, isTakenBack, listImportsBefore } from '../store/import-work-store.ts'
import { draftsOf, presentOf, restorePurchases } from './draft-customers.ts'
import { LostImport } from './write-batch.ts'
import type { Job } from './write-batch.ts'

/** Where taking back has come: the import whose chunks are gone through, and the next one of them. */
interface Place {
  import: string | null
  chunk: number
}

/** How it goes on, and until when nobody else works on it. */
export interface TakingParts extends WriteParts {
  leaseUntil(): Date
  isStopping(): boolean
}

/** Takes back all that an import gave; false if it was stopped before the end. */
export async function undoImport(parts: TakingParts, job: Job): Promise<boolean> {
  const { key, swept_chunk: chunk } = job.its
  return takeBackAll(parts, job, { imports: [key], from: { import: key, chunk }, begun: job.its })
}

/** After a file with mode `replace`: takes back what earlier imports gave that it doesn't say itself. */
export async function sweepImports(parts: TakingParts, job: Job): Promise<boolean> {
  const imports = await listImportsBefore(parts.database.db, job.its)
  const { swept_import: swept, swept_chunk: chunk } = job.its
  const left = swept === null ? imports : imports.filter((key) => key >= swept)
  return takeBackAll(parts, job, {
    imports: left,
    from: { import: swept, chunk },
    begun: job.its,
  })
}

async function takeBackAll(
  parts: TakingParts,
  job: Job,
  { imports, from, begun }: { imports: string[]; from: Place; begun: Job['its'] },
): Promise<boolean> {
  let place: Place = { import: begun.swept_import, chunk: begun.swept_chunk }
  for (const key of imports) {
    let next = key === from.import ? from.chunk : 0
    for (;;) {
      if (parts.isStopping()) return false
      const chunk = await findNextChunk(parts.database.db, key, next)
      if (!chunk) break
      next = chunk.number + 1
      const to = { import: key, chunk: next }
      await takeBackChunk(parts, job, chunk, { from: place, to })
      place = to
    }
  }
  return true
}

async function takeBackChunk(
  parts: TakingParts,
  job: Job,
  chunk: ChunkCustomers,
  step: { from: Place; to: Place },
): Promise<void> {
  await untilNotOvertaken((locksFirst) =>
    inTx(parts.database.db, async (tx) => {
      if (locksFirst) await lockFirst(tx, await readCustomers(tx, chunk.customers))
      await takeBackOnce(parts, tx, job, chunk, step)
    }),
  )
}

async function takeBackOnce(
  parts: TakingParts,
  tx: Tx,
  job: Job,
  chunk: ChunkCustomers,
  { from, to }: { from: Place; to: Place },
): Promise<void> {
  const { its, organization, thread } = job
  const at = parts.clock.now()
  const isUndo = its.state === 'undoing'
  const rows = isUndo
    ? await readGiven(tx, its.key, chunk.customers)
    : await readReplaced(tx, its.key, chunk.customers)
  const plan = await thread.planTakingBack(presentOf(rows), takenBy(job))
  const drafts = draftsOf(organization, plan, new Map(rows.map((row) => [row.id, row])))
  const step = {
    key: its.key,
    token: its.token,
    state: isUndo ? ('undoing' as const) : ('running' as const),
    customers: drafts.length,
    leaseUntil: parts.leaseUntil(),
  }
  if (!(await advanceTakingBack(tx, { ...step, from, to }, at))) {
    // A tx whose answer was lost may have taken it back, and nobody else can have.
    if (await isTakenBack(tx, { ...step, to })) return
    throw new LostImport('the import is not to be taken back here any more, or this part of it was')
  }
  await restorePurchases(tx, drafts)
  const result = await orOvertaken(writeDrafts(tx, drafts, at))
  await forget(tx, its.organization, drafts)
  await updateMemberships(parts, tx, {
    ...result,
    cause: 'import',
    at,
    quietFor: its.quiet ? its.organization : undefined,
  })
  const customers = isUndo ? [] : await stillGiven(tx, to.import ?? '', chunk.customers)
  await keepInChunk(tx, to.import ?? '', { number: chunk.number, customers })
}

function takenBy({ its }: Job): Taken {
  const id = idOfKey('import', its.key)
  return its.state === 'undoing' ? { only: id } : { allBut: id }
}

async function readGiven(tx: Tx, key: string, customers: string[]): Promise<Customer[]> {
  const rows = await readCustomers(tx, customers)
  return rows.filter(({ imports }) => imports.includes(key))
}

/** Whom the file doesn't name, and who has more by earlier imports than the file says of them. */
async function readReplaced(tx: Tx, key: string, customers: string[]): Promise<Customer[]> {
  const left = await readLeftOver(tx, key, customers)
  const given = await readGiven(tx, key, customers)
  return [...left, ...given.filter(({ imports }) => imports.length > 1)]
}

/** A later sweep or undo has to look at these only. */
async function stillGiven(tx: Tx, key: string, customers: string[]): Promise<string[]> {
  return (await readGiven(tx, key, customers)).map(({ id }) => id)
}

/** Of whom nobody tells any more, nothing is to be told. */
async function forget(tx: Tx, organization: number, drafts: CustomerDraft[]): Promise<void> {
  const gone = drafts.filter((draft) => draft.erased)
  if (gone.length === 0) return
  await deleteMemberships(
    tx,
    gone.map(({ key }) => key),
  )
  const told = gone.filter(({ before }) => (before?.event_sequence ?? 0) > 0)
  await eraseSubjects(
    tx,
    organization,
    told.map(({ key }) => key),
  )
}
