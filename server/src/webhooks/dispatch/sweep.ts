import type { Db } from '../../kernel/database/database.ts'
import { inTx } from '../../kernel/database/transaction.ts'
import { deleteOrphanedLanes } from '../../events/lane-store.ts'
import { deletePulses } from '../attempts/minute-store.ts'

// The rule needs an hour of them; an operator in the morning may want to read how the night was.
const PULSES_KEPT_MS = 172_800_000

/** Removes what nobody reads any more. */
export async function sweep(db: Db, now: Date): Promise<void> {
  await inTx(db, (tx) => deletePulses(tx, new Date(now.getTime() - PULSES_KEPT_MS)))
  await inTx(db, deleteOrphanedLanes)
}
