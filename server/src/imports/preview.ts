import { readBuyers, readCustomers } from '../customers/customer-store.ts'
import { affectedHolders } from '../customers/identity.ts'
import type { Identity, IdentityChange } from '../customers/identity.ts'
import { readIdentities, readMatches } from '../customers/identity-store.ts'
import type { IdentityMove } from '../customers/identity-store.ts'
import { isFirst, movesOf } from '../customers/meet.ts'
import type { Draft } from '../customers/meet.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database, Db } from '../kernel/database.ts'
import { ownerOf } from '../kernel/key.ts'
import type { Directory } from '../organizations/directory.ts'
import { derive } from '../segments/derive.ts'
import { findNextChunk } from './chunk-store.ts'
import type { Counts, Preview } from './import.ts'
import { listImportsBefore } from './import-work-store.ts'
import { draftsOf, presentOf } from './write-part.ts'
import type { Job } from './write-part.ts'

export interface PreviewParts {
  database: Database
  clock: Clock
  directory: Directory
}

/** A part that the job's thread has open. */
export interface OpenedPart {
  keys: string[]
  /** The keys of those whose rows were rejected, where it can be told. */
  named: string[]
  rejected: number
}

/** Ids that are on several rows of the file. */
export interface Repeats {
  count: number
  /** Whether all of them are remembered. */
  isComplete: boolean
}

export interface PreviewMaker {
  add(number: number, part: OpenedPart): Promise<void>
  end(repeats: Repeats): Promise<Preview>
}

/**
 * Works out what an import would do, by the functions that do it, and writes nothing. Exact as long as
 * nothing else changes, but for identifiers that come to be shared by so many that they match nobody.
 */
export function createPreview(parts: PreviewParts, job: Job): PreviewMaker {
  const { db } = parts.database
  const counts: Counts = { rows: 0, created: 0, updated: 0, unchanged: 0, rejected: 0 }
  const moves = createTally()
  const named = createTally()
  const merchants = new Set<number>()

  return {
    async add(number, { keys, named: rejectedKeys, rejected }) {
      const rows = new Map((await readCustomers(db, keys)).map((row) => [row.id, row]))
      const namedRows = await readCustomers(db, rejectedKeys)
      const plan = await job.thread.planPart(number, {
        at: parts.clock.now().toISOString(),
        present: presentOf([...rows.values()]),
        without: [],
        remembers: true,
      })
      counts.rows += plan.statuses.length + rejected
      counts.rejected += rejected
      for (const status of plan.statuses) counts[status]++
      for (const { id, imports } of [...rows.values(), ...namedRows]) {
        if (imports.length > 0) named.add(id)
      }
      const drafts = draftsOf(job.organization, plan, rows)
      for (const [customer, merchant] of await listMoves(db, parts.directory, drafts)) {
        merchants.add(merchant)
        moves.add(`${customer} ${merchant}`)
      }
    },
    async end(repeats) {
      const left = job.its.mode === 'replace' ? (await countGiven(db, job)) - named.size() : 0
      const isExact = repeats.isComplete && moves.isExact()
      return {
        ...counts,
        removed: Math.max(0, left),
        segment_changes: moves.size(),
        merchants: merchants.size,
        is_exact: isExact && (repeats.count === 0 || named.isExact()),
      }
    },
  }
}

// Some 30 MB; beyond it one and the same may be counted twice.
const MAX_TOLD_APART = 200_000

/** Counts what is added, one and the same once. */
function createTally() {
  const seen = new Set<string>()
  let further = 0
  return {
    add(name: string): void {
      if (seen.size < MAX_TOLD_APART) seen.add(name)
      else if (!seen.has(name)) further++
    },
    size: () => seen.size + further,
    isExact: () => further === 0,
  }
}

/** Whom the drafts would move at which merchant: their own customers, and whoever shares an identity. */
async function listMoves(
  db: Db,
  directory: Directory,
  drafts: Draft[],
): Promise<[customer: string, merchant: number][]> {
  const moves = drafts.flatMap(movesOf)
  const rows = await readIdentities(db, [...new Set(moves.map(({ identity }) => identity))])
  const changes = changesBy(rows, moves)
  const own = new Map(drafts.map((draft) => [draft.key, draft]))
  const others = [...affectedHolders([...changes.values()])].filter((key) => !own.has(key))
  const known = drafts.filter((draft) => !isFirst(draft)).map(({ key }) => key)
  const keys = [...known, ...others]
  const matches = Map.groupBy(await readMatches(db, keys), (match) => match.customer)
  const purchased = new Set((await readBuyers(db, keys)).map(({ id }) => id))
  const changed = changesByHolder(changes, new Set(keys))
  return keys.flatMap((key) => {
    const role = directory.current().byNumber(ownerOf(key))?.role ?? 'publisher'
    const draft = own.get(key)
    const before = matches.get(key) ?? []
    const after = identitiesAfter(before, changed.get(key) ?? [], draft)
    const wasActive = derive({ key, purchased: purchased.has(key) }, role, before).active
    const isBuyer = draft ? draft.purchase !== null : purchased.has(key)
    const isActive = derive({ key, purchased: isBuyer }, role, after).active
    return [...wasActive.symmetricDifference(isActive)].map((merchant): [string, number] => [
      key,
      merchant,
    ])
  })
}

/** The rows as they are, and as the moves would leave them. */
function changesBy(rows: Identity[], moves: IdentityMove[]): Map<string, IdentityChange> {
  const present = new Map(rows.map((row) => [row.id, row]))
  const changes = new Map<string, IdentityChange>()
  for (const { identity, customer, side, joins } of moves) {
    const before = present.get(identity) ?? { id: identity, holders: [], buyers: [] }
    const change = changes.get(identity) ?? { before, after: { ...before } }
    const name = side === 'holder' ? 'holders' : 'buyers'
    const others = change.after[name].filter((member) => member !== customer)
    change.after[name] = joins ? [...others, customer] : others
    changes.set(identity, change)
  }
  return changes
}

function changesByHolder(
  changes: Map<string, IdentityChange>,
  wanted: Set<string>,
): Map<string, Identity[]> {
  const byHolder = new Map<string, Identity[]>()
  for (const { after } of changes.values()) {
    for (const holder of after.holders) {
      if (!wanted.has(holder)) continue
      const rows = byHolder.get(holder)
      if (rows) rows.push(after)
      else byHolder.set(holder, [after])
    }
  }
  return byHolder
}

function identitiesAfter(
  before: Identity[],
  changed: Identity[],
  draft: Draft | undefined,
): Identity[] {
  const rows = new Map([...before, ...changed].map((row) => [row.id, row]))
  const carried = draft && new Set(draft.identities)
  return [...rows.values()].filter(({ id }) => carried?.has(id) ?? true)
}

/** How many customers earlier imports still give something. */
async function countGiven(db: Db, job: Job): Promise<number> {
  let count = 0
  for (const key of await listImportsBefore(db, job.its)) {
    for (let next = 0; ;) {
      const chunk = await findNextChunk(db, key, next)
      if (!chunk) break
      next = chunk.number + 1
      const rows = await readCustomers(db, chunk.customers)
      // Of several imports that give a customer something the first counts it.
      count += rows.filter(({ imports }) => imports[0] === key).length
    }
  }
  return count
}
