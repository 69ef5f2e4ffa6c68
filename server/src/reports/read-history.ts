import { customerKey } from '../customers/customer.ts'
import { listCustomers } from '../customers/customer-store.ts'
import type { NewEvent } from '../events/event.ts'
import { listSubjectEvents } from '../events/event-store.ts'
import { DEFAULT_PAGE_SIZE, parseCursor, writeCursor } from '../kernel/database/page.ts'
import type { Page } from '../kernel/database/page.ts'
import type { Db } from '../kernel/database/database.ts'
import { invalidField, notFound } from '../kernel/problem.ts'
import { retry } from '../kernel/database/transaction.ts'
import type { Organization } from '../organizations/organization.ts'
import { findStandings } from '../segments/find-standings.ts'
import { listLatestMemberships } from '../segments/membership-store.ts'
import type { Membership } from '../segments/membership-store.ts'
import type { Standing } from '../customers/standing.ts'
import type { ReportParts } from './report-parts.ts'

/** Where a customer stands, and its latest stay at each merchant, by the merchant's number. */
export interface CustomerHistory {
  standing: Standing
  stays: Map<number, Membership>
}

/** Reads the history of the organization's customer; a 404 for an absent one and for another's. */
export function readHistory(
  parts: ReportParts,
  organization: Organization,
  id: string,
): Promise<CustomerHistory> {
  const { db } = parts.database
  return retry(async () => {
    const { key, purchased } = await getKnown(parts, db, organization, id)
    const standings = await findStandings(parts, db, [{ key, purchased }])
    const standing = standings.get(key) ?? { active: new Set<number>(), isShared: false }
    const stays = await listLatestMemberships(db, key)
    return { standing, stays: new Map(stays.map((stay) => [stay.merchant, stay])) }
  })
}

/** One page of what the organization was told of its customer, the newest first; for as long as events are kept. */
export function pageCustomerEvents(
  parts: ReportParts,
  organization: Organization,
  { id, cursor, pageSize = DEFAULT_PAGE_SIZE }: EventsQuestion,
): Promise<Page<NewEvent>> {
  const { db } = parts.database
  const bound = { customer: id, organization: organization.number }
  const [before] = parseCursor(cursor, bound, 1) ?? []
  if (before !== undefined && !Number.isInteger(before)) {
    throw invalidField('cursor', 'cursor is not one that this API gave out')
  }
  return retry(async () => {
    const { key } = await getKnown(parts, db, organization, id)
    const options = { before: before === undefined ? undefined : Number(before) }
    const found = await listSubjectEvents(db, key, { ...options, limit: pageSize + 1 })
    const objects = found.slice(0, pageSize)
    const last = found.length > pageSize ? objects.at(-1) : undefined
    return { objects, next: last ? writeCursor([last.sequence], bound) : null, previous: null }
  })
}

export interface EventsQuestion {
  /** The organization's own. */
  id: string
  cursor: string | undefined
  pageSize: number | undefined
}

async function getKnown(
  { vault }: ReportParts,
  db: Db,
  organization: Organization,
  id: string,
): Promise<{ key: string; purchased: boolean }> {
  const key = customerKey(vault, organization, id)
  const [row] = await listCustomers(db, [key])
  if (!row || row.erased_at !== null) throw notFound(id)
  return { key, purchased: row.purchased_at !== null }
}
