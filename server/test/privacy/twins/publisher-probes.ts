import { CUSTOMERS, fileOf, hashOf, identifiersOf } from './people.ts'
import { createCustomerProbes, get, post, SHARED_PROBES } from './shared-probes.ts'
import type { Asking, Probes } from './shared-probes.ts'

const oneOf = ({ dice }: Asking): number => dice.whole(CUSTOMERS)

const reported = (asking: Asking) => {
  const person = oneOf(asking)
  return { id: `c${person}`, ...identifiersOf(asking.dice, person) }
}
const page = { url: 'https://shop.example/tea' }

/** What a publisher can ask, of its own customers. */
export const PUBLISHER_PROBES: Probes = {
  ...SHARED_PROBES,
  ...createCustomerProbes(reported),
  createImport: (asking) => ({
    method: 'POST',
    path: `/v1/imports${asking.dice.chance(0.5) ? '?start=now' : ''}`,
    body: fileOf('c', [oneOf(asking)]),
  }),

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
