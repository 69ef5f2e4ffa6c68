import { fileOf, identifiersOf, PEOPLE } from './people.ts'
import { createCustomerProbes, forIdOf, forOne, get, post, SHARED_PROBES } from './shared-probes.ts'
import type { Asking, Probes } from './shared-probes.ts'

const ORDERS = 60
const oneOf = ({ dice }: Asking): number => dice.whole(PEOPLE)
const anOrder = ({ dice }: Asking): string => `o${dice.whole(ORDERS)}`

const forOrder = forIdOf(anOrder)
const shopper = (asking: Asking) => {
  const person = oneOf(asking)
  return { id: `shopper${person}`, ...identifiersOf(asking.dice, person) }
}
const rates = ({ dice }: Asking) => [{ percent: String(1 + dice.whole(20)) }]

/** What a merchant can ask, of whomever: nothing that a publisher has told may be in an answer. */
export const MERCHANT_PROBES: Probes = {
  ...SHARED_PROBES,
  ...createCustomerProbes(shopper),
  createImport: (asking) => ({
    method: 'POST',
    path: `/v1/imports?mode=${asking.dice.chance(0.5) ? 'purchasers' : 'accounts'}`,
    body: fileOf('shopper', [oneOf(asking)]),
  }),

  createOrder: post('/v1/order', (asking) => {
    const { dice, seen } = asking
    const token = dice.chance(0.4) ? seen.one('srctok') : undefined
    return {
      ...{ order_id: anOrder(asking), total: 100 * (1 + dice.whole(3)), currency: 'USD' },
      ...(token !== undefined && { btn_ref: token }),
      customer: { ...shopper(asking), ...(dice.chance(0.3) && { is_new: dice.chance(0.5) }) },
    }
  }),
  updateOrder: forOrder('POST', '/v1/order/{}', ({ dice }) => ({ total: dice.whole(1_000) })),
  deleteOrder: forOrder('DELETE', '/v1/order/{}'),
  getOrder: forOrder('GET', '/v1/order/{}'),
  getOrderVerdict: forOrder('GET', '/v1/order/{}/verdict'),
  listOrders: get('/v1/orders?page_size=10'),
  listOrdersByBtnRef: forOne('srctok', 'GET', '/v1/order/btn-ref/{}'),
  listVerdictConflicts: get('/v1/verdict-conflicts'),
  countVerdictConflicts: get('/v1/verdict-conflicts/count'),

  listPublishers: get('/v1/publishers'),
  answerPartnership: forOne('org', 'POST', '/v1/partnerships/{}/answer', () => ({
    status: 'approved',
  })),
  listRateCards: get('/v1/rate-cards'),
  getRateCard: forOne('ratecard', 'GET', '/v1/rate-cards/{}'),
  createRateCard: post('/v1/rate-cards', (asking) => ({
    name: `no. ${asking.count}`,
    rates: rates(asking),
  })),
  updateRateCard: forOne('ratecard', 'POST', '/v1/rate-cards/{}', (asking) => ({
    rates: rates(asking),
  })),
  endRateCard: forOne('ratecard', 'POST', '/v1/rate-cards/{}/end', () => ({})),
  chooseRate: post('/v1/rate-cards/choose', () => ({
    segment: 'new',
    category: [],
    currency: 'USD',
  })),
  simulateRateCard: post('/v1/rate-cards/simulate', (asking) => ({ rates: rates(asking) })),
  listLinkHosts: get('/v1/link-hosts'),
  registerLinkHost: post('/v1/link-hosts', ({ dice }) => ({
    host: `h${dice.whole(5)}.shop.example`,
  })),
  deleteLinkHost: ({ dice }) => ({
    method: 'DELETE',
    path: `/v1/link-hosts/h${dice.whole(5)}.shop.example`,
  }),
  getOwnReadiness: get('/v1/organization/readiness'),
  reportCommissions: get('/v1/reports/commissions'),
}
