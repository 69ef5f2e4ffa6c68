import type { Dice } from '../../crash/dice.ts'
import type { Seen } from './seen.ts'
import type { Request } from './twins.ts'

/** What a call is made of. */
export interface Asking {
  dice: Dice
  seen: Seen
  /** A number that no other call has. */
  count: number
}

/**
 * A call of an operation, in which one customer at most changes: events of one moment have the order of random ids.
 * Null where there is nothing yet to call it for.
 */
export type Probe = (asking: Asking) => Request | null

/** Calls, by the operation. */
export type Probes = Readonly<Record<string, Probe>>

export const get =
  (path: string): Probe =>
  () => ({ method: 'GET', path })

export const post =
  (path: string, bodyOf: (asking: Asking) => unknown): Probe =>
  (asking) => ({ method: 'POST', path, body: bodyOf(asking) })

/** Makes calls for one of the caller's own ids: `{}` in the path. */
export const forIdOf =
  (idOf: (asking: Asking) => string) =>
  (method: string, path: string, bodyOf?: (asking: Asking) => unknown): Probe =>
  (asking) => {
    const request = { method, path: path.replace('{}', idOf(asking)) }
    return bodyOf === undefined ? request : { ...request, body: bodyOf(asking) }
  }

/** What is called for customers; `reported` makes one as it is reported, `{}` in paths is its id. */
export function createCustomerProbes(
  reported: (asking: Asking) => { id: string; emails_sha256: string[] },
): Probes {
  const forCustomer = forIdOf((asking) => reported(asking).id)
  return {
    getCustomer: forCustomer('GET', '/v1/customers/{}'),
    findCustomers: (asking) => {
      const [email_sha256] = reported(asking).emails_sha256
      const body = { email_sha256 }
      return { method: 'POST', path: '/v1/customers/find', body, isUnordered: true }
    },
    listCustomerSegments: forCustomer('GET', '/v1/customers/{}/segments'),
    listCustomerEvents: forCustomer('GET', '/v1/customers/{}/events'),
    exportCustomer: (asking) => {
      const path = `/v1/customers/${reported(asking).id}/export`
      return { method: 'GET', path, isUnordered: true }
    },
    reportCustomer: post('/v1/customers', reported),
    reportCustomers: post('/v1/customers/batch', (asking) => ({
      customers: [reported(asking), { id: 'none of ours' }],
    })),
    replaceCustomer: (asking) => {
      const { id, ...identifiers } = reported(asking)
      return { method: 'PUT', path: `/v1/customers/${id}`, body: identifiers }
    },
    eraseCustomer: forCustomer('DELETE', '/v1/customers/{}'),
  }
}

/** For one of the ids with the prefix that were seen: `{}` in the path. */
export const forOne =
  (prefix: string, method: string, path: string, bodyOf?: (asking: Asking) => unknown): Probe =>
  (asking) => {
    const id = asking.seen.one(prefix)
    if (id === undefined) return null
    const request = { method, path: path.replace('{}', id) }
    return bodyOf === undefined ? request : { ...request, body: bodyOf(asking) }
  }

const forDelivery =
  (method: string, rest = ''): Probe =>
  ({ seen }) => {
    const [endpoint, event] = [seen.one('endpoint'), seen.one('hook')]
    if (endpoint === undefined || event === undefined) return null
    return { method, path: `/v1/webhooks/${endpoint}/deliveries/${event}${rest}` }
  }

const ALWAYS = { start_date: '2026-03-01T00:00:00Z', end_date: '2027-03-01T00:00:00Z' }

/** What publishers and merchants call alike. A webhook is never resumed: what is sent to it waits, and can be read. */
export const SHARED_PROBES: Probes = {
  checkHash: () => ({
    method: 'POST',
    path: '/v1/hash-check',
    body: { email: 'test@example.com', hash: 'ab'.repeat(32) },
  }),
  listImports: get('/v1/imports?page_size=5'),
  getImport: forOne('import', 'GET', '/v1/imports/{}'),
  startImport: forOne('import', 'POST', '/v1/imports/{}/start', () => ({})),
  undoImport: forOne('import', 'POST', '/v1/imports/{}/undo', () => ({})),
  cancelImport: forOne('import', 'POST', '/v1/imports/{}/cancel', () => ({})),
  getImportRejects: forOne('import', 'GET', '/v1/imports/{}/rejects.csv'),

  // One type at a time, since an order tells of two things at one moment.
  listEvents: ({ dice }) => {
    const type = ['segment-change', 'tx-pending', 'tx-declined'][dice.whole(3)]
    return { method: 'GET', path: `/v1/events?event_type=${type}&wait_seconds=0` }
  },
  listWebhooks: get('/v1/webhooks'),
  getWebhook: forOne('endpoint', 'GET', '/v1/webhooks/{}'),
  getWebhookStats: forOne('endpoint', 'GET', '/v1/webhooks/{}/stats'),
  getWebhookSeries: forOne('endpoint', 'GET', '/v1/webhooks/{}/series'),
  updateWebhook: forOne('endpoint', 'POST', '/v1/webhooks/{}', ({ count }) => ({
    description: `no. ${count}`,
  })),
  pauseWebhook: forOne('endpoint', 'POST', '/v1/webhooks/{}/pause', () => ({})),
  pingWebhook: forOne('endpoint', 'POST', '/v1/webhooks/{}/ping', () => ({})),
  rotateWebhookSecret: forOne('endpoint', 'POST', '/v1/webhooks/{}/rotate-secret', () => ({})),
  listDeliveries: forOne('endpoint', 'GET', '/v1/webhooks/{}/deliveries?page_size=20'),
  getDelivery: forDelivery('GET'),
  resendEvent: forDelivery('POST', '/resend'),
  replayEvents: forOne('endpoint', 'POST', '/v1/webhooks/{}/replays', () => ALWAYS),
  listReplays: forOne('endpoint', 'GET', '/v1/webhooks/{}/replays?page_size=5'),
  getReplay: ({ seen }) => ofReplay(seen, 'GET', ''),
  cancelReplay: ({ seen }) => ofReplay(seen, 'POST', '/cancel'),

  listAccounts: get('/v1/affiliation/accounts'),
  listTransactions: get('/v1/affiliation/transactions?page_size=10'),
  listAccountTransactions: forOne(
    'acc',
    'GET',
    '/v1/affiliation/accounts/{}/transactions?page_size=10',
  ),
  sumTransactions: get('/v1/affiliation/transactions/sums'),
  getTransaction: forOne('tx', 'GET', '/v1/affiliation/transactions/{}'),
  listLedger: forOne('tx', 'GET', '/v1/affiliation/transactions/{}/ledger'),
  getTransactionVerdict: forOne('tx', 'GET', '/v1/affiliation/transactions/{}/verdict'),

  getOwnOrganization: get('/v1/organization'),
  changeOwnOrganization: ({ count }) => ({
    method: 'PATCH',
    path: '/v1/organization',
    body: { description: `no. ${count}` },
  }),
  listLooks: get('/v1/organization/looks'),
  listOwnKeys: get('/v1/keys'),
  listAuditLog: get('/v1/audit-log?page_size=10'),
  exportAuditLog: get('/v1/audit-log.csv'),
  listMembers: get('/v1/members'),
  listInvitations: get('/v1/invitations'),
}

function ofReplay(seen: Seen, method: string, rest: string): Request | null {
  const [endpoint, replay] = [seen.one('endpoint'), seen.one('replay')]
  if (endpoint === undefined || replay === undefined) return null
  return { method, path: `/v1/webhooks/${endpoint}/replays/${replay}${rest}` }
}

/** Operations that no trace calls, with the reason. */
export const NOT_TRACED: Readonly<Record<string, string>> = {
  watchImport: 'a stream tells what getImport answers, as often as the machine has time',
  sendImportFile: 'createImport sends the same in one call',
  deleteWebhook: 'the webhook is what the traces look at',
  resumeWebhook: 'what is sent is what getDelivery shows; when it is, depends on the machine',
  checkReceiver: 'asks the caller’s own receiver, and no data',
  createWebhook: 'called once, before the traces',
  createOwnKey: 'writes the caller’s own row, and reads no other',
  rotateOwnKey: 'writes the caller’s own row, and reads no other',
  revokeOwnKey: 'writes the caller’s own row, and reads no other',
  changeMember: 'reads the caller’s own members',
  removeMember: 'reads the caller’s own members',
  createInvitation: 'writes a row about the caller’s own organization',
  deleteInvitation: 'writes a row about the caller’s own organization',
  exportSegmentReport: 'the same as reportSegments, as a file',
  exportMoveReport: 'the same as reportMoves, as a file',
  exportCommissionReport: 'the same as reportCommissions, as a file',
  exportMatchReport: 'the same as reportMatch, as a file',
}
