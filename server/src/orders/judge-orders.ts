import { readBuyers } from '../customers/customer-store.ts'
import type { Purchase } from '../customers/customer.ts'
import type { Identity } from '../customers/identity.ts'
import { readIdentities } from '../customers/identity-store.ts'
import { draftOf } from '../customers/meet.ts'
import type { Met } from '../customers/meet.ts'
import type { Db, Tx } from '../kernel/database.ts'
import { ownerOf } from '../kernel/key.ts'
import type { Vault } from '../kernel/vault.ts'
import { judge } from './judge.ts'
import type { Candidate } from './judge.ts'
import { identitiesToTry, planCustomers } from './order-customer.ts'
import type { CustomerPlan, OfCustomer } from './order-customer.ts'
import type { Verdict } from './order.ts'

const NEW: Verdict = { segment: 'new', evidence: null }

/**
 * The verdicts of orders that count, by their keys. Their customers have just been written, so that
 * the rows of every identity that could tell against `new` are locked; what decides is those rows
 * as they were before.
 */
export async function judgeOrders(
  tx: Tx,
  orders: OfCustomer[],
  plans: Map<string, CustomerPlan>,
  met: Met,
  at: Date,
): Promise<Map<string, Verdict>> {
  const identities = new Map([...met.identities].map(([id, change]) => [id, change.before]))
  const purchases = await purchasesOf(tx, plans, identities)
  return judgeAgainst(orders, plans, identities, purchases, at)
}

/** The verdict of a test order: what a real one would get now. It is known to no later order. */
export async function judgeTest(
  vault: Vault,
  db: Db,
  order: OfCustomer,
  at: Date,
): Promise<Verdict> {
  const plans = await planCustomers(vault, db, [order])
  const ids = [...plans.values()].flatMap(({ draft }) => draft.identities)
  const identities = new Map((await readIdentities(db, ids)).map((row) => [row.id, row]))
  const purchases = await purchasesOf(db, plans, identities)
  return judgeAgainst([order], plans, identities, purchases, at).get(order.key) ?? NEW
}

function judgeAgainst(
  orders: OfCustomer[],
  plans: Map<string, CustomerPlan>,
  identities: Map<string, Identity>,
  purchases: Map<string, Purchase>,
  at: Date,
): Map<string, Verdict> {
  const candidates = orders.flatMap(({ key, customer }): Candidate[] => {
    const plan = customer && plans.get(customer.key)
    return plan ? [{ order: key, customer: customer.key, identities: identitiesToTry(plan) }] : []
  })
  const verdicts = new Map<string, Verdict>()
  for (const [merchant, its] of Map.groupBy(candidates, (each) => ownerOf(each.customer))) {
    judge(its, { merchant, purchases, identities }, at).forEach((verdict, index) => {
      verdicts.set(its[index]?.order ?? '', verdict)
    })
  }
  return verdicts
}

/** The purchases that were known before: the customers' own, and those of others on their identities. */
async function purchasesOf(
  db: Db,
  plans: Map<string, CustomerPlan>,
  identities: Map<string, Identity>,
): Promise<Map<string, Purchase>> {
  const merchants = new Set([...plans.keys()].map(ownerOf))
  const others = new Set(
    [...identities.values()]
      .flatMap(({ buyers }) => buyers)
      .filter((buyer) => merchants.has(ownerOf(buyer)) && !plans.has(buyer)),
  )
  const purchases = new Map<string, Purchase>()
  for (const buyer of await readBuyers(db, [...others])) {
    purchases.set(buyer.id, { order: buyer.purchase_order, at: buyer.purchased_at })
  }
  for (const [key, { draft }] of plans) {
    const { purchase } = draftOf(key, draft.before)
    if (purchase) purchases.set(key, purchase)
  }
  return purchases
}
