import { invalidField } from '../kernel/problem.ts'
import { NO_VALUES, joinValues } from './identifier-values.ts'
import type { Values } from './identifier-values.ts'
import { MAX_CUSTOMER_IDENTIFIERS } from './identifier.ts'
import type { Identifier } from './identifier.ts'
import { joinPurchaseDates, samePurchaseDates, takeOver } from './purchase-dates.ts'
import type { PurchaseDates } from './purchase-dates.ts'

/** What is encrypted in a customer's row. */
export interface CustomerContent {
  /** The organization's own id; null for a guest, who has identifiers alone. */
  id: string | null
  /** In the order in which they were first reported. */
  emails: string[]
  advertising_ids: string[]
  /** Absent where calls and orders alone gave all identifiers. */
  provenance?: Provenance
}

/**
 * Provenance: which identifiers and purchase dates came from calls and orders, and which from each import.
 * An identifier leaves the content when its last source is removed.
 */
interface Provenance {
  /** What calls and orders gave; null where none has ever named the customer. */
  fromCalls: Positions | null
  /** What imports gave, the oldest first. */
  contributions: Contribution[]
}

/** Indexes into the content's lists. */
interface Positions {
  emails: number[]
  advertising_ids: number[]
}

/** What one import contributed to a customer. */
interface Contribution extends Positions {
  /** `import-…` */
  import: string
  /** RFC 3339: when the import, or one whose place it took, first said what it says. */
  at: string
  /** Null where the import does not say that the customer has purchased. */
  purchaseDates: PurchaseDates | null
}

/** A customer that an import says has purchased. */
export interface ImportedPurchase extends PurchaseDates {
  import: string
  at: string
}

/** One row of an import. */
export interface ImportRow {
  import: string
  at: string
  identifiers: Identifier[]
  purchaseDates: PurchaseDates | null
  /** Whether it replaces what earlier imports contributed. */
  replaces: boolean
}

type ContributedValues = Values & Omit<Contribution, keyof Positions>
interface ProvenanceValues {
  fromCalls: Values | null
  contributions: ContributedValues[]
}

export function listIdentifiers({
  emails,
  advertising_ids,
}: Pick<CustomerContent, 'emails' | 'advertising_ids'>): Identifier[] {
  return [
    ...emails.map((value): Identifier => ({ kind: 'email_sha256', value })),
    ...advertising_ids.map((value): Identifier => ({ kind: 'advertising_id', value })),
  ]
}

/**
 * The content with what a call or an order says joined to it; the same object if it has it all. A 400
 * where that would be too many.
 */
export function joinIdentifiers(
  content: CustomerContent,
  identifiers: Identifier[],
): CustomerContent {
  const joined = joinDirect(content, identifiers)
  if (joined === content || !hasTooMany(joined)) return joined
  throw invalidField(
    'email_sha256',
    `This customer has ${MAX_CUSTOMER_IDENTIFIERS} identifiers already: they stand for no one person. ` +
      'Replace them by those that are its own.',
  )
}

/** Whether a customer would carry more identifiers than one can have. */
export function hasTooMany({ emails, advertising_ids }: CustomerContent): boolean {
  return emails.length + advertising_ids.length > MAX_CUSTOMER_IDENTIFIERS
}

function joinDirect(content: CustomerContent, identifiers: Identifier[]): CustomerContent {
  if (!content.provenance) {
    const values = joinValues(content, identifiers)
    return values === content ? content : { id: content.id, ...values }
  }
  const known = valuesOf(content)
  const fromCalls = joinValues(known.fromCalls ?? NO_VALUES, identifiers)
  if (fromCalls === known.fromCalls) return content
  return toContent(content, { ...known, fromCalls })
}

/** The content with what a call says in place of all that is there; purchases stay. */
export function replaceIdentifiers(
  content: CustomerContent,
  identifiers: Identifier[],
): CustomerContent {
  const contributions = valuesOf(content).contributions.map((contribution) => ({
    ...contribution,
    ...NO_VALUES,
  }))
  const fromCalls = joinValues(NO_VALUES, identifiers)
  return toContent({ ...content, emails: [], advertising_ids: [] }, { fromCalls, contributions })
}

/** The content of a new customer, of which this row is the only source. */
export function contentOfRow(id: string, row: ImportRow): CustomerContent {
  const emails: string[] = []
  const advertisingIds: string[] = []
  for (const { kind, value } of row.identifiers) {
    if (kind === 'email_sha256') emails.push(value)
    else advertisingIds.push(value)
  }
  const contribution = {
    import: row.import,
    at: row.at,
    emails: [...emails.keys()],
    advertising_ids: [...advertisingIds.keys()],
    purchaseDates: row.purchaseDates,
  }
  return {
    id,
    emails,
    advertising_ids: advertisingIds,
    provenance: { fromCalls: null, contributions: [contribution] },
  }
}

/**
 * Merges a row into the import's contribution; the same object if nothing changes. A row that replaces
 * removes earlier imports' contributions at once where that changes no identifier and no date. Otherwise
 * they stay until the whole file was read: a later row may contribute the same again.
 */
export function mergeImportRow(content: CustomerContent, row: ImportRow): CustomerContent {
  const known = valuesOf(content)
  const others = known.contributions.filter((contribution) => contribution.import !== row.import)
  const mine = known.contributions.find((contribution) => contribution.import === row.import)
  const values = joinValues(mine ?? NO_VALUES, row.identifiers)
  const purchaseDates = joinPurchaseDates(mine?.purchaseDates ?? null, row.purchaseDates)
  const isSame = mine && values === mine && samePurchaseDates(purchaseDates, mine.purchaseDates)
  const { emails, advertising_ids } = values
  const contribution = {
    import: row.import,
    at: mine?.at ?? row.at,
    emails,
    advertising_ids,
    purchaseDates,
  }
  const { fromCalls } = known
  const joined = isSame
    ? content
    : toContent(content, { fromCalls, contributions: [...others, contribution] })
  if (!row.replaces || others.length === 0) return joined
  const replaced = toContent(content, {
    fromCalls,
    contributions: [takeOver(contribution, others)],
  })
  return differs(joined, replaced) ? joined : replaced
}

/** Whether identifiers or imported purchase dates differ. */
export function differs(before: CustomerContent, after: CustomerContent): boolean {
  const isOther = (left: string[], right: string[]): boolean =>
    left.length !== right.length || !new Set(left).isSubsetOf(new Set(right))
  if (isOther(before.emails, after.emails)) return true
  if (isOther(before.advertising_ids, after.advertising_ids)) return true
  return !samePurchaseDates(importedPurchaseDates(before), importedPurchaseDates(after))
}

/** The content without one import, or without all but one, which takes their place; null: no source is left. */
export function removeImports(
  content: CustomerContent,
  removed: { only: string } | { allBut: string },
): CustomerContent | null {
  const known = valuesOf(content)
  const isRemoved = ({ import: id }: ContributedValues): boolean =>
    'only' in removed ? id === removed.only : id !== removed.allBut
  const gone = known.contributions.filter(isRemoved)
  if (gone.length === 0) return content
  const left = known.contributions.filter((contribution) => !isRemoved(contribution))
  if (left.length === 0 && known.fromCalls === null) return null
  const contributions = 'only' in removed ? left : left.map((each) => takeOver(each, gone))
  return toContent(content, { fromCalls: known.fromCalls, contributions })
}

/** The imports that contribute, `import-…`. */
export function importsOf(content: CustomerContent): string[] {
  return content.provenance?.contributions.map((contribution) => contribution.import) ?? []
}

/** The earliest contribution that says that the customer has purchased. */
export function importedPurchaseOf(content: CustomerContent): ImportedPurchase | null {
  let first: Contribution | undefined
  for (const contribution of content.provenance?.contributions ?? []) {
    if (contribution.purchaseDates && (!first || contribution.at < first.at)) first = contribution
  }
  return first?.purchaseDates
    ? { import: first.import, at: first.at, ...first.purchaseDates }
    : null
}

/** The purchase dates of all contributions together. */
export function importedPurchaseDates(content: CustomerContent): PurchaseDates | null {
  const contributions = content.provenance?.contributions ?? []
  return contributions.reduce<PurchaseDates | null>(
    (all, { purchaseDates }) => joinPurchaseDates(all, purchaseDates),
    null,
  )
}

/** The purchase dates that one import contributed. */
export function purchaseDatesBy(content: CustomerContent, importId: string): PurchaseDates | null {
  return (
    content.provenance?.contributions.find((contribution) => contribution.import === importId)
      ?.purchaseDates ?? null
  )
}

/** The sources of a content, with values in place of indexes. */
export function valuesOf({
  emails,
  advertising_ids,
  provenance,
}: CustomerContent): ProvenanceValues {
  if (!provenance) return { fromCalls: { emails, advertising_ids }, contributions: [] }
  const pick = (positions: Positions): Values => ({
    emails: positions.emails.flatMap((place) => emails[place] ?? []),
    advertising_ids: positions.advertising_ids.flatMap((place) => advertising_ids[place] ?? []),
  })
  return {
    fromCalls: provenance.fromCalls && pick(provenance.fromCalls),
    contributions: provenance.contributions.map((contribution) => ({
      ...contribution,
      ...pick(contribution),
    })),
  }
}

/** A content of these sources. Keeps the order of the lists; a value without a source is left out. */
export function toContent(
  before: CustomerContent,
  { fromCalls, contributions }: ProvenanceValues,
): CustomerContent {
  const all = [...(fromCalls ? [fromCalls] : []), ...contributions]
  const listOf = (name: keyof Values): string[] => {
    const values = new Set(all.flatMap((each) => each[name]))
    return [...new Set([...before[name].filter((value) => values.has(value)), ...values])]
  }
  const emails = listOf('emails')
  const advertisingIds = listOf('advertising_ids')
  const content = { id: before.id, emails, advertising_ids: advertisingIds }
  if (contributions.length === 0) return content
  const placesOf = (values: Values): Positions => ({
    emails: values.emails.map((value) => emails.indexOf(value)),
    advertising_ids: values.advertising_ids.map((value) => advertisingIds.indexOf(value)),
  })
  const provenance = {
    fromCalls: fromCalls && placesOf(fromCalls),
    contributions: contributions.map((contribution) => ({
      ...contribution,
      ...placesOf(contribution),
    })),
  }
  return { ...content, provenance }
}
