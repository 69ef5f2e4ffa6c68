import { identifiersOf, importedPurchaseOf, importsOf, takeBack } from '../customers/content.ts'
import type { CustomerContent } from '../customers/content.ts'
import { decryptCustomer, encryptCustomer } from '../customers/customer.ts'
import { sealIdentifier } from '../customers/identifier.ts'
import type { Vault } from '../kernel/vault.ts'
import { importKey } from './import.ts'
import { planRows } from './plan-rows.ts'
import type { CustomerPlan, RowsPlan, SealedRow } from './plan-rows.ts'
import type {
  PartPlan,
  PlannedCustomer,
  PlanOptions,
  PresentCustomer,
  Taken,
  ThreadImport,
} from './thread-calls.ts'

/** What is planned of a thread's import is sealed and encrypted here, so that it can be written as it is. */
export interface PlanParts {
  vault: Vault
  its: ThreadImport
}

/** Contents that are remembered from part to part, of the customers that are worth it. */
export interface Memory {
  contents: Map<string, CustomerContent>
  isWorth(id: string): boolean
}

export function planPart(
  parts: PlanParts,
  rows: SealedRow[],
  options: PlanOptions,
  memory: Memory,
): PartPlan {
  const { its } = parts
  const without = new Set(options.without)
  const taken = rows.filter((_, place) => !without.has(place))
  const present = contentsOf(parts, options.present)
  const context = { import: its.import, kind: its.kind, mode: its.mode, at: options.at }
  const plan = planRows(taken, (key) => memory.contents.get(key) ?? present.get(key), context)
  if (options.remembers) {
    for (const { row, key } of taken) {
      const content = plan.customers.get(key)?.content
      if (content && memory.isWorth(row.id)) memory.contents.set(key, content)
    }
  }
  const wasGiven = (key: string): boolean =>
    importsOf(present.get(key) ?? NOTHING_GIVEN).includes(its.import)
  return toPartPlan(parts, rows, { ...plan, without, wasGiven })
}

const NOTHING_GIVEN: CustomerContent = { id: null, emails: [], advertising_ids: [] }

/** The customers without what imports gave them; whom nobody else told of is gone. */
export function planTakingBack(
  parts: PlanParts,
  present: PresentCustomer[],
  taken: Taken,
): Pick<PartPlan, 'customers' | 'blobs'> {
  const isTaken = (id: string): boolean =>
    'only' in taken ? id === taken.only : id !== taken.allBut
  const plans = new Map<string, CustomerPlan | null>()
  for (const [key, content] of contentsOf(parts, present)) {
    const after = takeBack(content, isTaken)
    if (after === content) continue
    plans.set(key, after && { content: after, wasThere: true, isVisible: true })
  }
  return encodePlans(parts, plans, new Map())
}

function toPartPlan(
  parts: PlanParts,
  rows: SealedRow[],
  plan: RowsPlan & { without: Set<number>; wasGiven: (key: string) => boolean },
): PartPlan {
  const sealed = new Map(rows.map((row) => [row.key, row]))
  const statuses: PartPlan['statuses'] = []
  const given = new Set<string>()
  let next = 0
  for (const [place, { key }] of rows.entries()) {
    const status = plan.without.has(place) ? 'rejected' : (plan.statuses[next++] ?? 'rejected')
    statuses.push(status)
    if (status !== 'rejected' && !plan.wasGiven(key)) given.add(key)
  }
  return { ...encodePlans(parts, plan.customers, sealed), statuses, given: [...given] }
}

function encodePlans(
  { vault, its }: PlanParts,
  plans: Map<string, CustomerPlan | null>,
  sealed: Map<string, SealedRow>,
): Pick<PartPlan, 'customers' | 'blobs'> {
  const blobs: Uint8Array[] = []
  let blobEnd = 0
  const customers = [...plans].map(([key, plan]): PlannedCustomer => {
    if (!plan) return { ...GONE, key, blobEnd }
    const blob = encryptCustomer(vault, key, plan.content)
    blobs.push(blob)
    blobEnd += blob.length
    return {
      key,
      identities: identitiesOf(vault, plan.content, sealed.get(key)),
      blobEnd,
      imports: importsOf(plan.content).map((id) => importKey(its.organization, id)),
      purchase: importedPurchaseOf(plan.content),
      isVisible: plan.isVisible,
      isGone: false,
    }
  })
  return { customers, blobs: Uint8Array.from(Buffer.concat(blobs)) }
}

const GONE = { identities: [], imports: [], purchase: null, isVisible: true, isGone: true }

/** Those of the row are sealed already, where the content is the row's alone. */
function identitiesOf(
  vault: Vault,
  content: CustomerContent,
  sealed: SealedRow | undefined,
): string[] {
  const isSame =
    sealed &&
    sameMembers(sealed.row.emails, content.emails) &&
    sameMembers(sealed.row.advertising_ids, content.advertising_ids)
  if (isSame) return sealed.identities
  return identifiersOf(content).map((each) => sealIdentifier(vault, each))
}

function sameMembers(left: string[], right: string[]): boolean {
  return left.length === right.length && right.every((each) => left.includes(each))
}

function contentsOf(
  { vault }: PlanParts,
  present: PresentCustomer[],
): Map<string, CustomerContent> {
  return new Map(present.map((row) => [row.id, decryptCustomer(vault, row)]))
}
