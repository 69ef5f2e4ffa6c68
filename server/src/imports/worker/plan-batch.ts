import {
  listIdentifiers,
  importedPurchaseOf,
  importsOf,
  removeImports,
  differs,
  hasTooMany,
} from '../../customers/provenance.ts'
import type { CustomerContent } from '../../customers/provenance.ts'
import { decryptCustomer, encryptCustomer } from '../../customers/customer.ts'
import { restoreContributions } from '../../customers/restore-contributions.ts'
import { sealIdentifier } from '../../customers/identifier.ts'
import { bytesArray, uuidArray, uuidListArray } from '../../kernel/database/sql-array.ts'
import type { Vault } from '../../kernel/vault.ts'
import { importKey } from '../store/import.ts'
import { planRows } from './plan-rows.ts'
import type { CustomerPlan, RowsPlan, SealedRow } from './plan-rows.ts'
import type { KeptRemoval } from '../store/removal-store.ts'
import type {
  BatchPlan,
  NotRestored,
  PlannedCustomer,
  PlannedCustomers,
  PlannedNewcomers,
  PlanOptions,
  PresentCustomer,
  RevertedImports,
  WorkerImport,
} from './worker-protocol.ts'

/** Plans are sealed and encrypted here, in the worker, so that they can be written as they are. */
export interface BatchContext {
  vault: Vault
  its: WorkerImport
}

/** Contents that a preview remembers from batch to batch, of customers that are on several rows. */
export interface RepeatMemory {
  contents: Map<string, CustomerContent>
  isWorth(id: string): boolean
}

export function planBatch(
  context: BatchContext,
  rows: SealedRow[],
  options: PlanOptions,
  memory: RepeatMemory,
): BatchPlan {
  const { its } = context
  const without = new Set(options.without)
  const accepted = rows.filter((_, index) => !without.has(index))
  const present = contentsOf(context, options.present)
  const rowContext = { import: its.import, kind: its.kind, mode: its.mode, at: options.at }
  const remembered = options.remembers ? memory.contents : NOTHING_REMEMBERED
  const plan = planRows(accepted, (key) => remembered.get(key) ?? present.get(key), rowContext)
  if (options.remembers) {
    for (const { row, key } of accepted) {
      const content = plan.customers.get(key)?.content
      if (content && memory.isWorth(row.id)) memory.contents.set(key, content)
    }
  }
  const wasGiven = (key: string): boolean =>
    importsOf(present.get(key) ?? NOTHING_GIVEN).includes(its.import)
  const { areNew } = options
  return toBatchPlan(context, rows, { ...plan, without, areNew, wasGiven })
}

const NOTHING_REMEMBERED: RepeatMemory['contents'] = new Map()
const NOTHING_GIVEN: CustomerContent = { id: null, emails: [], advertising_ids: [] }

/** The customers without what these imports gave them; a customer that only they reported is gone. */
export function planRevert(
  context: BatchContext,
  present: PresentCustomer[],
  reverted: RevertedImports,
): PlannedCustomers {
  const plans = new Map<string, CustomerPlan | null>()
  for (const [key, content] of contentsOf(context, present)) {
    const after = removeImports(content, reverted)
    if (after === content) continue
    plans.set(key, after && { content: after, isVisible: true })
  }
  return listCustomers(context, plans, new Map())
}

/** The customers with what replacements took from them; one that is gone comes back. */
export function planRestore(
  context: BatchContext,
  present: PresentCustomer[],
  removals: KeptRemoval[],
  { undone, leftOut }: NotRestored,
): PlannedCustomers {
  const { vault, its } = context
  const contents = contentsOf(context, present)
  const plans = new Map<string, CustomerPlan>()
  const isRestored = (id: string): boolean => id !== its.import && !undone.includes(id)
  for (const { customer, blob, is_overruled: isOverruled } of removals) {
    const content = plans.get(customer)?.content ?? contents.get(customer) ?? null
    const before = decryptCustomer(vault, { id: customer, blob })
    const without = new Set(
      leftOut.flatMap(({ identity, joining }) => (joining.includes(customer) ? identity : [])),
    )
    const dropped = new Set(
      listIdentifiers(before).flatMap((each) =>
        without.has(sealIdentifier(vault, each)) ? each.value : [],
      ),
    )
    const keeps = (value: string): boolean => !isOverruled && !dropped.has(value)
    const after = restoreContributions(content, before, { isRestored, keeps })
    if (!after || after === content || hasTooMany(after)) continue
    const isVisible = !content || differs(content, after)
    plans.set(customer, {
      content: after,
      isVisible: isVisible || (plans.get(customer)?.isVisible ?? false),
    })
  }
  return listCustomers(context, plans, new Map())
}

function toBatchPlan(
  context: BatchContext,
  rows: SealedRow[],
  plan: RowsPlan & Circumstances,
): BatchPlan {
  const sealed = new Map(rows.map((row) => [row.key, row]))
  const counts = { created: 0, updated: 0, unchanged: 0, rejected: 0 }
  const tooMany: number[] = []
  const given = new Set<string>()
  let next = 0
  for (const [index, { key }] of rows.entries()) {
    if (plan.without.has(index)) continue
    const status = plan.statuses[next++] ?? 'rejected'
    counts[status]++
    if (status === 'rejected') tooMany.push(index)
    else if (!plan.wasGiven(key)) given.add(key)
  }
  const planned = { counts, tooMany, given: [...given] }
  return plan.areNew
    ? { ...planned, kind: 'new', newCustomers: planNewCustomers(context, plan.customers, sealed) }
    : { ...planned, kind: 'mixed', merged: listCustomers(context, plan.customers, sealed) }
}

interface Circumstances {
  without: Set<number>
  areNew: boolean
  wasGiven(key: string): boolean
}

function planNewCustomers(
  { vault, its }: BatchContext,
  plans: Map<string, CustomerPlan>,
  sealed: Map<string, SealedRow>,
): PlannedNewcomers {
  const identities: string[][] = []
  const blobs: Buffer[] = []
  const holders = new Map<string, string[]>()
  for (const [key, { content }] of plans) {
    const carried = identitiesOf(vault, content, sealed.get(key))
    identities.push([...carried].sort())
    blobs.push(encryptCustomer(vault, key, content))
    for (const identity of carried) {
      const its = holders.get(identity)
      if (its) its.push(key)
      else holders.set(identity, [key])
    }
  }
  return {
    customers: {
      count: plans.size,
      ids: uuidArray([...plans.keys()]),
      identities: uuidListArray(identities),
      blobs: bytesArray(blobs),
    },
    identities: {
      ids: uuidArray([...holders.keys()]),
      holders: uuidListArray([...holders.values()]),
      areBuyers: its.kind === 'purchasers',
    },
  }
}

function listCustomers(
  { vault, its }: BatchContext,
  plans: Map<string, CustomerPlan | null>,
  sealed: Map<string, SealedRow>,
): PlannedCustomers {
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
      isImported: plan.content.provenance?.fromCalls === null,
      isGone: false,
    }
  })
  return { customers, blobs: Uint8Array.from(Buffer.concat(blobs)) }
}

const GONE = {
  identities: [],
  imports: [],
  purchase: null,
  isVisible: true,
  isImported: false,
  isGone: true,
}

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
  return listIdentifiers(content).map((each) => sealIdentifier(vault, each))
}

function sameMembers(left: string[], right: string[]): boolean {
  return left.length === right.length && right.every((each) => left.includes(each))
}

function contentsOf(
  { vault }: BatchContext,
  present: PresentCustomer[],
): Map<string, CustomerContent> {
  return new Map(present.map((row) => [row.id, decryptCustomer(vault, row)]))
}
