import { listBuyers } from '../customers/customer-store.ts'
import type { Buyer } from '../customers/customer-store.ts'
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
import { decide } from './decide.ts'
import { judge } from './judge.ts'
import type { Candidate, Judgement, KnownPurchase, MatchFacts, NewOrder } from './judge.ts'
import { lockNewOrders } from './new-order-store.ts'
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
  const candidates = orders.map((order) => toCandidate(order, parties))
  const newOrders = await newOrdersOf(tx, candidates, purchases)
  return judgeAgainst(orders, candidates, { identities, purchases, newOrders }, at)
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
  const facts = { identities, purchases, newOrders: [] }
  return judgeAgainst([order], [toCandidate(order, parties)], facts, at).get(order.key)
}

function judgeAgainst(
  orders: AttributedOrder[],
  candidates: Candidate[],
  known: Omit<MatchFacts, 'merchant'>,
  at: Date,
): Map<string, Judgement> {
  const judgements = new Map<string, Judgement>()
  const merchantOf = new Map(orders.map(({ key, merchant }) => [key, merchant]))
  for (const [merchant = 0, its] of Map.groupBy(candidates, (each) => merchantOf.get(each.order))) {
    judge(its, { ...known, merchant }, at).forEach((judgement, index) => {
      judgements.set(its[index]?.order ?? '', judgement)
    })
  }
  return judgements
}

/**
 * What publishers are paid for as new customers' orders, of those who became known as buyers after a click
 * that is judged here: most often of nobody, and then nothing is read. They stay as they are until the tx ends.
 */
async function newOrdersOf(
  tx: Tx,
  candidates: Candidate[],
  purchases: Map<string, KnownPurchase>,
): Promise<NewOrder[]> {
  const clicks = candidates.flatMap(({ click }) => (click ? [click.at.getTime()] : []))
  if (clicks.length === 0) return []
  const first = new Date(Math.min(...clicks))
  const isLater = ({ at, late }: KnownPurchase): boolean =>
    at > first || Object.values(late ?? {}).some((since) => since > first.toISOString())
  const later = [...purchases].filter(([, purchase]) => isLater(purchase)).map(([key]) => key)
  return lockNewOrders(tx, later)
}

function toCandidate(order: AttributedOrder, parties: Parties): Candidate {
  const { key, customer, attribution, document, organization } = order
  const { evidencePolicy, verdictPolicy: policy } = organization
  const claim = document.customer?.is_new ?? null
  const kinds = customer && parties.plans.get(customer.key)?.kinds.get(key)
  const referred = referredOf(attribution, parties)
  return {
    order: key,
    customer: customer?.key ?? null,
    identities: kinds ? identitiesToTry(kinds) : [],
    referred: referred
      ? { publisher: referred.publisher, identities: identitiesToTry(referred.kinds) }
      : null,
    click:
      attribution && evidencePolicy === 'before_click'
        ? { publisher: attribution.publisher, at: attribution.clickedAt }
        : null,
    total: document.total,
    currency: document.currency,
    paidAs: (judged) => decide({ judged, policy, claim }),
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
  const add = (row: Buyer): void => {
    const purchase = purchaseOf(row)
    if (!purchase) return
    const { late_identities: late } = row
    purchases.set(row.id, { ...purchase, bought: boughtOf(vault, row), late })
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

/** How much merchants had told of each order's buyer, by the order's key; orders in order of acceptance. */
export function knownOf(
  orders: AttributedOrder[],
  parties: Parties,
): Map<string, KnownIdentifiers> {
  const seen = new Set<string>()
  return new Map(
    orders.map(({ key, customer }) => {
      const plan = customer && parties.plans.get(customer.key)
      const wasReported = plan ? seen.has(plan.draft.key) || !isFirst(plan.draft) : null
      if (plan) seen.add(plan.draft.key)
      return [key, { customer: wasReported, ...countKinds(plan?.kinds.get(key)) }]
    }),
  )
}

function countKinds(kinds = new Map<string, IdentifierKind>()) {
  const all = [...kinds.values()]
  const emails = all.filter((kind) => kind === 'email_sha256').length
  return { email_sha256: emails, advertising_id: all.length - emails }
}
