import type { Tx } from '../kernel/database/database.ts'
import { notFound } from '../kernel/problem.ts'
import { inTx, StaleRead } from '../kernel/database/transaction.ts'
import type { Organization } from '../organizations/organization.ts'
import { customerKey } from '../customers/customer.ts'
import type { Customer } from '../customers/customer.ts'
import { lockCustomers, listCustomers } from '../customers/customer-store.ts'
import { draftOf, writeDrafts } from '../customers/write-drafts.ts'
import type { CustomerDraft } from '../customers/write-drafts.ts'
import { deleteLastSigns } from '../customers/last-sign-store.ts'
import { lockErasures } from '../customers/erasure-lock.ts'
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
 * already changes nothing; one that was never reported is a 404.
 */
export async function eraseCustomer(
  parts: ReportParts,
  { organization, act }: { organization: Organization; act: Act },
  id: string,
): Promise<void> {
  const key = customerKey(parts.vault, organization, id)
  await inTx(parts.database.db, async (tx) => {
    await lockErasures(tx, [key])
    const [row] = await listCustomers(tx, [key])
    if (row && row.erased_at !== null) {
      await lockErased(tx, key)
      // Links may have named it since.
      await eraseElsewhere(parts.vault, tx, key)
      return
    }
    await writeErasures(parts, tx, [draftOf(key, row)])
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

/**
 * Erases customers of one organization that are there, in the tx that holds the locks of their erasure
 * (`lockErasures`) and has read their rows since.
 */
export async function eraseCustomers(parts: ReportParts, tx: Tx, rows: Customer[]): Promise<void> {
  const drafts = rows.map((row) => draftOf(row.id, row))
  await writeErasures(parts, tx, drafts)
  for (const { id } of rows) await eraseElsewhere(parts.vault, tx, id)
}

async function writeErasures(parts: ReportParts, tx: Tx, present: CustomerDraft[]): Promise<void> {
  const at = parts.clock.now()
  const drafts = present.map((before) => ({
    ...before,
    identities: [],
    blob: new Uint8Array(),
    imports: [],
    purchase: null,
    erased: true,
  }))
  // The erased customers themselves move nowhere: nobody is to be told of them any more.
  const result = await writeDrafts(tx, drafts, at)
  await withdrawEvidence(tx, lostBy(drafts), { cause: 'erasure', at })
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
  await deleteLastSigns(tx, [key])
  await eraseSubjects(tx, ownerOf(key), [key])
  await eraseAnswers(tx, ownerOf(key), [key, ...transactions])
  return clicks + transactions.length > 0
}
