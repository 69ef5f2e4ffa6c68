import { beforeAll, describe, expect, test } from 'vitest'
import { hashEmail } from '../../../client/src/index.ts'
import { databases } from '../support/databases.ts'
import { must, useNetwork } from '../support/network.ts'
import { chunked, head, sendRaw } from './raw-request.ts'
import type { RawAnswer } from './raw-request.ts'

/** What the client of each language puts on every request, with a body and without one. */
const languages = {
  'Python, urllib': {
    'Accept-Encoding': 'identity',
    'User-Agent': 'pybutton/3.0.0 python/3.12.0',
    'Content-Type': 'application/json',
    Connection: 'close',
  },
  'Ruby, Net::HTTP': {
    'Accept-Encoding': 'gzip;q=1.0,deflate;q=0.6,identity;q=0.3',
    Accept: '*/*',
    'User-Agent': 'button-client-ruby/3.0.0 ruby/3.3.0',
    'Content-Type': 'application/json',
    Connection: 'close',
  },
}

describe.each(databases)('raw requests on $name', ({ create }) => {
  const network = useNetwork(create, { publishers: 1, merchants: 1 })
  let merchantKey: string
  let publisherKey: string

  beforeAll(() => {
    merchantKey = network.merchants[0]!.key
    publisherKey = network.publishers[0]!.key
  })

  const basicOf = (key: string) => `Basic ${btoa(`${key}:`)}`

  async function ask(
    key: string,
    line: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<RawAnswer> {
    const all = {
      Host: new URL(network.url).host,
      Authorization: basicOf(key),
      ...headers,
      ...(body !== undefined && { 'Content-Length': String(Buffer.byteLength(body)) }),
    }
    return sendRaw(network.url, [head(line, all), ...(body === undefined ? [] : [body])])
  }

  describe.each(Object.entries(languages))('in the manner of %s', (language, headers) => {
    const orderId = `order of ${language.slice(0, 4)}`
    const path = `/v1/order/${encodeURIComponent(orderId)}`

    test('an order is reported, read, updated and deleted', async () => {
      const body = JSON.stringify({ order_id: orderId, total: 50, currency: 'usd', btn_ref: 'r' })
      const created = await ask(merchantKey, 'POST /v1/order', headers, body)
      expect(created.status).toBe(200)
      expect(created.headers['content-type']).toMatch(/^application\/json/)
      expect(created.headers['content-length'], 'not compressed, of known length').toBeDefined()
      const order = created.body.object
      expect(order).toMatchObject({ order_id: orderId, currency: 'USD', status: 'open' })
      const read = await ask(merchantKey, `GET ${path}`, headers)
      expect(read.body).toEqual({ meta: { status: 'ok' }, object: order })
      const byRef = await ask(merchantKey, 'GET /v1/order/btn-ref/r', headers)
      expect(byRef.body.objects).toContainEqual(order)
      expect(byRef.body.meta).toEqual({ status: 'ok', next: null, previous: null, prev: null })
      const updated = await ask(merchantKey, `POST ${path}`, headers, '{"total": 60}')
      expect(updated.body.object.total).toBe(60)
      const deleted = await ask(merchantKey, `DELETE ${path}`, headers)
      expect(deleted.status).toBe(200)
      expect(deleted.body, 'never empty').toEqual({ meta: { status: 'ok' }, object: null })
    })

    test('a customer is reported and read; merchants are listed', async () => {
      const id = `customer-${language.slice(0, 4)}`
      const body = JSON.stringify({ id, email_sha256: hashEmail('user@example.com') })
      const created = await ask(publisherKey, 'POST /v1/customers', headers, body)
      expect(created.status).toBe(200)
      const read = await ask(publisherKey, `GET /v1/customers/${id}`, headers)
      expect(read.body).toEqual(created.body)
      const merchants = await ask(publisherKey, 'GET /v1/merchants?status=approved', headers)
      expect(merchants.body.objects).toHaveLength(1)
    })

    test('an error has a code and a message', async () => {
      const unknown = await ask(merchantKey, 'GET /v1/order/unknown', headers)
      expect(unknown.status).toBe(404)
      expect(unknown.body.meta).toEqual({ status: 'error' })
      expect(unknown.body.error.message).toBe('Could not find unknown')
      const nowhere = await ask(merchantKey, 'GET /v1/nowhere', headers)
      expect(nowhere.status).toBe(404)
      expect(nowhere.body.meta).toEqual({ status: 'error' })
    })
  })

  const close = { Connection: 'close' }
  const json = { ...close, 'Content-Type': 'application/json' }

  async function sendChunked(line: string, ...texts: string[]): Promise<RawAnswer> {
    const headers = {
      Host: new URL(network.url).host,
      Authorization: basicOf(merchantKey),
      ...json,
      'Transfer-Encoding': 'chunked',
    }
    return sendRaw(network.url, [head(line, headers), ...chunked(...texts)])
  }

  test('a body may come in chunks, without a length', async () => {
    const { status, body } = await sendChunked(
      'POST /v1/order',
      '{"order_id":"chunks-',
      '1","total":1,"customer_order_id":"5 €",',
      '"currency":"USD"}',
    )
    expect(status).toBe(200)
    expect(body.object).toMatchObject({ order_id: 'chunks-1', customer_order_id: '5 €' })
  })

  test('an empty body in chunks is none', async () => {
    const { status, body } = await sendChunked('GET /v1/order/chunks-1')
    expect(status).toBe(200)
    expect(body.object.order_id).toBe('chunks-1')
    expect((await sendChunked('POST /v1/order/chunks-1')).status).toBe(200)
  })

  test.each(['/v1/order/chunks-1/', '/v1/order/chunks-1'])('%s is the same path', async (path) => {
    const { body } = await ask(merchantKey, `GET ${path}`, close)
    expect(body.object.order_id).toBe('chunks-1')
  })

  test('a slash at the end of a collection is none', async () => {
    const order = '{"order_id":"slash","total":1,"currency":"USD"}'
    expect((await ask(merchantKey, 'POST /v1/order/', json, order)).status).toBe(200)
    const customer = await ask(publisherKey, 'POST /v1/customers/', json, '{"id":"slash"}')
    expect(customer.status).toBe(200)
    expect((await ask(publisherKey, 'GET /v1/merchants/', close)).status).toBe(200)
  })

  test.each([
    ['no body and no type', close],
    ['no body and a type', json],
    ['no body and a length of 0', { ...json, 'Content-Length': '0' }],
  ])('where every field is optional, %s will do', async (_title, headers) => {
    const { status, body } = await ask(merchantKey, 'POST /v1/order/chunks-1', headers)
    expect(status).toBe(200)
    expect(body.object).toMatchObject({ order_id: 'chunks-1', total: 1 })
  })

  test.each([
    ['a charset', { ...close, 'Content-Type': 'application/json; charset=utf-8' }],
    ['capitals', { ...close, 'content-type': 'Application/JSON' }],
    ['any version date', { ...json, 'X-Button-API-Version': '1999-12-31' }],
  ])('%s in a header changes nothing', async (_title, headers) => {
    const text = '{"order_id":"headers","total":1,"currency":"USD"}'
    const { status, body } = await ask(merchantKey, 'POST /v1/order', headers, text)
    expect(status).toBe(200)
    expect(body.object.order_id).toBe('headers')
  })

  test('an id is percent-decoded, whatever is in it', async () => {
    const id = 'a/b c%d?e&f#g'
    const order = { order_id: id, total: 1, currency: 'USD' }
    const created = await must(network.merchants[0]!.call('POST', '/v1/order', order))
    const { body } = await ask(merchantKey, `GET /v1/order/${encodeURIComponent(id)}`, close)
    expect(body.object).toEqual(created)
  })

  test('what is left of the allowance is on every answer', async () => {
    for (const path of ['/v1/order/chunks-1', '/v1/order/unknown', '/v1/nowhere']) {
      const { headers } = await ask(merchantKey, `GET ${path}`, close)
      expect(Number(headers['x-button-limit-remaining'])).toBeGreaterThan(0)
      expect(Number(headers['x-button-limit-reset-seconds'])).toBeGreaterThan(0)
    }
  })
})
