import { batchCalls } from '../kernel/database/batch-calls.ts'
import type { Outcome } from '../kernel/database/batch-calls.ts'
import { notFound } from '../kernel/problem.ts'
import { retry } from '../kernel/database/transaction.ts'
import type { Organization } from '../organizations/organization.ts'
import { customerKey, decryptCustomer } from '../customers/customer.ts'
import type { CustomerView } from '../customers/customer.ts'
import { listCustomers } from '../customers/customer-store.ts'
import { sealIdentifier } from '../customers/identifier.ts'
import type { Identifier } from '../customers/identifier.ts'
import { HOLDERS_LIMIT } from '../customers/identity.ts'
import { listHolders } from '../customers/identity-store.ts'
import { findStandings } from '../segments/find-standings.ts'
import type { ReportParts } from './report-parts.ts'

/** More customers under one identifier are not asked for by anybody who looks for a person. */
export const MAX_FOUND = 100

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
  const { vault } = parts
  const keys = questions.map(({ organization, id }) => customerKey(vault, organization, id))
  const views = await readViewsByKey(parts, [...new Set(keys)])
  return keys.map((key, index): Outcome<CustomerView> => {
    const view = views.get(key)
    return view ? { answer: view } : { problem: notFound(questions[index]?.id ?? '') }
  })
}

/** Of the customers with these keys, those that their organization knows: no guests, and none that is erased. */
async function readViewsByKey(
  parts: ReportParts,
  keys: string[],
  limit = keys.length,
): Promise<Map<string, CustomerView>> {
  const {
    database: { db },
    vault,
  } = parts
  const rows = await listCustomers(db, keys)
  const present = rows.filter((row) => row.erased_at === null && !row.is_guest).slice(0, limit)
  const standings = await findStandings(
    parts,
    db,
    present.map((row) => ({ key: row.id, purchased: row.purchased_at !== null })),
  )
  return new Map(
    present.flatMap((row) => {
      const standing = standings.get(row.id)
      if (!standing) return []
      const content = decryptCustomer(vault, row)
      const { created_at: createdAt, modified_at: modifiedAt } = row
      return [[row.id, { content, createdAt, modifiedAt, ...standing }]]
    }),
  )
}

/**
 * The organization's customers that carry one of the identifiers, at most `MAX_FOUND`: a customer of another's
 * is as one that there is not. An identifier that is on more of them stands for no one person.
 */
export async function findCustomers(
  parts: ReportParts,
  organization: Organization,
  identifiers: Identifier[],
): Promise<CustomerView[]> {
  const identities = identifiers.map((each) => sealIdentifier(parts.vault, each))
  return retry(async () => {
    // Guests are among them, and are left out only then.
    const owned = { organization: organization.number, limit: HOLDERS_LIMIT }
    const keys = await listHolders(parts.database.db, identities, owned)
    return [...(await readViewsByKey(parts, keys, MAX_FOUND)).values()]
  })
}
