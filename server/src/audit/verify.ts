import type { Database } from '../kernel/database/database.ts'
import { retry } from '../kernel/database/transaction.ts'
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

/** The names of the invariants, in the order in which they are checked. */
export const INVARIANTS: readonly string[] = CHECKS.map(({ invariant }) => invariant)

/** Told of each check when it ends; false: the verification goes no further. */
export type Checked = (result: CheckResult, tookMs: number) => Promise<boolean>

/**
 * Runs every check against the live database, one after another: none may slow the calls much. Where `checked`
 * breaks it off it answers what was found by then.
 */
export async function verify(
  { db }: Database,
  checked: Checked = () => Promise.resolve(true),
): Promise<Verification> {
  const checks: CheckResult[] = []
  for (const run of CHECKS) {
    const began = performance.now()
    const result = await retry(() => run(db))
    checks.push(result)
    if (!(await checked(result, Math.round(performance.now() - began)))) break
  }
  return { drift: sumDrift(checks), checks }
}

/** How much is wrong in all. */
export function sumDrift(checks: readonly Pick<CheckResult, 'drift'>[]): number {
  return checks.reduce((sum, { drift }) => sum + drift, 0)
}
