import type { Tx } from '../kernel/database/database.ts'
import { insertCustomers } from './customer-store.ts'
import type { WrittenCustomers } from './customer-store.ts'
import { affectedHolders } from './identity.ts'
import type { Identity, IdentityChange } from './identity.ts'
import { joinIdentities } from './identity-store.ts'
import type { IdentityMove, WrittenIdentities } from './identity-store.ts'
import { refuseOverShared } from './write-drafts.ts'
import type { WriteResult } from './write-drafts.ts'
import type { SubjectToUpdate } from './standing.ts'

/** Customers that one organization reports for the first time, written out as SQL takes them. */
export interface NewCustomers {
  customers: WrittenCustomers
  identities: WrittenIdentities
}

/**
 * Writes customers that are new as `meet` does: first the identity rows, whose locks make matches safe,
 * then the customers. What they alone carry is not even read: only who meets somebody is to be settled,
 * and, where all have purchased, every one. Throws StaleRead if one of them is there.
 */
export async function insertNewCustomers(
  tx: Tx,
  { customers, identities }: NewCustomers,
  keys: string[],
  at: Date,
): Promise<WriteResult> {
  const shared = await joinIdentities(tx, identities)
  const own = shared.length > 0 ? new Set(keys) : new Set<string>()
  refuseOverShared(shared, movesOf(shared, own))
  const changes = new Map(shared.map((row) => [row.id, changeOf(row, own)]))
  await insertCustomers(tx, customers, at)
  const affected = [...affectedHolders([...changes.values()]).difference(own)].sort()
  const purchased = customers.purchase !== null
  const carried = rowsByHolder(shared, own)
  const met = purchased ? keys : [...carried.keys()]
  const locked = met.map((key): SubjectToUpdate => ({
    key,
    purchased,
    isFirst: true,
    identities: carried.get(key) ?? [],
  }))
  return { identities: changes, locked, affected }
}

function movesOf(rows: Identity[], own: Set<string>): IdentityMove[] {
  return rows.flatMap(({ id, holders }) =>
    holders
      .filter((holder) => own.has(holder))
      .map((customer): IdentityMove => ({ identity: id, customer, side: 'holder', joins: true })),
  )
}

function changeOf(after: Identity, own: Set<string>): IdentityChange {
  const others = (members: string[]): string[] => members.filter((member) => !own.has(member))
  const before = { id: after.id, holders: others(after.holders), buyers: others(after.buyers) }
  return { before, after }
}

function rowsByHolder(rows: Identity[], own: Set<string>): Map<string, Identity[]> {
  const byHolder = new Map<string, Identity[]>()
  for (const row of rows) {
    for (const holder of row.holders) {
      if (own.has(holder)) byHolder.set(holder, [...(byHolder.get(holder) ?? []), row])
    }
  }
  return byHolder
}
