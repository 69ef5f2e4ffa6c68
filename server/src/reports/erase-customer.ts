import type { Tx } from '../kernel/database/database.ts'
import { notFound } from '../kernel/problem.ts'
import { inTx, StaleRead } from '../kernel/database/transaction.ts'
import type { Organization } from '../organizations/organization.ts'
import { customerKey } from '../customers/customer.ts'
import { lockCustomers, listCustomers } from '../customers/customer-store.ts'
import { draftOf, writeDrafts } from '../customers/write-drafts.ts'
import type { CustomerDraft } from '../customers/write-drafts.ts'
import { lockErasure } from '../customers/erasure-lock.ts'
import { eraseCustomerFromTransactions } from '../commissions/transactions/erase-from-transactions.ts'
import { eraseSubjects } from '../events/erase-subjects.ts'
import { ownerOf } from '../kernel/key.ts'
import type { Vault } from '../kernel/vault.ts'
import { appendEntry } from '../journal/append-entries.ts'
import type { Act } from '../journal/entry.ts'
import { eraseCustomerFromClicks } from '../links/erase-from-clicks.ts'
import { eraseCustomerFromOrders } from '../orders/erase-from-orders.ts'
import { eraseFromRemovals } from '../imports/store/removal-store.ts'
import { lostBy, withdrawEvidence } from '../orders/withdraw-evidence.ts'
import { deleteMemberships } from '../segments/membership-store.ts'
import { updateMemberships } from '../segments/update-memberships.ts'
import { eraseAnswers } from '../webhooks/attempts/erase-answers.ts'
import type { ReportParts } from './report-parts.ts'

/**
 * Erases a customer. What remains is its keyed hash and its event counter, so that a customer
 * reported again under the same id goes on counting where it stopped. Erasing one that was erased
 * already changes nothing; one of whom nothing was ever told is a 404.
 */
export async function eraseCustomer(
  parts: ReportParts,
  { organization, act }: { organization: Organization; act: Act },
  id: string,
): Promise<void> {
  const key = customerKey(parts.vault, organization, id)
  await inTx(parts.database.db, async (tx) => {
    await lockErasure(tx, key)
    const [row] = await listCustomers(tx, [key])
    if (row && row.erased_at !== null) {
      await lockErased(tx, key)
      // Links may have named it since.
      await eraseElsewhere(parts.vault, tx, key)
      return
    }
    await writeErasure(parts, tx, draftOf(key, row))
    const wasThere = await eraseElsewhere(parts.vault, tx, key)
    if (!row && !wasThere) throw notFound(id)
    appendEntry(tx, {
      ...{ organization: organization.number, at: parts.clock.now(), act },
      // Its id would keep what is to be forgotten; the call has its own.
      ...{ action: 'customer.erase', object: null },
    })
  })
}

/** Until the tx ends nobody reports it again: what came in between would be erased in part. */
async function lockErased(tx: Tx, key: string): Promise<void> {
  await lockCustomers(tx, [key])
  const [row] = await listCustomers(tx, [key])
  if (row?.erased_at === null) throw new StaleRead('a customer')
}

async function writeErasure(parts: ReportParts, tx: Tx, before: CustomerDraft): Promise<void> {
  const at = parts.clock.now()
  const draft = {
    ...before,
    identities: [],
    blob: new Uint8Array(),
    imports: [],
    purchase: null,
    erased: true,
  }
  // The erased customer itself moves nowhere: nobody is to be told of it any more.
  const result = await writeDrafts(tx, [draft], at)
  await withdrawEvidence(tx, lostBy([draft]), { cause: 'erasure', at })
  await updateMemberships(parts, tx, { ...result, cause: 'erasure', at })
}

/**
 * Takes the person out of all else that is kept, in the same tx. Answers whether any of it came without
 * a report, as the clicks on a link do that names a customer.
 */
async function eraseElsewhere(vault: Vault, tx: Tx, key: string): Promise<boolean> {
  await eraseCustomerFromOrders(vault, tx, key)
  await eraseFromRemovals(tx, [key])
  const clicks = await eraseCustomerFromClicks(vault, tx, key)
  const transactions = await eraseCustomerFromTransactions(vault, tx, key)
  await deleteMemberships(tx, [key])
  await eraseSubjects(tx, ownerOf(key), [key])
  await eraseAnswers(tx, ownerOf(key), [key, ...transactions])
  return clicks + transactions.length > 0
}
