import { listCustomers } from '../../customers/customer-store.ts'
import type { Customer } from '../../customers/customer.ts'
import type { CustomerDraft } from '../../customers/write-drafts.ts'
import type { Db } from '../../kernel/database/database.ts'
import { idOfKey } from '../../kernel/key.ts'
import { findNextBatchResult } from '../store/batch-result-store.ts'
import { listImportsBefore } from '../store/import-work-store.ts'
import { listMoves } from './list-moves.ts'
import type { Losses } from './loss-bound.ts'
import { createTally } from './tally.ts'
import { draftsOf, presentOf, restorePurchases } from './draft-customers.ts'
import type { Job } from './write-batch.ts'

/** A dry run of the sweep after a file with mode `replace`. */
export interface SweepPreview {
  /** Adds the customers that a batch names, as they are, and the drafts of those that it would change. */
  add(rows: Customer[], drafts: CustomerDraft[]): Promise<void>
  end(): Promise<SweepEnd>
}

export interface SweepEnd extends Losses {
  moves: string[]
  isExact: boolean
}

export interface SweepPreviewParts {
  db: Db
  /** Renews the lease. */
  renewLease(): Promise<void>
}

// The moves of so many are worked out together: some 10 MB. Of more they are not counted.
const MAX_SWEPT = 10_000

export function createSweepPreview(parts: SweepPreviewParts, job: Job): SweepPreview {
  const { db } = parts
  const { key } = job.its
  const named = createTally()
  const bought = createTally()
  const losing = createSwept()

  /** The customers as they are when this import's word is the only one of an import. */
  async function sweep(present: Pick<Customer, 'id' | 'blob'>[], rows: Customer[]) {
    if (present.length === 0) return []
    const plan = await job.worker.planRevert(present, { allBut: idOfKey('import', key) })
    const drafts = draftsOf(job.organization, plan, new Map(rows.map((row) => [row.id, row])))
    return restorePurchases(db, drafts)
  }

  /** Sweeps the customers that the file does not name. Answers how many they were. */
  async function sweepLeft(): Promise<number> {
    let given = 0
    for (const earlier of await listImportsBefore(db, job.its)) {
      for (let next = 0; ;) {
        await parts.renewLease()
        const batch = await findNextBatchResult(db, earlier, next)
        if (!batch) break
        next = batch.number + 1
        const rows = (await listCustomers(db, batch.customers)).filter(hasImports)
        // Of several imports that give a customer something the first counts it.
        given += rows.filter(({ imports }) => imports[0] === earlier).length
        const left = named.isExact() ? rows.filter(({ id }) => !named.has(id)) : []
        for (const draft of await sweep(presentOf(left), rows)) losing.add(draft)
      }
    }
    return given - named.size()
  }

  return {
    async add(rows, drafts) {
      for (const { id } of rows.filter(hasImports)) named.add(id)
      const present = drafts
        .filter(({ imports }) => imports.some((each) => each !== key))
        .map((draft) => ({ id: draft.key, blob: draft.blob }))
      const swept = await sweep(present, rows)
      // What an earlier batch of the file left to be swept this one may say again.
      for (const draft of drafts) losing.remove(draft.key)
      for (const draft of swept) losing.add(draft)
      const last = new Map([...drafts, ...swept].map((draft) => [draft.key, draft]))
      for (const { purchase, identities } of last.values()) {
        if (purchase) for (const identity of identities) bought.add(identity)
      }
    },
    async end() {
      const fromNamed = losing.size()
      const left = Math.max(0, await sweepLeft())
      const removed = fromNamed + left
      // Where it is not known who is left, the worst is taken to be so.
      const stripped = losing.stripped() + (named.isExact() ? 0 : left)
      const toBeBought = { has: bought.has, buyer: key }
      const moves = await listMoves(db, job.organization, losing.drafts(), toBeBought)
      const isExact = named.isExact() && bought.isExact() && losing.isWhole()
      return { removed, stripped, moves, isExact: removed === 0 || isExact }
    },
  }
}

function hasImports({ imports }: Customer): boolean {
  return imports.length > 0
}

// Of more than these it is not seen that a later row says again what an earlier one has left out.
const MAX_LOSING = 100_000

/** Customers that are to lose something: counted all, and their drafts kept as long as they are not too many. */
function createSwept() {
  const drafts = new Map<string, CustomerDraft>()
  /** Whether each is left without anything. */
  const losing = new Map<string, boolean>()
  const further = { all: 0, stripped: 0 }
  return {
    add(draft: CustomerDraft): void {
      const { key } = draft
      const isLeftBare = isStripped(draft)
      if (losing.size < MAX_LOSING || losing.has(key)) losing.set(key, isLeftBare)
      else {
        further.all++
        if (isLeftBare) further.stripped++
      }
      if (drafts.size < MAX_SWEPT || drafts.has(key)) {
        drafts.set(key, { ...draft, blob: new Uint8Array() })
      }
    },
    remove(key: string): void {
      drafts.delete(key)
      losing.delete(key)
    },
    size: () => losing.size + further.all,
    stripped: () => further.stripped + [...losing.values()].filter(Boolean).length,
    drafts: () => [...drafts.values()],
    isWhole: () => drafts.size === losing.size && further.all === 0,
  }
}

/** Whether all identifiers would be gone, or that the customer has purchased. */
function isStripped({ before, identities, purchase }: CustomerDraft): boolean {
  if (!before) return false
  const isBare = identities.length === 0 && before.identities.length > 0
  return isBare || (purchase === null && before.purchased_at !== null)
}
