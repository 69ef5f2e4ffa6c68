import { cursorOf } from '@newcomer/client/browser'
import type {
  ApiKey,
  AuditLogEntry,
  AuditLogFilters,
  Invitation,
  InvitationFields,
  KeyFields,
  NewApiKey,
  NewInvitation,
  Organization,
  OrganizationFields,
  Readiness,
} from '@newcomer/client/browser'
import type { Permission } from './account.ts'
import { callAsPerson, fetchAnswer } from './person-call.ts'

/** The calls of `/operator/v1`, as a person who is an operator. They throw NewcomerError. */

export type Role = Organization['role']

/** A page of organizations; undefined where there is no other. */
export interface OrganizationPage {
  organizations: Organization[]
  next: string | undefined
  previous: string | undefined
}

/** Absent members stay as they are. */
export type OrganizationSettings = Partial<Omit<Organization, 'id' | 'role' | 'created_date'>>

export const PARTNERSHIP_STATUSES = ['available', 'pending', 'approved'] as const
export type PartnershipStatus = (typeof PARTNERSHIP_STATUSES)[number]

export interface Partnership {
  publisher: string
  merchant: string
  status: PartnershipStatus
  attribution_days: number
  modified_date: string
}

/** Somebody who can sign in. */
export interface Person {
  id: string
  name: string
  email: string
  is_operator: boolean
  memberships: { organization: string; permissions: Permission[] }[]
  created_date: string
}

interface RowCount {
  count: number
  /** Else about so many. */
  is_exact: boolean
}

/** Whether all is well. */
export interface Overview {
  version: string
  mode: 'development' | 'production'
  sends_mail: boolean
  migrations: { applied: number; last: string | null }
  database: { kind: 'pglite' | 'postgres'; size_bytes: number }
  counts: {
    publishers: number
    merchants: number
    people: number
    webhooks: { enabled: number; paused: number }
    customers: RowCount
    orders: RowCount
    transactions: RowCount
  }
  backlogs: {
    webhook: string
    organization: string
    origin: string
    state: 'enabled' | 'paused'
    lanes: number
    oldest_seconds: number
  }[]
  imports: {
    id: string
    organization: string
    state: string
    total_rows: number
    rows: number
    created_date: string
  }[]
  calls: { since_date: string; answered: number; failed: number }
  deliveries: {
    attempts: number
    acknowledged: number
    refused: number
    failed: number
    expired: number
  }
  last_verification: Omit<Verification, 'begun_by' | 'checks'> | null
}

/** A check of all invariants on the live database. */
export interface Verification {
  id: string
  state: 'running' | 'finished' | 'interrupted'
  begun_by: string
  started_date: string
  ended_date: string | null
  drift: number
  checks: {
    name: string
    state: 'done' | 'running' | 'waiting' | 'left-out'
    checked: number | null
    drift: number | null
    samples: string[]
    took_ms: number | null
  }[]
}

const OPERATOR = '/operator/v1'
const MOST = 500

const get = <T>(path: string): Promise<T> => callAsPerson('GET', OPERATOR + path)
const post = <T>(path: string, body?: object): Promise<T> =>
  callAsPerson('POST', OPERATOR + path, body)
const patch = <T>(path: string, body: object): Promise<T> =>
  callAsPerson('PATCH', OPERATOR + path, body)
const remove = async (path: string): Promise<void> => {
  await callAsPerson('DELETE', OPERATOR + path)
}

/** Of a collection, one thing or what is below it; ids of others' making are no paths. */
const at = (collection: string, id: string, below = ''): string =>
  `/${collection}/${encodeURIComponent(id)}${below}`

const searchOf = (query: Record<string, string | undefined>): string => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const search = new URLSearchParams(given as [string, string][]).toString()
  return search === '' ? '' : `?${search}`
}

async function listPage(cursor?: string): Promise<OrganizationPage> {
  const path = `${OPERATOR}/organizations${searchOf({ page_size: '50', cursor })}`
  const { objects = [], meta } = await fetchAnswer<Organization[]>('GET', path)
  const placeOf = (page: string | null | undefined) => (page ? cursorOf(page) : undefined)
  return { organizations: objects, next: placeOf(meta?.next), previous: placeOf(meta?.previous) }
}

/** All pages of a list. */
async function listAll<T>(path: string): Promise<T[]> {
  const all: T[] = []
  let cursor: string | undefined
  do {
    const search = searchOf({ page_size: String(MOST), cursor })
    const { objects = [], meta } = await fetchAnswer<T[]>('GET', OPERATOR + path + search)
    all.push(...objects)
    cursor = meta?.next ? cursorOf(meta.next) : undefined
  } while (cursor !== undefined)
  return all
}

const organizations = {
  list: listPage,
  listAll: () => listAll<Organization>('/organizations'),
  get: (id: string) => get<Organization>(at('organizations', id)),
  /** Of a merchant. */
  readiness: (id: string) => get<Readiness>(at('organizations', id, '/readiness')),
  look: (id: string, reason: string) =>
    post<{ id: string }>(at('organizations', id, '/look'), { reason }),
  endLook: (id: string) => remove(at('organizations', id, '/look')),
  create: (fields: { name: string; role: Role }) => post<Organization>('/organizations', fields),
  change: (id: string, fields: OrganizationSettings | OrganizationFields) =>
    patch<Organization>(at('organizations', id), fields),
}

const keys = {
  list: (organization: string) => get<ApiKey[]>(at('organizations', organization, '/keys')),
  create: (organization: string, fields: KeyFields) =>
    post<NewApiKey>(at('organizations', organization, '/keys'), fields),
  revoke: (organization: string, id: string) =>
    remove(at('organizations', organization, at('keys', id))),
}

const people = {
  /** Everybody, or the members of one organization. */
  list: (organization?: string) => get<Person[]>(`/people${searchOf({ organization })}`),
  change: (id: string, fields: { is_operator: boolean }) => patch<Person>(at('people', id), fields),
  erase: (id: string) => remove(at('people', id)),
  endSessions: (id: string) => remove(at('people', id, '/sessions')),
  clearFactors: (id: string) => remove(at('people', id, '/factors')),
  createResetLink: (id: string) => post<{ link: string }>(at('people', id, '/reset-link')),
}

const invitations = {
  /** To an organization; without one, to be an operator. */
  list: (organization?: string) => get<Invitation[]>(`/invitations${searchOf({ organization })}`),
  create: (fields: InvitationFields & { organization?: string }) =>
    post<NewInvitation>('/invitations', fields),
  remove: (id: string) => remove(at('invitations', id)),
}

const partnerships = {
  listAll: () => listAll<Partnership>('/partnerships'),
  set: (
    { publisher, merchant }: Pick<Partnership, 'publisher' | 'merchant'>,
    fields: { status: PartnershipStatus; attribution_days?: number },
  ) =>
    callAsPerson<Partnership>(
      'PUT',
      OPERATOR + at('partnerships', publisher, `/${encodeURIComponent(merchant)}`),
      fields,
    ),
}

/** The newest first, of all journals unless one is named. */
async function listAuditLog(
  search: AuditLogFilters & { organization?: string | undefined; cursor?: string | undefined },
): Promise<{ objects: AuditLogEntry[]; next: string | null; previous: string | null }> {
  const path = `${OPERATOR}/audit-log${searchOf({ ...search, page_size: '50' })}`
  const { objects = [], meta } = await fetchAnswer<AuditLogEntry[]>('GET', path)
  return { objects, next: meta?.next ?? null, previous: meta?.previous ?? null }
}

const verifications = {
  /** The last one first. */
  async list(cursor?: string) {
    const path = `${OPERATOR}/verifications${searchOf({ page_size: '20', cursor })}`
    const { objects = [], meta } = await fetchAnswer<Verification[]>('GET', path)
    return { objects, next: meta?.next ?? null, previous: meta?.previous ?? null }
  },
  begin: () => post<Verification>('/verifications', {}),
}

/** What the mail server answered to a mail to oneself. */
export interface MailTest {
  is_taken: boolean
  status: number | null
  error: string | null
}

const testMail = () => post<MailTest>('/mail-test', {})

const overview = () => get<Overview>('/overview')

export const operator = {
  overview,
  testMail,
  verifications,
  listAuditLog,
  organizations,
  keys,
  people,
  invitations,
  partnerships,
}
