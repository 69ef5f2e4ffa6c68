import type { Db } from '../kernel/database/database.ts'
import { inTx } from '../kernel/database/transaction.ts'
import { updateLastUses } from './api-key-store.ts'
import type { KeyUses } from './key-uses.ts'

/** Writes when keys were last used. Uses that could not be written are lost: the next one tells. */
export async function writeKeyUses(db: Db, uses: KeyUses): Promise<void> {
  const taken = uses.take()
  if (taken.size > 0) await inTx(db, (tx) => updateLastUses(tx, taken))
}
