import {
  customerKey,
  decryptCustomer,
  encryptCustomer,
  guestKey,
  identifiersOf,
  joinIdentifiers,
} from '../customers/customer.ts'
import type { Customer } from '../customers/customer.ts'
import { readCustomers } from '../customers/customer-store.ts'
import { sealIdentifier } from '../customers/identifier.ts'
import type { IdentifierKind } from '../customers/identifier.ts'
import { draftOf, isFirst } from '../customers/meet.ts'
import type { Draft } from '../customers/meet.ts'
import type { Db } from '../kernel/database.ts'
import type { Vault } from '../kernel/vault.ts'
import type { Organization } from '../organizations/organization.ts'
import type { OrderDocument } from './order.ts'
import { identifiersOfOrder } from './read-order.ts'

/** The merchant's customer that an order names. */
export interface OrderCustomerKey {
  key: string
  /** The merchant's own id; null for a guest. */
  id: string | null
}

/** Whose order it is: the customer of its id, else the guest of its identifiers; or nobody's. */
export function customerOf(
  vault: Vault,
  merchant: Organization,
  document: OrderDocument,
): OrderCustomerKey | null {
  const id = document.customer?.id ?? null
  if (id !== null) return { key: customerKey(vault, merchant, id), id }
  const identifiers = identifiersOfOrder(document)
  const emails = identifiers.filter(({ kind }) => kind === 'email_sha256')
  const identities = (emails.length > 0 ? emails : identifiers)
    .map((identifier) => sealIdentifier(vault, identifier))
    .sort()
  return identities[0] === undefined
    ? null
    : { key: guestKey(vault, merchant, identities[0]), id: null }
}

/** An order, by its key, and whose it is. */
export interface OfCustomer {
  key: string
  document: OrderDocument
  customer: OrderCustomerKey | null
}

/** An order's customer on its way into the database, and what its identities are of. */
export interface CustomerPlan {
  draft: Draft
  kinds: Map<string, IdentifierKind>
}

/** The customers of these orders with the orders' identifiers joined to them, by key. */
export async function planCustomers(
  vault: Vault,
  db: Db,
  orders: OfCustomer[],
): Promise<Map<string, CustomerPlan>> {
  const keys = new Set(orders.flatMap(({ customer }) => customer?.key ?? []))
  const rows = new Map((await readCustomers(db, [...keys])).map((row) => [row.id, row]))
  const plans = new Map<string, CustomerPlan>()
  for (const { customer, document } of orders) {
    if (!customer) continue
    const { key } = customer
    const plan = plans.get(key) ?? beginCustomerPlan(vault, key, rows.get(key))
    plans.set(key, plan)
    joinOrder(vault, plan, customer, document)
  }
  return plans
}

function beginCustomerPlan(vault: Vault, key: string, before: Customer | undefined): CustomerPlan {
  const draft = draftOf(key, before)
  const kinds = new Map<string, IdentifierKind>()
  return { draft, kinds: isFirst(draft) || !before ? kinds : kindsOf(vault, before) }
}

function kindsOf(vault: Vault, customer: Customer): Map<string, IdentifierKind> {
  const content = decryptCustomer(vault, customer)
  return new Map(identifiersOf(content).map((each) => [sealIdentifier(vault, each), each.kind]))
}

/** Joins the order's identifiers to its customer. */
function joinOrder(
  vault: Vault,
  plan: CustomerPlan,
  { id, key }: OrderCustomerKey,
  document: OrderDocument,
): void {
  const { draft, kinds } = plan
  const content =
    draft.blob.length > 0
      ? decryptCustomer(vault, { id: key, blob: draft.blob })
      : { id, emails: [], advertising_ids: [] }
  const joined = joinIdentifiers(content, identifiersOfOrder(document))
  if (joined === content && draft.blob.length > 0) return
  draft.isGuest = id === null
  draft.blob = encryptCustomer(vault, key, joined)
  for (const each of identifiersOf(joined)) kinds.set(sealIdentifier(vault, each), each.kind)
  draft.identities = [...kinds.keys()]
}

/** The identities in the order they are tried: an e-mail address says more than a device. */
export function identitiesToTry({
  kinds,
}: CustomerPlan): { id: string; matched: IdentifierKind }[] {
  const all = [...kinds].map(([id, matched]) => ({ id, matched }))
  return all.sort((a, b) =>
    a.matched === b.matched ? (a.id < b.id ? -1 : 1) : a.matched === 'email_sha256' ? -1 : 1,
  )
}
