import type { Db } from '../kernel/database/database.ts'
import { notFound } from '../kernel/problem.ts'
import { inTx } from '../kernel/database/transaction.ts'
import { appendEntry } from '../journal/append-entries.ts'
import { findApiKey, markRevoked } from './api-key-store.ts'
import { keyFields } from './create-api-key.ts'
import type { KeyChange } from './create-api-key.ts'
import { bumpVersion } from './snapshot-store.ts'

/**
 * Revokes a key, perhaps the one that asks, perhaps the last: the operator can always make another. Revoking
 * it a second time changes nothing. A 404 for what is not a key of the organization.
 */
export async function revokeApiKey(db: Db, change: KeyChange, id: string): Promise<void> {
  const { organization, act, now } = change
  await inTx(db, async (tx) => {
    await bumpVersion(tx)
    const key = await findApiKey(tx, organization, id)
    if (!key) throw notFound(id)
    if (key.revokedAt !== null) return
    await markRevoked(tx, organization, id, now)
    appendEntry(tx, {
      ...{ organization, at: now, act, action: 'key.revoke', object: id },
      before: keyFields(key),
    })
  })
}
