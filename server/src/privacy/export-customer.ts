import { inTx, retry } from '../kernel/database/transaction.ts'
import { notFound } from '../kernel/problem.ts'
import { customerKey } from '../customers/customer.ts'
import { listCustomers } from '../customers/customer-store.ts'
import { appendEntry } from '../journal/append-entries.ts'
import type { Act } from '../journal/entry.ts'
import type { Organization } from '../organizations/organization.ts'
import type { ReportParts } from '../reports/report-parts.ts'
import { longListsOf } from './export-long-lists.ts'
import { readShortParts } from './export-short-parts.ts'

/**
 * Writes that the customer is exported into the journal, and answers all that is held of it as a JSON text, a
 * piece at a time: lists are read in batches while they are sent, so that a customer with a million orders
 * takes no more memory than another. A text that ends early is no JSON. A 404 for an absent customer, an erased
 * one and another organization's.
 */
export async function exportCustomer(
  parts: ReportParts,
  { organization, act }: { organization: Organization; act: Act },
  id: string,
): Promise<AsyncGenerator<string>> {
  const { db } = parts.database
  const key = customerKey(parts.vault, organization, id)
  const row = await retry(async () => (await listCustomers(db, [key]))[0])
  if (!row || row.erased_at !== null) throw notFound(id)
  const short = await retry(() => readShortParts(parts, organization, { id, row }))
  // Comes before the first piece, so that nothing leaves without an entry.
  await inTx(db, async (tx) => {
    appendEntry(tx, {
      ...{ organization: organization.number, at: parts.clock.now(), act },
      // Its id would keep what may have to be forgotten; the call has its own.
      ...{ action: 'customer.export', object: null },
    })
    return Promise.resolve()
  })
  return writeExport(short, longListsOf({ parts, organization, customer: key }))
}

async function* writeExport(
  short: object,
  lists: Record<string, AsyncIterable<readonly object[]>>,
): AsyncGenerator<string> {
  yield `{"meta":{"status":"ok"},"object":${JSON.stringify(short).slice(0, -1)}`
  for (const [name, batches] of Object.entries(lists)) {
    yield `,${JSON.stringify(name)}:[`
    let comma = ''
    for await (const objects of batches) {
      yield comma + objects.map((object) => JSON.stringify(object)).join(',')
      comma = ','
    }
    yield ']'
  }
  yield '}}'
}
