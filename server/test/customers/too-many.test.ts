import { beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { useNetwork } from '../support/network.ts'

describe.each(databases)('a customer with 1,000 identifiers, on $name', ({ create }) => {
  const network = useNetwork(create, { publishers: 1, merchants: 1 })
  const hashes = (from: number, count: number): string[] =>
    Array.from({ length: count }, (_, index) => emailHash(`many-${from + index}`))

  beforeAll(async () => {
    for (const { call } of [network.publishers[0]!, network.merchants[0]!]) {
      const customers = Array.from({ length: 100 }, (_, index) => ({
        id: 'many',
        emails_sha256: hashes(index * 10, 10),
      }))
      expect((await call('POST', '/v1/customers/batch', { customers })).status).toBe(200)
    }
  })

  test('takes no other, by a call or an order, and goes on being told of', async () => {
    const { call } = network.merchants[0]!
    const more = { id: 'many', emails_sha256: hashes(1_000, 1) }
    const refused = await call('POST', '/v1/customers', more)
    expect(refused.status).toBe(400)
    expect(refused.body.error.message).toMatch(/1000 identifiers already/)
    const order = { order_id: 'o1', total: 1, currency: 'USD', customer: more }
    expect((await call('POST', '/v1/order', order)).status).toBe(400)
    const known = { ...more, emails_sha256: hashes(7, 3) }
    expect((await call('POST', '/v1/customers', known)).status).toBe(200)
    expect((await call('POST', '/v1/order', { ...order, customer: known })).status).toBe(200)
    const { body } = await call('GET', '/v1/customers/many')
    expect(body.object.emails_sha256).toHaveLength(1_000)
  })

  test('takes others once it was replaced', async () => {
    const { call } = network.publishers[0]!
    await call('PUT', '/v1/customers/many', { emails_sha256: hashes(0, 1) })
    const more = { id: 'many', emails_sha256: hashes(1_000, 1) }
    const { status, body } = await call('POST', '/v1/customers', more)
    expect([status, body.object.emails_sha256.length]).toEqual([200, 2])
  })
})
