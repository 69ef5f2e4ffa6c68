import { customerKey, decryptCustomer, encryptCustomer, guestKey } from '../customers/customer.ts'
import type { Customer } from '../customers/customer.ts'
import { listIdentifiers, joinIdentifiers } from '../customers/provenance.ts'
import type { CustomerContent } from '../customers/provenance.ts'
import { listCustomers } from '../customers/customer-store.ts'
import { sealIdentifier } from '../customers/identifier.ts'
import type { IdentifierKind } from '../customers/identifier.ts'
import { draftOf, isFirst } from '../customers/write-drafts.ts'
import type { CustomerDraft } from '../customers/write-drafts.ts'
import type { Db } from '../kernel/database/database.ts'
import type { Vault } from '../kernel/vault.ts'
import type { Organization } from '../organizations/organization.ts'
import type { OrderDocument } from './order.ts'
import type { IdentityToTry } from './judge.ts'
import { identifiersOfOrder } from './parse-order.ts'

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
export interface OrderOfCustomer {
  key: string
  document: OrderDocument
  customer: OrderCustomerKey | null
}

/** An order's customer on its way into the database, and what its identities are of. */
export interface OrderCustomerPlan {
  draft: CustomerDraft
  /** By order: what the customer's identities are, with those of the order and the ones before it. */
  kinds: Map<string, Map<string, IdentifierKind>>
}

/** A customer's content before the orders, and with their identifiers joined to it. */
interface Joining {
  draft: CustomerDraft
  before: CustomerContent
  content: CustomerContent
  /** By order: the content with what had been joined by then. */
  upTo: Map<string, CustomerContent>
}

/** The customers of these orders with the orders' identifiers joined to them, by key. */
export async function planCustomers(
  vault: Vault,
  db: Db,
  orders: OrderOfCustomer[],
): Promise<Map<string, OrderCustomerPlan>> {
  const keys = new Set(orders.flatMap(({ customer }) => customer?.key ?? []))
  const rows = new Map((await listCustomers(db, [...keys])).map((row) => [row.id, row]))
  const joinings = new Map<string, Joining>()
  for (const { key, customer, document } of orders) {
    if (!customer) continue
    const joining =
      joinings.get(customer.key) ?? beginJoining(vault, customer, rows.get(customer.key))
    const content = joinIdentifiers(joining.content, identifiersOfOrder(document))
    const upTo = new Map([...joining.upTo, [key, content] as const])
    joinings.set(customer.key, { ...joining, content, upTo })
  }
  return new Map([...joinings].map(([key, joining]) => [key, toPlan(vault, joining)]))
}

function beginJoining(
  vault: Vault,
  { key, id }: OrderCustomerKey,
  row: Customer | undefined,
): Joining {
  const draft = draftOf(key, row)
  const before =
    row && !isFirst(draft) ? decryptCustomer(vault, row) : { id, emails: [], advertising_ids: [] }
  return { draft, before, content: before, upTo: new Map() }
}

/** Sealed and encrypted once, however many orders of the customer there are. */
function toPlan(vault: Vault, { draft, before, content, upTo }: Joining): OrderCustomerPlan {
  const seals = new Map(
    listIdentifiers(content).map((each) => [
      `${each.kind} ${each.value}`,
      sealIdentifier(vault, each),
    ]),
  )
  const kindsOf = (part: CustomerContent): Map<string, IdentifierKind> =>
    new Map(
      listIdentifiers(part).map(({ kind, value }) => [seals.get(`${kind} ${value}`) ?? '', kind]),
    )
  const whole = kindsOf(content)
  const kinds = new Map(
    [...upTo].map(([order, part]) => [order, part === content ? whole : kindsOf(part)]),
  )
  if (!isFirst(draft) && content === before) return { draft, kinds }
  const joined = {
    ...draft,
    isGuest: content.id === null,
    blob: encryptCustomer(vault, draft.key, content),
    identities: [...whole.keys()],
  }
  return { draft: joined, kinds }
}

/** The identities in the order they are tried: an e-mail address says more than a device. */
export function identitiesToTry(kinds: Map<string, IdentifierKind>): IdentityToTry[] {
  const all = [...kinds].map(([id, matched]) => ({ id, matched }))
  return all.sort((a, b) =>
    a.matched === b.matched ? (a.id < b.id ? -1 : 1) : a.matched === 'email_sha256' ? -1 : 1,
  )
}
