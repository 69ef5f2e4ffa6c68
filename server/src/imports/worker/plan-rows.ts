import { contentOfRow, differs, mergeImportRow, hasTooMany } from '../../customers/provenance.ts'
import type { CustomerContent, ImportRow } from '../../customers/provenance.ts'
import type { Identifier } from '../../customers/identifier.ts'
import type { Kind, ImportMode, Row } from '../csv/row.ts'

/** A row whose customer and identifiers are sealed. */
export interface SealedRow {
  row: Row
  /** The customer's key. */
  key: string
  identities: string[]
}

export interface PlanContext {
  /** `import-…` */
  import: string
  kind: Kind | null
  mode: ImportMode
  /** RFC 3339: when the rows are taken to be said. */
  at: string
}

export type RowStatus = 'created' | 'updated' | 'unchanged' | 'rejected'

/** A customer as the rows leave it. */
export interface CustomerPlan {
  content: CustomerContent
  /** Whether anybody could tell it from what it was; else only whose word it rests on is new. */
  isVisible: boolean
}

export interface RowsPlan {
  /** By key: the customers that are to be written. */
  customers: Map<string, CustomerPlan>
  /** One a row, in their order. */
  statuses: RowStatus[]
}

/**
 * Folds the rows, in their order, into the customers they are of: what an import says is joined to what
 * is known, and kept apart as that import's word. A row that adds too many identifiers is rejected.
 */
export function planRows(
  rows: SealedRow[],
  contentOf: (key: string) => CustomerContent | undefined,
  context: PlanContext,
): RowsPlan {
  const customers = new Map<string, CustomerPlan>()
  const known = new Map<string, CustomerContent>()
  const statuses = rows.map(({ row, key }): RowStatus => {
    const before = customers.get(key)?.content ?? known.get(key) ?? contentOf(key)
    const given = givenBy(row, context)
    if (!before) {
      const content = contentOfRow(row.id, given)
      customers.set(key, { content, isVisible: true })
      return 'created'
    }
    known.set(key, before)
    const content = mergeImportRow(before, given)
    if (content === before) return 'unchanged'
    if (hasTooMany(content)) return 'rejected'
    const isVisible = differs(before, content)
    const plan = customers.get(key)
    customers.set(key, {
      content,
      isVisible: isVisible || (plan?.isVisible ?? false),
    })
    return isVisible ? 'updated' : 'unchanged'
  })
  return { customers, statuses }
}

function givenBy(row: Row, { import: id, at, kind, mode }: PlanContext): ImportRow {
  return {
    import: id,
    at,
    identifiers: identifiersOfRow(row),
    purchaseDates:
      kind === 'purchasers'
        ? { first: row.first_purchase_date, last: row.last_purchase_date }
        : null,
    replaces: mode === 'replace',
  }
}

export function identifiersOfRow({ emails, advertising_ids }: Row): Identifier[] {
  return [
    ...emails.map((value): Identifier => ({ kind: 'email_sha256', value })),
    ...advertising_ids.map((value): Identifier => ({ kind: 'advertising_id', value })),
  ]
}
