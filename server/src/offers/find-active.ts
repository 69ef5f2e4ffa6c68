import { customerKey } from '../customers/customer.ts'
import type { SignsOfLife } from '../customers/signs-of-life.ts'
import { sealIdentifier } from '../customers/identifier.ts'
import type { Identifier } from '../customers/identifier.ts'
import { listIdentities, listMatches } from '../customers/identity-store.ts'
import type { Database } from '../kernel/database/database.ts'
import { batchCalls } from '../kernel/database/batch-calls.ts'
import type { Outcome } from '../kernel/database/batch-calls.ts'
import { ownedKey } from '../kernel/key.ts'
import { retry } from '../kernel/database/transaction.ts'
import type { Vault } from '../kernel/vault.ts'
import type { Organization } from '../organizations/organization.ts'
import { derive } from '../segments/derive.ts'

/** Somebody that a publisher asks about, who need not be anybody's customer. */
export interface User {
  publisher: Organization
  /** The publisher's own id of its customer. */
  id: string | null
  identifiers: Identifier[]
}

/** A user, sealed. */
interface SealedUser {
  /** The key of the publisher's customer; null where no id was given. */
  customer: string | null
  publisher: Organization
  identities: string[]
}

/** Where a user is active, and by which key the publisher's customer of its id would be known. */
export interface ActiveUser {
  customer: string | null
  /** Merchants' numbers. */
  active: Set<number>
}

export interface FindActiveParts {
  database: Database
  vault: Vault
  /** Told of customers whose offers are looked at. */
  signs?: Pick<SignsOfLife, 'see'>
  observeSet?: (kind: string, size: number) => void
}

/**
 * Finds where users are active: by the identifiers given and those reported of the publisher's
 * customer, if there is one. Asking leaves no trace, but for the day, where the publisher has a retention period.
 */
export function createFindActive({
  database,
  vault,
  signs,
  observeSet,
}: FindActiveParts): (user: User) => Promise<ActiveUser> {
  const read = batchCalls<SealedUser, Set<number>>({
    work: (users) => retry(() => listActiveSets(database, users)),
    concurrency: database.concurrency,
    ownerOf: ({ publisher }) => publisher.number,
    observe: (size) => observeSet?.('offers', size),
  })
  return async ({ publisher, id, identifiers }) => {
    const customer = id === null ? null : customerKey(vault, publisher, id)
    const identities = identifiers.map((identifier) => sealIdentifier(vault, identifier))
    if (customer === null && identities.length === 0) return { customer, active: new Set() }
    const active = await read({ customer, publisher, identities })
    if (customer !== null) signs?.see(customer)
    return { customer, active }
  }
}

async function listActiveSets(
  { db }: Database,
  users: SealedUser[],
): Promise<Outcome<Set<number>>[]> {
  const customers = new Set(users.flatMap(({ customer }) => customer ?? []))
  const identities = new Set(users.flatMap((user) => user.identities))
  const [matches, given] = await Promise.all([
    listMatches(db, [...customers]),
    listIdentities(db, [...identities]),
  ])
  const reported = Map.groupBy(matches, (match) => match.customer)
  const byId = new Map(given.map((identity) => [identity.id, identity]))
  return users.map(({ customer, publisher, identities: ids }) => {
    const rows = ids.flatMap((id) => byId.get(id) ?? [])
    const all = [...(reported.get(customer ?? '') ?? []), ...rows]
    const key = customer ?? strangerOf(publisher)
    return { answer: derive({ key, purchased: false }, 'publisher', all).active }
  })
}

/** The key of no customer: what is derived for it depends on whose customer it would be. */
function strangerOf(publisher: Organization): string {
  return ownedKey(publisher.number, Buffer.alloc(12))
}
