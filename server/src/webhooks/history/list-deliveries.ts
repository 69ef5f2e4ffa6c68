import type { Db } from '../../kernel/database/database.ts'
import { normalizeDateField } from '../../kernel/date-field.ts'
import { idPattern } from '../../kernel/id.ts'
import { keyOfId, ownedKey } from '../../kernel/key.ts'
import { DEFAULT_PAGE_SIZE, toPage, parsePosition } from '../../kernel/database/page.ts'
import type { Page } from '../../kernel/database/page.ts'
import { invalidField } from '../../kernel/problem.ts'
import type { Vault } from '../../kernel/vault.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import type { Organization } from '../../organizations/organization.ts'
import { decryptAnswer } from '../attempts/answer-blob.ts'
import { listAttempts } from '../attempts/attempt-store.ts'
import type { AttemptRow } from '../attempts/attempt-store.ts'
import { findRareSubjects, findDeliveryScanEnd, listDeliveries } from './delivery-store.ts'
import type { DeliveryQuery, DeliveryRow, DeliveryState } from './delivery-store.ts'
import { kindOf } from '../attempts/subject.ts'
import type { Subjects } from '../attempts/subject.ts'

export interface Delivery extends DeliveryRow {
  /** Null for an event that is not about a customer, or whose customer is erased. */
  customerId: string | null
  /** Oldest first, each with the beginning of the receiver's answer. */
  attempts: (AttemptRow & { answer: string | null })[]
}

export interface DeliveryFilters {
  state?: DeliveryState | undefined
  customer_id?: string | undefined
  transaction_id?: string | undefined
  event_type?: string | undefined
  event_id?: string | undefined
  start_date?: string | undefined
  end_date?: string | undefined
}

export interface DeliveryListParts {
  db: Db
  vault: Vault
  subjects: Subjects
  organization: Organization
  endpoint: Endpoint
}

const EVENT_ID = idPattern('hook')

/**
 * One page of the deliveries to an endpoint, newest first. A page may be shorter than requested, and even
 * empty, although another follows: its `next` says so.
 */
export async function pageDeliveries(
  parts: DeliveryListParts,
  filters: DeliveryFilters,
  {
    cursor,
    pageSize = DEFAULT_PAGE_SIZE,
  }: { cursor: string | undefined; pageSize?: number | undefined },
): Promise<Page<Delivery>> {
  const { db, organization, endpoint } = parts
  const bound = { ...filters, endpoint: endpoint.id }
  const { isBackward, from } = parsePosition(cursor, bound, EVENT_ID)
  const subject = subjectOf(parts, filters)
  const filtered = { endpoint: endpoint.number, state: filters.state }
  const query: DeliveryQuery = {
    ...filtered,
    organization: organization.number,
    type: filters.event_type,
    subjects: subject === undefined ? await findRareSubjects(db, filtered) : [subject],
    event: filters.event_id,
    start: normalizeDateField(filters.start_date, 'start_date'),
    end: normalizeDateField(filters.end_date, 'end_date'),
    from,
    isBackward,
    limit: pageSize + 1,
  }
  const found = await listDeliveries(db, query)
  const scanEnd = found.length > pageSize ? undefined : await findDeliveryScanEnd(db, query)
  const positionOf = (row: DeliveryRow) => row
  const page = toPage(found, { pageSize, isBackward, from, positionOf, scanEnd, filters: bound })
  return { ...page, objects: await complete(parts, page.objects) }
}

/** The key of the organization's customer or transaction that the filters name. */
function subjectOf(
  { vault, organization }: DeliveryListParts,
  { customer_id: customerId, transaction_id: transactionId }: DeliveryFilters,
): string | undefined {
  if (customerId !== undefined && transactionId !== undefined) {
    const message = 'No event is about a customer and a transaction: leave out one of the two'
    throw invalidField('transaction_id', message)
  }
  if (transactionId !== undefined) return keyOfId(organization.number, transactionId)
  if (customerId === undefined) return undefined
  return ownedKey(organization.number, vault.seal('customer', organization.id, customerId))
}

async function complete(
  { db, vault, endpoint, subjects }: DeliveryListParts,
  rows: DeliveryRow[],
): Promise<Delivery[]> {
  const attempts = Map.groupBy(await listAttempts(db, endpoint.number, rows), keyOf)
  const keys = rows.filter((row) => kindOf(row.type) === 'customer').map((row) => row.subject)
  const customers = await subjects.listCustomerIds(db, [...new Set(keys)])
  return rows.map((row) => ({
    ...row,
    customerId: customers.get(row.subject) ?? null,
    attempts: (attempts.get(keyOf(row)) ?? []).map((attempt) => {
      return { ...attempt, answer: decryptAnswer(vault, attempt) }
    }),
  }))
}

function keyOf({ subject, sequence }: { subject: string; sequence: number }): string {
  return `${subject} ${sequence}`
}
