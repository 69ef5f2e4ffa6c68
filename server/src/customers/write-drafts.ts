import type { Tx } from '../kernel/database/database.ts'
import { ownerOf } from '../kernel/key.ts'
import { Problem } from '../kernel/problem.ts'
import { purchaseOf } from './customer.ts'
import type { Customer, LateIdentities, Purchase } from './customer.ts'
import { writeCustomers } from './customer-store.ts'
import { affectedHolders, HOLDERS_LIMIT, sharedIn } from './identity.ts'
import type { Identity, IdentityChange } from './identity.ts'
import { moveIdentities } from './identity-store.ts'
import type { SubjectToUpdate } from './standing.ts'
import type { IdentityMove } from './identity-store.ts'

/** A customer before a set of reports and after it. */
export interface CustomerDraft {
  key: string
  /** The row that the draft was made from; undefined if there was none. */
  before: Customer | undefined
  identities: string[]
  isGuest: boolean
  blob: Uint8Array
  /** The keys of the imports whose word counts. */
  imports: string[]
  purchase: Purchase | null
  erased: boolean
  /** Of a customer that comes back: when it was created. */
  createdAt?: Date
  /** Nothing but whose word the customer rests on is another: nobody is to see a change. */
  isInvisible?: boolean
  /** The organization has not been told where the customer stands: what moves it does so in silence. */
  isUntold?: boolean
}

/** More customers of one organization than an identity can have would carry it. */
export class TooManyShared extends Problem {
  readonly overShared: OverShared[]
  constructor(crowds: OverShared[]) {
    super(
      400,
      'InvalidField',
      `An identifier of this report is on ${HOLDERS_LIMIT} of your customers already: ` +
        'it stands for no person. Leave it out.',
      { field: 'email_sha256' },
    )
    this.overShared = crowds
  }
}

export interface OverShared {
  identity: string
  /** Customers of the set that would join it. */
  joining: string[]
  /** How many of them may not. */
  tooMany: number
}

/** What the reports met: the identity rows they touched, as they were and as they are. */
export interface WriteResult {
  identities: Map<string, IdentityChange>
  /** The drafts' customers, which are written and so locked. */
  locked: SubjectToUpdate[]
  /** Further customers whose segments may be others now. */
  affected: string[]
}

/** A draft of the row as it stands, to be changed. */
export function draftOf(key: string, before: Customer | undefined): CustomerDraft {
  const isThere = before !== undefined && before.erased_at === null
  return {
    key,
    before,
    identities: isThere ? before.identities : [],
    isGuest: before?.is_guest ?? false,
    blob: isThere ? before.blob : new Uint8Array(),
    imports: isThere ? before.imports : [],
    purchase: isThere ? purchaseOf(before) : null,
    erased: false,
  }
}

/** Whether this is the first that is known of the customer, or the first again after its erasure. */
export function isFirst({ before }: CustomerDraft): boolean {
  return before === undefined || before.erased_at !== null
}

/**
 * The draft, once it is written and so locked, as one that is to be settled. Of one that is the first
 * of its customer, all identities have just been joined: their rows are known, and locked.
 */
function toSubject(draft: CustomerDraft, identities: Map<string, IdentityChange>): SubjectToUpdate {
  const subject = { key: draft.key, purchased: draft.purchase !== null }
  if (!isFirst(draft)) return { ...subject, isFirst: false, isUntold: draft.isUntold ?? false }
  const rows = draft.identities.flatMap((id) => identities.get(id)?.after ?? [])
  return { ...subject, isFirst: true, identities: rows }
}

/** The identity rows that the draft joins or leaves, as a holder and, having purchased, as a buyer. */
export function movesOf(draft: CustomerDraft): IdentityMove[] {
  const moves: IdentityMove[] = []
  const before = draftOf(draft.key, draft.before)
  const compare = (side: IdentityMove['side'], from: string[], to: string[]): void => {
    if (from.length === 0) {
      for (const identity of new Set(to)) {
        moves.push({ identity, customer: draft.key, side, joins: true })
      }
      return
    }
    const [had, has] = [new Set(from), new Set(to)]
    for (const identity of has.difference(had)) {
      moves.push({ identity, customer: draft.key, side, joins: true })
    }
    for (const identity of had.difference(has)) {
      moves.push({ identity, customer: draft.key, side, joins: false })
    }
  }
  compare('holder', before.identities, draft.identities)
  compare('buyer', before.purchase ? before.identities : [], draft.purchase ? draft.identities : [])
  return moves
}

/**
 * Writes the drafts: first the identity rows, whose locks make matches safe, then the customers.
 * Identities `toLock` are locked with them and stay as they are. Throws StaleRead if a customer changed
 * since its draft was begun.
 */
export async function writeDrafts(
  tx: Tx,
  drafts: CustomerDraft[],
  at: Date,
  toLock: string[] = [],
): Promise<WriteResult> {
  const movesByDraft = new Map(drafts.map((draft) => [draft, movesOf(draft)]))
  const moves = [...movesByDraft.values()].flat()
  const rows = await moveIdentities(tx, moves, toLock)
  refuseOverShared(rows, moves)
  const changes = changesOf(rows, moves)
  await writeCustomers(
    tx,
    drafts.map((draft) => ({
      id: draft.key,
      identities: [...draft.identities].sort(),
      is_guest: draft.isGuest,
      blob: draft.blob,
      version: (draft.before?.version ?? 0) + 1,
      imports: draft.imports,
      purchase_order: draft.purchase?.order ?? null,
      purchase_import: draft.purchase?.import ?? null,
      purchased_at: draft.purchase?.at ?? null,
      late_identities: lateIdentitiesOf(draft, at),
      created_at: draft.createdAt ?? (isFirst(draft) ? at : (draft.before?.created_at ?? at)),
      modified_at: draft.isInvisible ? (draft.before?.modified_at ?? at) : at,
      erased_at: draft.erased ? at : null,
    })),
  )
  const own = new Set(drafts.map((draft) => draft.key))
  const moved = affectedHolders([...changes.values()])
  const affected = [...moved.difference(own)].sort()
  // Where nothing visible changed of a customer, another in the set may have moved.
  const locked = drafts
    .filter((draft) => !draft.erased)
    .filter(
      (draft) =>
        !draft.isInvisible || moved.has(draft.key) || movesByDraft.get(draft)?.length !== 0,
    )
    .map((draft) => toSubject(draft, changes))
  return { identities: changes, locked, affected }
}

/**
 * Since when the customer carries what it did not carry from the beginning. What left it and comes again is
 * known from then on.
 */
function lateIdentitiesOf(draft: CustomerDraft, at: Date): LateIdentities | null {
  if (!draft.before || isFirst(draft)) return null
  const had = new Set(draft.before.identities)
  const known = draft.before.late_identities ?? {}
  const late = draft.identities.flatMap((identity): [string, string][] => {
    const since = had.has(identity) ? known[identity] : at.toISOString()
    return since === undefined ? [] : [[identity, since]]
  })
  return late.length === 0 ? null : Object.fromEntries(late)
}

/** Refuses what too many customers of one organization share: the row would grow without bound. */
export function refuseOverShared(rows: Identity[], moves: IdentityMove[]): void {
  const crowds = rows
    .filter(({ holders }) => holders.length > HOLDERS_LIMIT)
    .flatMap((row) => findOverShared(row, moves))
  if (crowds.length > 0) throw new TooManyShared(crowds)
}

function findOverShared(row: Identity, moves: IdentityMove[]): OverShared[] {
  const holdersOf = Map.groupBy(row.holders, ownerOf)
  return [...sharedIn(row, HOLDERS_LIMIT)].flatMap((owner) => {
    const joining = moves
      .filter(({ identity, side, joins }) => joins && side === 'holder' && identity === row.id)
      .map(({ customer }) => customer)
      .filter((customer) => ownerOf(customer) === owner)
    const tooMany = (holdersOf.get(owner)?.length ?? 0) - HOLDERS_LIMIT
    return joining.length > 0 ? [{ identity: row.id, joining, tooMany }] : []
  })
}

/** The rows as they are, and as they were: with this set's moves taken back. */
function changesOf(rows: Identity[], moves: IdentityMove[]): Map<string, IdentityChange> {
  const changes = new Map<string, IdentityChange>()
  for (const after of rows) {
    changes.set(after.id, {
      after,
      before: { id: after.id, holders: [...after.holders], buyers: [...after.buyers] },
    })
  }
  for (const { identity, customer, side, joins } of moves) {
    const before = changes.get(identity)?.before
    if (!before) continue
    const name = side === 'holder' ? 'holders' : 'buyers'
    if (joins) before[name] = before[name].filter((member) => member !== customer)
    else before[name].push(customer)
  }
  return changes
}
