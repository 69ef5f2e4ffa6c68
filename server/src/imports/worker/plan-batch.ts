import {
  identifiersOf,
  importedPurchaseOf,
  importsOf,
  takeBack,
} from '../../customers/provenance.ts'
import type { CustomerContent } from '../../customers/provenance.ts'
import { decryptCustomer, encryptCustomer } from '../../customers/customer.ts'
import { sealIdentifier } from '../../customers/identifier.ts'
import { bytesArray, uuidArray, uuidListArray } from '../../kernel/database/sql-array.ts'
import type { Vault } from '../../kernel/vault.ts'
import { importKey } from '../store/import.ts'
import { planRows } from './plan-rows.ts'
import type { CustomerPlan, RowsPlan, SealedRow } from './plan-rows.ts'
import type {
  PartPlan,
  PlannedCustomer,
  PlannedCustomers,
  PlannedNewcomers,
  PlanOptions,
  PresentCustomer,
  Taken,
  ThreadImport,
} from './worker-protocol.ts'

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
  const { areNew } = options
  return toPartPlan(parts, rows, { ...plan, without, areNew, wasGiven })
}

const NOTHING_GIVEN: CustomerContent = { id: null, emails: [], advertising_ids: [] }

/** The customers without what imports gave them; whom nobody else told of is gone. */
export function planTakingBack(
  parts: PlanParts,
  present: PresentCustomer[],
  taken: Taken,
): PlannedCustomers {
  const isTaken = (id: string): boolean =>
    'only' in taken ? id === taken.only : id !== taken.allBut
  const plans = new Map<string, CustomerPlan | null>()
  for (const [key, content] of contentsOf(parts, present)) {
    const after = takeBack(content, isTaken)
    if (after === content) continue
    plans.set(key, after && { content: after, isVisible: true })
  }
  return listCustomers(parts, plans, new Map())
}

function toPartPlan(parts: PlanParts, rows: SealedRow[], plan: RowsPlan & Circumstances): PartPlan {
  const sealed = new Map(rows.map((row) => [row.key, row]))
  const counts = { created: 0, updated: 0, unchanged: 0, rejected: 0 }
  const tooMany: number[] = []
  const given = new Set<string>()
  let next = 0
  for (const [place, { key }] of rows.entries()) {
    if (plan.without.has(place)) continue
    const status = plan.statuses[next++] ?? 'rejected'
    counts[status]++
    if (status === 'rejected') tooMany.push(place)
    else if (!plan.wasGiven(key)) given.add(key)
  }
  const newcomers = plan.areNew ? writeNewcomers(parts, plan.customers, sealed) : null
  const listed = plan.areNew ? NOBODY : listCustomers(parts, plan.customers, sealed)
  return { ...listed, newcomers, counts, tooMany, given: [...given] }
}

interface Circumstances {
  without: Set<number>
  areNew: boolean
  wasGiven(key: string): boolean
}

const NOBODY: PlannedCustomers = { customers: [], blobs: new Uint8Array() }

function writeNewcomers(
  { vault, its }: PlanParts,
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
  { vault, its }: PlanParts,
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
      isImported: plan.content.sources?.direct === null,
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
