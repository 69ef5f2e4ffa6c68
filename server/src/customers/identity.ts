import { ownerOf } from '../kernel/key.ts'

/** An identity row: who carries it, and which of them have purchased. Keys of customers. */
export interface Identity {
  id: string
  holders: string[]
  buyers: string[]
}

/**
 * More holders than this in one organization and the identifier stands for no one person there (a
 * shop's own address, a shared till): it stops matching for that organization's customers, and
 * other organizations' customers through it. Only there: else one organization could unmake
 * another's matches by reporting a stranger's hash a hundred times.
 */
export const SHARED_LIMIT = 100
/** At this many the identifier is refused: the row must not grow without bound. */
export const HOLDERS_LIMIT = 1_000

// Most rows have few holders and no buyer; for millions of them there need not be as many empty sets.
const NOBODY: ReadonlySet<number> = new Set()

/** The organizations in which the identity is over-shared. */
export function sharedIn(
  { holders }: Pick<Identity, 'holders'>,
  limit = SHARED_LIMIT,
): ReadonlySet<number> {
  if (holders.length <= limit) return NOBODY
  const shared = new Set<number>()
  const counts = new Map<number, number>()
  for (const holder of holders) {
    const owner = ownerOf(holder)
    const count = (counts.get(owner) ?? 0) + 1
    counts.set(owner, count)
    if (count > limit) shared.add(owner)
  }
  return shared
}

/** The merchants at which the identity's holders are active through it. */
export function merchantsOf(identity: Pick<Identity, 'holders' | 'buyers'>): ReadonlySet<number> {
  if (identity.buyers.length === 0) return NOBODY
  const merchants = new Set(identity.buyers.map(ownerOf))
  for (const organization of sharedIn(identity)) merchants.delete(organization)
  return merchants
}

/** What a set of reports did to one identity row, whose lock it holds. */
export interface IdentityChange {
  before: Identity
  after: Identity
}

/**
 * The holders whose segments may be others after the changes: all of a row whose merchants changed,
 * and those of an organization in which the row became, or ceased to be, over-shared.
 */
export function affectedHolders(changes: IdentityChange[]): Set<string> {
  const affected = new Set<string>()
  for (const { before, after } of changes) {
    // Most rows have one holder, and nobody who bought.
    if (before.buyers.length === 0 && after.buyers.length === 0) continue
    if (!sameMembers(merchantsOf(before), merchantsOf(after))) {
      for (const holder of after.holders) affected.add(holder)
      continue
    }
    const flipped = sharedIn(before).symmetricDifference(sharedIn(after))
    if (flipped.size === 0 || after.buyers.length === 0) continue
    for (const holder of after.holders) if (flipped.has(ownerOf(holder))) affected.add(holder)
  }
  return affected
}

function sameMembers(left: ReadonlySet<number>, right: ReadonlySet<number>): boolean {
  return left.size === right.size && left.isSubsetOf(right)
}
