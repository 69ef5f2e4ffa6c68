import { batchCalls } from '../kernel/database/batch-calls.ts'
import type { Outcome } from '../kernel/database/batch-calls.ts'
import { notFound } from '../kernel/problem.ts'
import { retry } from '../kernel/database/transaction.ts'
import type { Organization } from '../organizations/organization.ts'
import { customerKey, decryptCustomer } from '../customers/customer.ts'
import type { CustomerView } from '../customers/customer.ts'
import { listCustomers } from '../customers/customer-store.ts'
import { findStandings } from '../segments/find-standings.ts'
import type { ReportParts } from './report-parts.ts'

interface Question {
  organization: Organization
  id: string
}

/** Reads a customer of the organization; a 404 for an absent one and for another organization's. */
export function createReadCustomer(
  parts: ReportParts,
): (organization: Organization, id: string) => Promise<CustomerView> {
  const read = batchCalls<Question, CustomerView>({
    work: (questions) => retry(() => readViews(parts, questions)),
    concurrency: parts.database.concurrency,
    ownerOf: ({ organization }) => organization.number,
    observe: (size) => parts.observeSet?.('customer reads', size),
  })
  return (organization, id) => read({ organization, id })
}

async function readViews(
  parts: ReportParts,
  questions: Question[],
): Promise<Outcome<CustomerView>[]> {
  const {
    database: { db },
    vault,
  } = parts
  const keys = questions.map(({ organization, id }) => customerKey(vault, organization, id))
  const rows = await listCustomers(db, [...new Set(keys)])
  const present = rows.filter((row) => row.erased_at === null)
  const byKey = new Map(present.map((row) => [row.id, row]))
  const standings = await findStandings(
    parts,
    db,
    present.map((row) => ({ key: row.id, purchased: row.purchased_at !== null })),
  )
  return keys.map((key, index): Outcome<CustomerView> => {
    const [row, standing] = [byKey.get(key), standings.get(key)]
    if (!row || !standing) return { problem: notFound(questions[index]?.id ?? '') }
    const content = decryptCustomer(vault, row)
    return {
      answer: { content, createdAt: row.created_at, modifiedAt: row.modified_at, ...standing },
    }
  })
}
