import { CUSTOMERS, fileOf, hashOf, identifiersOf } from './people.ts'
import { get, SHARED_PROBES } from './shared-probes.ts'
import type { Asking, Probe, Probes } from './shared-probes.ts'

const oneOf = ({ dice }: Asking): number => dice.whole(CUSTOMERS)

/** For one of the publisher's customers: `{}` in the path. */
const forCustomer =
  (method: string, path: string, bodyOf?: (asking: Asking) => unknown): Probe =>
  (asking) => {
    const request = { method, path: path.replace('{}', `c${oneOf(asking)}`) }
    return bodyOf === undefined ? request : { ...request, body: bodyOf(asking) }
  }

const reported = (asking: Asking) => {
  const person = oneOf(asking)
  return { id: `c${person}`, ...identifiersOf(asking.dice, person) }
}
const post = (path: string, bodyOf: (asking: Asking) => unknown): Probe => {
  return (asking) => ({ method: 'POST', path, body: bodyOf(asking) })
}
const page = { url: 'https://shop.example/tea' }

/** What a publisher can ask, of its own customers. */
export const PUBLISHER_PROBES: Probes = {
  ...SHARED_PROBES,
  getCustomer: forCustomer('GET', '/v1/customers/{}'),
  findCustomers: (asking) => ({
    ...{ method: 'POST', path: '/v1/customers/find', isUnordered: true },
    body: { email_sha256: hashOf(oneOf(asking)) },
  }),
  listCustomerSegments: forCustomer('GET', '/v1/customers/{}/segments'),
  listCustomerEvents: forCustomer('GET', '/v1/customers/{}/events'),
  exportCustomer: (asking) => ({
    ...{ method: 'GET', path: `/v1/customers/c${oneOf(asking)}/export`, isUnordered: true },
  }),
  reportCustomer: post('/v1/customers', reported),
  reportCustomers: post('/v1/customers/batch', (asking) => ({
    customers: [reported(asking), { id: 'none of ours' }],
  })),
  replaceCustomer: (asking) => {
    const { id, ...identifiers } = reported(asking)
    return { method: 'PUT', path: `/v1/customers/${id}`, body: identifiers }
  },
  eraseCustomer: forCustomer('DELETE', '/v1/customers/{}'),
  createImport: (asking) => ({
    method: 'POST',
    path: `/v1/imports${asking.dice.chance(0.5) ? '?start=now' : ''}`,
    body: fileOf('c', [oneOf(asking)]),
  }),
  undoImport: ({ seen }) => {
    const id = seen.one('import')
    return id === undefined ? null : { method: 'POST', path: `/v1/imports/${id}/undo`, body: {} }
  },

  listMerchants: get('/v1/merchants'),
  listBrands: get('/v1/brands'),
  getBrand: ({ seen }) => {
    const id = seen.one('org')
    return id === undefined ? null : { method: 'GET', path: `/v1/brands/${id}` }
  },
  askPartnership: ({ seen }) => ({
    method: 'POST',
    path: '/v1/partnerships',
    body: { merchant_id: seen.one('org') ?? 'org-0000000000000000' },
  }),
  listOffers: post('/v1/offers', (asking) => ({
    user_id: `c${oneOf(asking)}`,
    email_sha256s: [hashOf(oneOf(asking))],
  })),
  createLink: post('/v1/links', (asking) => ({
    ...page,
    experience: { btn_pub_user: `c${oneOf(asking)}` },
  })),
  createShortlink: post('/v1/shortlink/create', () => page),
  findLinkMerchant: post('/v1/links/info', () => page),

  reportSegments: get('/v1/reports/segments'),
  reportMoves: get('/v1/reports/moves'),
  reportCommissions: get('/v1/reports/commissions'),
  reportMatch: get('/v1/reports/match'),
  listPublisherVerdictConflicts: get('/v1/affiliation/verdict-conflicts'),
}
