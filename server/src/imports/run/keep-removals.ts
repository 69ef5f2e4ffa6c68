import type { CustomerDraft } from '../../customers/write-drafts.ts'
import type { Tx } from '../../kernel/database/database.ts'
import { insertRemovals } from '../store/removal-store.ts'

/** Keeps, for the undo of a replacement, the customers from which these drafts take contributions of imports. */
export async function keepRemovals(tx: Tx, key: string, drafts: CustomerDraft[]): Promise<void> {
  const removals = drafts.flatMap(({ before, imports }) => {
    if (!before || before.erased_at !== null) return []
    if (before.imports.every((each) => imports.includes(each))) return []
    return { customer: before.id, blob: before.blob, created_at: before.created_at }
  })
  await insertRemovals(tx, key, removals)
}
