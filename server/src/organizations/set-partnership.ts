import type { Db } from '../kernel/database/database.ts'
import { inTx } from '../kernel/database/transaction.ts'
import type { PartnershipRow } from './partnership-store.ts'
import { bumpVersion } from './snapshot-store.ts'
import { writePartnership } from './write-partnership.ts'
import type { PartnershipChange } from './write-partnership.ts'

/** As the operator decides. The second identical change changes nothing and answers the same. */
export async function setPartnership(db: Db, change: PartnershipChange): Promise<PartnershipRow> {
  return inTx(db, async (tx) => {
    await bumpVersion(tx)
    return writePartnership(tx, { ...change, action: 'partnership.change' })
  })
}
