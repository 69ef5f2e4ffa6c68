import type { Database } from '../kernel/database/database.ts'
import type { CheckResult } from './check.ts'
import { checkLanes } from './check-deliveries.ts'
import { checkBuyers, checkHolders, checkPurchases, checkRepeats } from './check-identities.ts'
import { checkGifts, checkImportCounts } from './check-imports.ts'
import { checkJournals } from './check-journals.ts'
import { checkChains, checkMemberships } from './check-memberships.ts'
import {
  checkDecimals,
  checkLedgers,
  checkOrderTransactions,
  checkTotals,
  checkTransactionEvents,
} from './check-transactions.ts'
import { checkEvidence, checkEvidenceTimes, checkNewOnce } from './check-verdicts.ts'

/** The invariants of the whole; ARCHITECTURE.md says what each means. */
const CHECKS = [
  checkHolders,
  checkBuyers,
  checkRepeats,
  checkPurchases,
  checkMemberships,
  checkChains,
  checkLanes,
  checkEvidence,
  checkEvidenceTimes,
  checkNewOnce,
  checkImportCounts,
  checkGifts,
  checkTransactionEvents,
  checkLedgers,
  checkOrderTransactions,
  checkTotals,
  checkDecimals,
  checkJournals,
]

export interface Verification {
  /** How much is wrong in all; 0 when the database is sound. */
  drift: number
  checks: CheckResult[]
}

/** Runs every check against the live database, one after another: none may slow the calls much. */
export async function verify({ db }: Database): Promise<Verification> {
  const checks: CheckResult[] = []
  for (const run of CHECKS) checks.push(await run(db))
  return { drift: checks.reduce((sum, { drift }) => sum + drift, 0), checks }
}
