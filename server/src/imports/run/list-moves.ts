import { listBuyers, listCustomers } from '../../customers/customer-store.ts'
import { affectedHolders } from '../../customers/identity.ts'
import type { Identity, IdentityChange } from '../../customers/identity.ts'
import { listIdentities, listMatches } from '../../customers/identity-store.ts'
import type { IdentityMove } from '../../customers/identity-store.ts'
import { isFirst, movesOf } from '../../customers/write-drafts.ts'
import type { CustomerDraft } from '../../customers/write-drafts.ts'
import type { Db } from '../../kernel/database/database.ts'
import { ownerOf } from '../../kernel/key.ts'
import type { Subject } from '../../customers/standing.ts'
import type { Organization } from '../../organizations/organization.ts'
import { derive } from '../../segments/derive.ts'

/** Identities on which somebody will have bought, and the key of a buyer that stands for all of them. */
export interface ToBeBought {
  has(identity: string): boolean
  buyer: string
}

/**
 * Keys of the merchant's own customers that the drafts would move at the merchant itself: the drafts', and those
 * that share an identity with them. That rests on the merchant's own rows alone. Whom else it would move is not even
 * looked up, since how long that takes would tell; and where a publisher's customers stand rests on others' buyers.
 */
export async function listMoves(
  db: Db,
  organization: Organization,
  drafts: CustomerDraft[],
  bought?: ToBeBought,
): Promise<string[]> {
  if (organization.role === 'publisher') return []
  const moves = drafts.flatMap(movesOf)
  const rows = await listIdentities(db, [...new Set(moves.map(({ identity }) => identity))])
  const changes = changesBy(rows, moves)
  const own = new Map(drafts.map((draft) => [draft.key, draft]))
  const others = [...affectedHolders([...changes.values()])].filter(
    (key) => ownerOf(key) === organization.number && !own.has(key),
  )
  // Of customers that nobody reports any more nothing is told.
  const known = drafts.filter((draft) => !isFirst(draft) && !draft.erased).map(({ key }) => key)
  const keys = [...known, ...others]
  const matches = Map.groupBy(await listMatches(db, keys), (match) => match.customer)
  const purchased = new Set((await listBuyers(db, keys)).map(({ id }) => id))
  const changed = changesByHolder(changes, new Set(keys))
  const further = bought ? await listBought(db, keys, own, bought) : new Map<string, Identity[]>()
  const standsActive = (subject: Subject, rows: Identity[]): boolean =>
    derive(subject, organization.role, rows).active.has(organization.number)
  return keys.filter((key) => {
    const draft = own.get(key)
    const before = matches.get(key) ?? []
    const after = identitiesAfter(before, changed.get(key) ?? [], draft)
    const wasActive = standsActive({ key, purchased: purchased.has(key) }, before)
    const isBuyer = draft ? draft.purchase !== null : purchased.has(key)
    const still = [...after, ...(further.get(key) ?? [])]
    return wasActive !== standsActive({ key, purchased: isBuyer }, still)
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
