import { isFirst } from '../customers/write-drafts.ts'
import type { CustomerDraft } from '../customers/write-drafts.ts'
import type { Tx } from '../kernel/database/database.ts'
import { lockLists } from '../kernel/database/list-order.ts'
import { beforeCommit } from '../kernel/database/transaction.ts'
import { idOfKey, ownerOf } from '../kernel/key.ts'
import { publishWithdrawals } from './conflict-store.ts'
import { insertWithdrawals, listRestingOn } from './evidence-withdrawal-store.ts'
import type { EvidenceWithdrawal } from './evidence-withdrawal-store.ts'
import type { Evidence } from './order.ts'

/** What does not tell any more that a customer of a merchant's purchased. */
export interface LostEvidence {
  /** The customer's key. */
  buyer: string
  /** Keys of orders that count for it no more. */
  orders: string[]
  /** Imports that say so no more, `import-…`. */
  imports: string[]
  /** Identities that it carries no more. */
  identities: Set<string>
  /** Nothing says any more that it purchased. */
  isAll: boolean
  /**
   * When the oldest purchase that is left became known, where an older one is gone: what another import had
   * said before, and had been given back, is no evidence's own.
   */
  left?: Date
}

/** What buyers lose by these drafts. */
export function lostBy(drafts: CustomerDraft[]): LostEvidence[] {
  return drafts.flatMap((draft) => {
    const { key, before, purchase } = draft
    if (!before || isFirst(draft) || before.purchased_at === null) return []
    // A file that takes the place of an earlier one goes on saying what was known since then.
    const isKept = purchase !== null && purchase.at <= before.purchased_at
    const { purchase_order: order, purchase_import: imported } = before
    const lost: LostEvidence = {
      buyer: key,
      orders: !isKept && order !== null ? [order] : [],
      imports: !isKept && imported !== null ? [idOfKey('import', imported)] : [],
      identities: new Set(before.identities).difference(new Set(draft.identities)),
      isAll: purchase === null,
      ...(!isKept && purchase !== null && { left: purchase.at }),
    }
    return isKept && lost.identities.size === 0 ? [] : [lost]
  })
}

/**
 * Notes which publishers' orders were judged by what is lost, or beside it: both sides see that in their
 * conflicts. The verdicts stay as they are. Runs in the tx that writes the drafts, once they are locked;
 * what it notes joins the merchants' lists as the tx's last step.
 */
export async function withdrawEvidence(
  tx: Tx,
  lost: LostEvidence[],
  { cause, at }: Pick<EvidenceWithdrawal, 'cause' | 'at'>,
): Promise<void> {
  const byBuyer = new Map(lost.map((each) => [each.buyer, each]))
  const isLost = (evidence: Evidence | null): boolean => {
    const its = evidence && byBuyer.get(evidence.buyer ?? '')
    return its ? concerns(its, evidence) : false
  }
  const resting = await listRestingOn(tx, [...byBuyer.keys()])
  const withdrawals = resting.flatMap((order): EvidenceWithdrawal[] => {
    const counted = isLost(order.evidence)
    if (!counted && !isLost(order.later_evidence)) return []
    const { id, merchant, transaction } = order
    const publisher = ownerOf(transaction)
    return [{ order_key: id, merchant, publisher, transaction, counted, cause, at }]
  })
  const noted = await insertWithdrawals(tx, withdrawals)
  if (noted.length === 0) return
  beforeCommit(tx, 'lists', async () => {
    const lists = noted.map(({ merchant: organization }) => {
      return { list: 'verdict-conflicts' as const, organization }
    })
    await lockLists(tx, lists)
    const orders = noted.map(({ order_key }) => order_key)
    await publishWithdrawals(tx, orders, at)
  })
}

function concerns(
  { orders, imports, identities, isAll, left }: LostEvidence,
  evidence: Evidence,
): boolean {
  if (isAll || (evidence.identity !== null && identities.has(evidence.identity))) return true
  if (left !== undefined && evidence.since < left.toISOString()) return true
  return evidence.source === 'order'
    ? orders.includes(evidence.order)
    : imports.includes(evidence.import)
}
