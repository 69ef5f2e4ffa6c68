import { listBuyers, listCustomers } from '../../customers/customer-store.ts'
import { affectedHolders } from '../../customers/identity.ts'
import type { Identity, IdentityChange } from '../../customers/identity.ts'
import { listIdentities, listMatches } from '../../customers/identity-store.ts'
import type { IdentityMove } from '../../customers/identity-store.ts'
import { isFirst, movesOf } from '../../customers/write-drafts.ts'
import type { CustomerDraft } from '../../customers/write-drafts.ts'
import type { Db } from '../../kernel/database/database.ts'
import { ownerOf } from '../../kernel/key.ts'
import type { Directory } from '../../organizations/directory.ts'
import { derive } from '../../segments/derive.ts'

export interface MoveParts {
  db: Db
  directory: Directory
}

/** A customer that changes its segment at a merchant. */
export type Move = [customer: string, merchant: number]

/** Identities on which somebody will have bought, and the key of a buyer that stands for all of them. */
export interface ToBeBought {
  has(identity: string): boolean
  buyer: string
}

/** Whom the drafts would move at which merchant: their own customers, and whoever shares an identity. */
export async function listMoves(
  { db, directory }: MoveParts,
  drafts: CustomerDraft[],
  bought?: ToBeBought,
): Promise<Move[]> {
  const moves = drafts.flatMap(movesOf)
  const rows = await listIdentities(db, [...new Set(moves.map(({ identity }) => identity))])
  const changes = changesBy(rows, moves)
  const own = new Map(drafts.map((draft) => [draft.key, draft]))
  const others = [...affectedHolders([...changes.values()])].filter((key) => !own.has(key))
  // Of whom nobody will tell any more nothing is told.
  const known = drafts.filter((draft) => !isFirst(draft) && !draft.erased).map(({ key }) => key)
  const keys = [...known, ...others]
  const matches = Map.groupBy(await listMatches(db, keys), (match) => match.customer)
  const purchased = new Set((await listBuyers(db, keys)).map(({ id }) => id))
  const changed = changesByHolder(changes, new Set(keys))
  const further = bought ? await listBought(db, keys, own, bought) : new Map<string, Identity[]>()
  return keys.flatMap((key) => {
    const role = directory.current().byNumber(ownerOf(key))?.role ?? 'publisher'
    const draft = own.get(key)
    const before = matches.get(key) ?? []
    const after = identitiesAfter(before, changed.get(key) ?? [], draft)
    const wasActive = derive({ key, purchased: purchased.has(key) }, role, before).active
    const isBuyer = draft ? draft.purchase !== null : purchased.has(key)
    const still = [...after, ...(further.get(key) ?? [])]
    const isActive = derive({ key, purchased: isBuyer }, role, still).active
    return [...wasActive.symmetricDifference(isActive)].map((merchant): Move => [key, merchant])
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
  draft: CustomerDraft | undefined,
): Identity[] {
  const rows = new Map([...before, ...changed].map((row) => [row.id, row]))
  const carried = draft && new Set(draft.identities)
  return [...rows.values()].filter(({ id }) => carried?.has(id) ?? true)
}

/** By customer: the identities it will carry on which somebody will have bought. */
async function listBought(
  db: Db,
  keys: string[],
  own: Map<string, CustomerDraft>,
  { has, buyer }: ToBeBought,
): Promise<Map<string, Identity[]>> {
  const rows = await listCustomers(db, keys)
  return new Map(
    rows.map(({ id: key, identities }) => {
      const carried = own.get(key)?.identities ?? identities
      return [key, carried.filter(has).map((id) => ({ id, holders: [], buyers: [buyer] }))]
    }),
  )
}
