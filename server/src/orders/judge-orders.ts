import { listBuyers } from '../customers/customer-store.ts'
import { purchaseDatesBy } from '../customers/provenance.ts'
import { decryptCustomer, purchaseOf } from '../customers/customer.ts'
import type { Customer } from '../customers/customer.ts'
import type { IdentifierKind } from '../customers/identifier.ts'
import type { Identity } from '../customers/identity.ts'
import { listIdentities } from '../customers/identity-store.ts'
import { isFirst } from '../customers/write-drafts.ts'
import type { WriteResult } from '../customers/write-drafts.ts'
import type { Db, Tx } from '../kernel/database/database.ts'
import { idOfKey, ownerOf } from '../kernel/key.ts'
import type { Vault } from '../kernel/vault.ts'
import { judge } from './judge.ts'
import type { Candidate, Judgement, KnownPurchase } from './judge.ts'
import { identitiesToTry, planCustomers } from './order-customer.ts'
import type { OrderCustomerPlan } from './order-customer.ts'
import type { Attribution } from './attribution.ts'
import type { AttributedOrder } from './order-row.ts'
import type { KnownIdentifiers } from './order.ts'
import type { ReferredCustomer } from './referred-customer.ts'

/** The customers that orders are of, and those that publishers sent. */
export interface Parties {
  plans: Map<string, OrderCustomerPlan>
  /** The publishers' customers who clicked, by key. */
  referred: Map<string, ReferredCustomer>
}

/**
 * The verdicts of orders that count, by their keys. Their customers have just been written, so that
 * the rows of every identity that could tell against `new` are locked; what decides is those rows
 * as they were before.
 */
export async function judgeOrders(
  vault: Vault,
  tx: Tx,
  orders: AttributedOrder[],
  { parties, result, at }: { parties: Parties; result: WriteResult; at: Date },
): Promise<Map<string, Judgement>> {
  const identities = new Map([...result.identities].map(([id, change]) => [id, change.before]))
  const purchases = await purchasesOf(vault, tx, orders, parties, identities)
  return judgeAgainst(orders, parties, identities, purchases, at)
}

/** The verdict of a test order: what a real one would get now. It is known to no later order. */
export async function judgeTest(
  vault: Vault,
  db: Db,
  order: AttributedOrder,
  at: Date,
): Promise<Judgement | undefined> {
  const plans = await planCustomers(vault, db, [order])
  const parties = { plans, referred: new Map<string, ReferredCustomer>() }
  const ids = [...plans.values()].flatMap(({ draft }) => draft.identities)
  const identities = new Map((await listIdentities(db, ids)).map((row) => [row.id, row]))
  const purchases = await purchasesOf(vault, db, [order], parties, identities)
  return judgeAgainst([order], parties, identities, purchases, at).get(order.key)
}

function judgeAgainst(
  orders: AttributedOrder[],
  parties: Parties,
  identities: Map<string, Identity>,
  purchases: Map<string, KnownPurchase>,
  at: Date,
): Map<string, Judgement> {
  const judgements = new Map<string, Judgement>()
  for (const [merchant, its] of Map.groupBy(orders, (order) => order.merchant)) {
    const candidates = its.map((order) => toCandidate(order, parties))
    judge(candidates, { merchant, purchases, identities }, at).forEach((judgement, index) => {
      judgements.set(candidates[index]?.order ?? '', judgement)
    })
  }
  return judgements
}

function toCandidate({ key, customer, attribution }: AttributedOrder, parties: Parties): Candidate {
  const kinds = customer && parties.plans.get(customer.key)?.kinds.get(key)
  const referred = referredOf(attribution, parties)
  return {
    order: key,
    customer: customer?.key ?? null,
    identities: kinds ? identitiesToTry(kinds) : [],
    referred: referred
      ? { publisher: referred.publisher, identities: identitiesToTry(referred.kinds) }
      : null,
  }
}

function referredOf(
  attribution: Attribution | null,
  { referred }: Parties,
): ReferredCustomer | undefined {
  const customer = attribution?.customer ?? null
  return customer === null ? undefined : referred.get(customer)
}

/** The purchases that were known before: the customers' own, and those of others on their identities. */
async function purchasesOf(
  vault: Vault,
  db: Db,
  orders: AttributedOrder[],
  { plans }: Parties,
  identities: Map<string, Identity>,
): Promise<Map<string, KnownPurchase>> {
  const merchants = new Set(orders.map(({ merchant }) => merchant))
  const others = new Set(
    [...identities.values()]
      .flatMap(({ buyers }) => buyers)
      .filter((buyer) => merchants.has(ownerOf(buyer)) && !plans.has(buyer)),
  )
  const purchases = new Map<string, KnownPurchase>()
  const add = (row: Pick<Customer, 'id' | 'blob'> & Parameters<typeof purchaseOf>[0]): void => {
    const purchase = purchaseOf(row)
    if (purchase) purchases.set(row.id, { ...purchase, bought: boughtOf(vault, row) })
  }
  for (const buyer of await listBuyers(db, [...others])) add(buyer)
  for (const { draft } of plans.values()) if (draft.before) add(draft.before)
  return purchases
}

/** What the import that is the evidence said of the purchases. */
function boughtOf(vault: Vault, row: Pick<Customer, 'id' | 'blob' | 'purchase_import'>) {
  if (row.purchase_import === null) return null
  return purchaseDatesBy(decryptCustomer(vault, row), idOfKey('import', row.purchase_import))
}

/** How much was known of each order's buyer, by the order's key; orders in order of acceptance. */
export function knownOf(
  orders: AttributedOrder[],
  parties: Parties,
): Map<string, KnownIdentifiers> {
  const seen = new Set<string>()
  return new Map(
    orders.map(({ key, customer, attribution }) => {
      const plan = customer && parties.plans.get(customer.key)
      const wasReported = plan ? seen.has(plan.draft.key) || !isFirst(plan.draft) : null
      if (plan) seen.add(plan.draft.key)
      const referred = referredOf(attribution, parties)
      const known: KnownIdentifiers = {
        customer: wasReported,
        ...countKinds(plan?.kinds.get(key)),
        publisher_customer: attribution?.customer
          ? { customer: referred !== undefined, ...countKinds(referred?.kinds) }
          : null,
      }
      return [key, known]
    }),
  )
}

function countKinds(kinds = new Map<string, IdentifierKind>()) {
  const all = [...kinds.values()]
  const emails = all.filter((kind) => kind === 'email_sha256').length
  return { email_sha256: emails, advertising_id: all.length - emails }
}
