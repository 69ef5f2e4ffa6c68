import { batchCalls } from '../kernel/database/batch-calls.ts'
import type { Outcome } from '../kernel/database/batch-calls.ts'
import type { Tx } from '../kernel/database/database.ts'
import { inTx } from '../kernel/database/transaction.ts'
import type { Vault } from '../kernel/vault.ts'
import type { Organization } from '../organizations/organization.ts'
import { customerKey, decryptCustomer, encryptCustomer } from '../customers/customer.ts'
import type { Customer, CustomerView } from '../customers/customer.ts'
import { listIdentifiers, joinIdentifiers, replaceIdentifiers } from '../customers/provenance.ts'
import type { CustomerContent } from '../customers/provenance.ts'
import type { Standing } from '../customers/standing.ts'
import { overruleRemovals } from '../imports/store/removal-store.ts'
import { lostBy, withdrawEvidence } from '../orders/withdraw-evidence.ts'
import { updateMemberships } from '../segments/update-memberships.ts'
import type { ReportParts } from './report-parts.ts'
import { listCustomers } from '../customers/customer-store.ts'
import { sealIdentifier } from '../customers/identifier.ts'
import type { Identifier } from '../customers/identifier.ts'
import { draftOf, isFirst, writeDrafts } from '../customers/write-drafts.ts'
import type { CustomerDraft } from '../customers/write-drafts.ts'

/** One organization's word on one of its customers. */
export interface CustomerReport {
  organization: Organization
  id: string
  identifiers: Identifier[]
  /** Whether the identifiers are joined to those reported before, or take their place. */
  replaces: boolean
}

export type ReportStatus = 'created' | 'updated' | 'unchanged'

export interface Reported {
  customer: CustomerView
  status: ReportStatus
}

/**
 * Reports customers: creates them or joins what is new of them (an upsert), updates their memberships, and
 * answers after the commit. Concurrent calls are written in one tx. Sets of publishers and of merchants
 * are kept apart: a merchant's set locks rows of other organizations after its own, a publisher's never
 * does, and so no two sets can wait for each other.
 */
export function createReportCustomer(
  parts: ReportParts,
): (report: CustomerReport) => Promise<Reported> {
  const gatherOf = (role: string) =>
    batchCalls<CustomerReport, Reported>({
      work: (reports) => reportCustomers(parts, reports),
      concurrency: parts.database.concurrency,
      ownerOf: ({ organization }) => organization.number,
      observe: (size) => parts.observeSet?.(`${role} customers`, size),
    })
  const gathered = { publisher: gatherOf('publisher'), merchant: gatherOf('merchant') }
  return (report) => gathered[report.organization.role](report)
}

/** Reports a set of customers of organizations of one role, in one tx. */
export async function reportCustomers(
  parts: ReportParts,
  reports: CustomerReport[],
): Promise<Outcome<Reported>[]> {
  const answers = await inTx(parts.database.db, (tx) => writeReports(parts, tx, reports))
  for (const [index, { organization, id }] of reports.entries()) {
    // Any other has changed the customer's row.
    if (answers[index]?.status === 'unchanged') {
      parts.signs?.see(customerKey(parts.vault, organization, id))
    }
  }
  return answers.map((answer) => ({ answer }))
}

async function writeReports(
  parts: ReportParts,
  tx: Tx,
  reports: CustomerReport[],
): Promise<Reported[]> {
  const keys = reports.map(({ organization, id }) => customerKey(parts.vault, organization, id))
  const rows = await listCustomers(tx, [...new Set(keys)])
  const { plans, statuses } = planReports(parts, reports, keys, rows)
  await overruleRemovals(
    tx,
    keys.filter((_, index) => reports[index]?.replaces),
  )
  const [changed, unchanged] = split([...plans.values()], (plan) => plan.isChanged)
  const at = parts.clock.now()
  const drafts = changed.map(({ draft }) => draft)
  const result = await writeDrafts(tx, drafts, at)
  await withdrawEvidence(tx, lostBy(drafts), { cause: 'customer', at })
  const standings = await updateMemberships(parts, tx, {
    ...result,
    unchanged: unchanged.map(({ draft: { key, purchase } }) => ({
      key,
      purchased: purchase !== null,
    })),
    cause: 'customer',
    at,
  })
  return keys.map((key, index): Reported => {
    const [plan, standing, status] = [plans.get(key), standings.get(key), statuses[index]]
    if (!plan || !standing || !status) throw new Error('a report was left without its customer')
    return { customer: viewOf(plan, standing, at), status }
  })
}

function viewOf(plan: Plan, standing: Standing, at: Date): CustomerView {
  const { draft, content } = plan
  return {
    content,
    createdAt: isFirst(draft) ? at : (draft.before?.created_at ?? at),
    modifiedAt: plan.isChanged ? at : (draft.before?.modified_at ?? at),
    active: standing.active,
    isShared: standing.isShared,
  }
}

interface Plan {
  draft: CustomerDraft
  content: CustomerContent
  isChanged: boolean
}

/** Folds the reports, in their order, into one draft a customer. */
function planReports(
  { vault }: ReportParts,
  reports: CustomerReport[],
  keys: string[],
  rows: Customer[],
): { plans: Map<string, Plan>; statuses: ReportStatus[] } {
  const before = new Map(rows.map((row) => [row.id, row]))
  const plans = new Map<string, Plan>()
  const statuses = reports.map((report, index): ReportStatus => {
    const key = keys[index] ?? ''
    const plan = plans.get(key) ?? beginPlan(vault, key, before.get(key), report.id)
    const isNew = !plans.has(key) && isFirst(plan.draft)
    plans.set(key, plan)
    const change = report.replaces ? replaceIdentifiers : joinIdentifiers
    const content = change(plan.content, report.identifiers)
    const isSame = !isNew && sameIdentifiers(content, plan.content)
    if (isSame && sameSources(content, plan.content)) return 'unchanged'
    plan.content = content
    plan.isChanged = true
    // Of what an import gave it may be said now that calls gave it too: nobody sees a difference.
    return isNew ? 'created' : isSame ? 'unchanged' : 'updated'
  })
  for (const { draft, content, isChanged } of plans.values()) {
    if (!isChanged) continue
    draft.identities = listIdentifiers(content).map((identifier) =>
      sealIdentifier(vault, identifier),
    )
    draft.blob = encryptCustomer(vault, draft.key, content)
  }
  return { plans, statuses }
}

const NO_IDENTIFIERS = { emails: [], advertising_ids: [] }

function beginPlan(vault: Vault, key: string, before: Customer | undefined, id: string): Plan {
  const draft = draftOf(key, before)
  const content =
    before && !isFirst(draft) ? decryptCustomer(vault, before) : { id, ...NO_IDENTIFIERS }
  return { draft, content, isChanged: false }
}

/** Whether both have the same identifiers, in whatever order they were reported. */
function sameIdentifiers(left: CustomerContent, right: CustomerContent): boolean {
  const same = (a: string[], b: string[]): boolean =>
    a.length === b.length && new Set(a).isSubsetOf(new Set(b))
  return same(left.emails, right.emails) && same(left.advertising_ids, right.advertising_ids)
}

function sameSources(left: CustomerContent, right: CustomerContent): boolean {
  return left === right || JSON.stringify(left.provenance) === JSON.stringify(right.provenance)
}

function split<T>(all: T[], test: (each: T) => boolean): [T[], T[]] {
  return [all.filter(test), all.filter((each) => !test(each))]
}
