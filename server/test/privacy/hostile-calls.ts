import { connect } from 'node:net'
import { createCall } from '../support/network.ts'
import { HEX_MARK, MARK } from './canaries.ts'

const hash = (end: string): string => HEX_MARK + end.padStart(64 - HEX_MARK.length, '0')
const digits = `${HEX_MARK}00000000000`
const device = [8, 12, 16, 20, 32]
  .map((end, index, ends) => digits.slice(ends[index - 1] ?? 0, end))
  .join('-')
const mail = `${MARK}@mail.example`

/** A form of the device id as it is written: the dashes cut its digits apart. */
export const deviceMark = device.slice(0, 23)

type Step = [method: string, path: string, body?: unknown]

/** What a shop and a publisher report in the ordinary way. */
const ordinary: Step[] = [
  ['POST', '/v1/customers', { id: `${MARK}-1`, email_sha256: hash('1'), advertising_id: device }],
  ['PUT', `/v1/customers/${MARK}-1`, { emails_sha256: [hash('1').toUpperCase(), hash('2')] }],
  ['POST', '/v1/customers/batch', { customers: [{ id: `${MARK}-2` }, { id: mail }, { id: 7 }] }],
  ['GET', `/v1/customers/${MARK}-1`],
  ['DELETE', `/v1/customers/${MARK}-2`],
]

const order = {
  order_id: `${MARK}-order`,
  total: 1,
  currency: 'USD',
  btn_ref: `srctok-${MARK}`,
  customer_order_id: `${MARK}-customer-order`,
  customer: { id: `${MARK}-shopper`, email_sha256: hash('1'), device_id: device },
  line_items: [
    {
      identifier: `${MARK}-line`,
      total: 1,
      description: `${MARK} in wool`,
      sku: MARK,
      category: [MARK],
      attributes: { [MARK]: MARK },
    },
  ],
}

const orders: Step[] = [
  ['POST', '/v1/order', order],
  ['POST', '/v1/order', order],
  ['POST', '/v1/order', { ...order, total: 2 }],
  ['POST', `/v1/order/${MARK}-order`, { total: 3, customer_order_id: `${MARK}-else` }],
  ['GET', `/v1/order/${MARK}-order`],
  ['GET', `/v1/order/btn-ref/srctok-${MARK}`],
  [
    'POST',
    '/v1/order',
    { ...order, order_id: `${MARK}-guest`, customer: { email_sha256: hash('3') } },
  ],
  ['DELETE', `/v1/order/${MARK}-guest`],
]

/** What is refused, or not found: a mistake or an attack. */
const refused: Step[] = [
  ...['email_sha256', 'advertising_id', 'id', MARK].map((field): Step => {
    return ['POST', '/v1/customers', { id: 'c', [field]: `${mail} ` }]
  }),
  ['POST', '/v1/customers', { id: 'c', emails_sha256: [mail] }],
  ['POST', '/v1/customers', { id: 'c', email_sha256: `${hash('4')}${MARK}` }],
  ['POST', '/v1/customers', { id: `${MARK}\u0000`, email_sha256: '\ud800' }],
  ['GET', `/v1/customers/${mail}-absent`],
  ['DELETE', `/v1/customers/${MARK}-absent`],
  ...Object.keys(order).map((field): Step => {
    return ['POST', '/v1/order', { ...order, order_id: 'o', [field]: `${mail} \u0001` }]
  }),
  ['GET', `/v1/order/${MARK}-absent`],
  ['POST', `/v1/order/btnorder-${MARK}`, {}],
  ['GET', `/v1/merchants?status=${MARK}&cursor=${MARK}`],
  ['GET', `/v1/webhooks/${MARK}/deliveries?customer_id=${MARK}`],
  ['POST', '/v1/webhooks', { url: `ftp://${MARK}.example/`, event_types: [MARK] }],
  ['GET', `/${MARK}/%zz?${MARK}=${MARK}`],
]

/** Makes every call; none may end in a 5xx. Returns the statuses in which they ended. */
export async function callWithCanaries(
  url: string,
  keys: { publisher: string; shop: string },
): Promise<number[]> {
  const [publisher, shop] = [createCall(url, keys.publisher), createCall(url, keys.shop)]
  const statuses: number[] = []
  const make = async (call: typeof shop, steps: Step[]): Promise<void> => {
    for (const step of steps) statuses.push((await call(...step)).status)
  }
  await make(publisher, ordinary)
  await make(shop, [...orders, ...ordinary, ...refused])
  await make(publisher, refused)
  await make(createCall(url, `sk-${MARK}`), [['GET', '/v1/merchants']])
  await makeRaw(url)
  return statuses
}

/** What is no JSON, and what is no HTTP. */
async function makeRaw(url: string): Promise<void> {
  const headers = { 'content-type': 'application/json', 'x-button-api-version': MARK }
  await fetch(`${url}/v1/customers`, { method: 'POST', headers, body: `{"id":"${MARK}` })
  const { hostname, port } = new URL(url)
  for (const text of [`${MARK}\r\n\r\n`, `GET /${MARK} HTTP/9\r\nX: ${MARK}\r\n\r\n`]) {
    await new Promise((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.end(text))
      socket.on('error', () => undefined)
      socket.on('close', resolve)
      socket.resume()
    })
  }
}
