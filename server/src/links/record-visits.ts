import { holdOffErasures } from '../customers/erasure-lock.ts'
import type { Db, Tx } from '../kernel/database/database.ts'
import { inTx } from '../kernel/database/transaction.ts'
import type { Vault } from '../kernel/vault.ts'
import { insertClicks, listVisitFacts } from './click-store.ts'
import type { VisitFacts } from './click-store.ts'
import { encryptClick } from './click.ts'
import type { Click, VisitVerdict, Visit } from './click.ts'

/**
 * Checks a set of visits and writes the clicks of those that may go on. Safe to repeat: a click that
 * was written is not written again.
 */
export async function recordVisits(
  { db, vault }: { db: Db; vault: Vault },
  visits: Visit[],
): Promise<VisitVerdict[]> {
  return inTx(db, (tx) => writeVisits(vault, tx, visits))
}

async function writeVisits(vault: Vault, tx: Tx, visits: Visit[]): Promise<VisitVerdict[]> {
  const customers = visits.flatMap(({ click }) => click?.customer ?? [])
  await holdOffErasures(tx, customers)
  const facts = await listVisitFacts(tx, visits)
  const verdicts = facts.map(verdictOf)
  const clicks = visits.flatMap((visit, index) => {
    const fact = facts[index]
    return fact && verdicts[index] === 'good' ? toClick(vault, visit, fact) : []
  })
  await insertClicks(tx, clicks)
  return verdicts
}

function verdictOf({ is_approved, is_registered }: VisitFacts): VisitVerdict {
  if (!is_registered) return 'no-host'
  return is_approved ? 'good' : 'not-approved'
}

function toClick(vault: Vault, visit: Visit, { is_erased }: VisitFacts): Click[] {
  const { publisher, merchant, click } = visit
  if (click === null) return []
  const { id, at } = click
  const content = is_erased ? { ...click.content, publisher_customer_id: null } : click.content
  const customer = is_erased ? null : click.customer
  return [{ id, publisher, merchant, customer, blob: encryptClick(vault, id, content), at }]
}
