import { listIdentifiers } from '../customers/provenance.ts'
import { decryptCustomer } from '../customers/customer.ts'
import { listCustomers } from '../customers/customer-store.ts'
import { sealIdentifier } from '../customers/identifier.ts'
import type { IdentifierKind } from '../customers/identifier.ts'
import type { Db } from '../kernel/database/database.ts'
import { ownerOf } from '../kernel/key.ts'
import type { Vault } from '../kernel/vault.ts'

/** The customer that a publisher sent: what it knows of them can tell that they bought before. */
export interface ReferredCustomer {
  /** The publisher's number. */
  publisher: number
  /** What the publisher's identifiers of them are, by identity. */
  kinds: Map<string, IdentifierKind>
}

/** The publishers' customers with these keys, by key. One that was never reported is absent. */
export async function findReferredCustomers(
  vault: Vault,
  db: Db,
  keys: string[],
): Promise<Map<string, ReferredCustomer>> {
  const rows = (await listCustomers(db, keys)).filter((row) => row.erased_at === null)
  return new Map(
    rows.map((row) => {
      const identifiers = listIdentifiers(decryptCustomer(vault, row))
      const kinds = new Map(identifiers.map((each) => [sealIdentifier(vault, each), each.kind]))
      return [row.id, { publisher: ownerOf(row.id), kinds }]
    }),
  )
}
