import type { Db } from '../../kernel/database/database.ts'
import { inTx } from '../../kernel/database/transaction.ts'
import { deleteOrphanedLanes } from '../../events/lane-store.ts'
import { deleteOldMinutes } from '../attempts/minute-store.ts'

/** Retention: deletes what nobody reads any more. */
export async function sweep(db: Db, now: Date): Promise<void> {
  await inTx(db, (tx) => deleteOldMinutes(tx, now))
  await inTx(db, deleteOrphanedLanes)
}
