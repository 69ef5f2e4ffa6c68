import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPostgres } from '../../src/kernel/database/database.ts'
import type { Database } from '../../src/kernel/database/database.ts'
import { postgresql } from '../support/databases.ts'
import type { FreshDatabase } from '../support/databases.ts'
import { readEvents } from '../support/events.ts'
import { must, startNetwork } from '../support/network.ts'
import type { Call, Network } from '../support/network.ts'
import { startCuttingProxy } from './cutting-proxy.ts'
import type { CuttingProxy } from './cutting-proxy.ts'

const hash = (name: string): string =>
  createHash('sha256').update(`${name}@mail.example`).digest('hex')

const moments = [
  { cut: 'before', times: 1 },
  { cut: 'after', times: 1 },
  { cut: 'before', times: 3 },
  { cut: 'after', times: 3 },
] as const

describe.each(moments)('a connection that breaks $cut COMMIT, $times times', ({ cut, times }) => {
  let fresh: FreshDatabase
  let proxy: CuttingProxy
  let database: Database
  let network: Network
  let publisher: Call
  let shop: Call
  let count = 0

  beforeAll(async () => {
    fresh = await postgresql.create({ poolSize: 3 })
    proxy = await startCuttingProxy(fresh.url!)
    database = await openPostgres(proxy.url, { poolSize: 5 })
    network = await startNetwork({ database, publishers: 1 })
    publisher = network.publishers[0]!.call
    shop = network.merchants[0]!.call
  })
  afterAll(async () => {
    await network.stop()
    await database.close()
    await proxy.close()
    await fresh.drop()
  })

  /** A person whom the publisher knows as `name`, by this e-mail address. */
  async function meet(): Promise<string> {
    const name = `person-${++count}`
    await must(publisher('POST', '/v1/customers', { id: name, email_sha256: hash(name) }))
    return name
  }
  const orderOf = (name: string, order = `order-${name}`) => ({
    order_id: order,
    total: 1000,
    currency: 'EUR',
    customer: { id: `shop-${name}`, email_sha256: hash(name) },
  })
  const buy = (name: string, order?: string) =>
    must(shop('POST', '/v1/order', orderOf(name, order)))

  /** Does this while commits of such a statement are cut. */
  async function during<T>(statement: RegExp, work: () => Promise<T>): Promise<T> {
    const before = proxy.cuts()
    proxy.cutNext(cut, statement, times)
    const answer = await work()
    // Once a COMMIT whose answer was lost is done, there may be nothing more to write.
    expect(proxy.cuts() - before).toBeGreaterThanOrEqual(cut === 'before' ? times : 1)
    proxy.cutBy(() => undefined)
    return answer
  }

  async function expectEvents(name: string, causes: string[]): Promise<void> {
    const { segments } = await must(publisher('GET', `/v1/customers/${name}`))
    const isActive = causes.length % 2 === 1
    expect(segments.map((each: { name: string }) => each.name)).toEqual([
      isActive ? 'active' : 'new',
    ])
    const deliveries = await told(name)
    expect(deliveries).toEqual(causes.map((cause, index) => ({ cause, sequence: index + 1 })))
  }

  /** The events of a customer; told by its key, which the program alone can make. */
  async function told(name: string): Promise<{ cause: string | null; sequence: number }[]> {
    const { parts } = network.server
    const organization = parts.directory.current().byId(network.publishers[0]!.organization.id)!
    const { customerKey } = await import('../../src/customers/customer.ts')
    const key = customerKey(parts.vault, organization, name)
    const events = await readEvents(fresh.database.db)
    return events
      .filter(({ subject }) => subject === key)
      .map(({ cause, sequence }) => ({ cause, sequence }))
  }

  const verdictOf = async (order: string): Promise<string> =>
    (await must(shop('GET', `/v1/order/${order}/verdict`))).segment

  test('a report', async () => {
    const name = `person-${++count}`
    const report = { id: name, email_sha256: hash(name) }
    const answer = await during(/insert into customers/, () =>
      must(publisher('POST', '/v1/customers', report)),
    )
    expect(answer).toMatchObject({ id: name, emails_sha256: [hash(name)] })
    expect(await must(publisher('GET', `/v1/customers/${name}`))).toEqual(answer)
    await expectEvents(name, [])
  })

  test('a report that moves its customer', async () => {
    const name = await meet()
    await buy(`${name}-too`)
    const more = { id: name, email_sha256: hash(`${name}-too`) }
    const answer = await during(/insert into customers/, () =>
      must(publisher('POST', '/v1/customers', more)),
    )
    expect(answer.segments).toMatchObject([{ name: 'active' }])
    expect(answer.emails_sha256).toEqual([hash(name), hash(`${name}-too`)])
    await expectEvents(name, ['customer'])
  })

  test('identifiers that are replaced', async () => {
    const name = await meet()
    await buy(name)
    const others = { email_sha256: hash(`${name}-other`) }
    const answer = await during(/insert into customers/, () =>
      must(publisher('PUT', `/v1/customers/${name}`, others)),
    )
    expect(answer.emails_sha256).toEqual([hash(`${name}-other`)])
    await expectEvents(name, ['order', 'customer'])
  })

  test('a first order, and a second', async () => {
    const name = await meet()
    const first = await during(/insert into orders/, () => buy(name, `first-${name}`))
    expect(await buy(name, `first-${name}`)).toEqual(first)
    expect(await verdictOf(`first-${name}`)).toBe('new')
    await during(/insert into orders/, () => buy(name, `second-${name}`))
    expect(await verdictOf(`second-${name}`)).toBe('active')
    expect(await verdictOf(`first-${name}`)).toBe('new')
    await expectEvents(name, ['order'])
  })

  test('an order that changes its customer', async () => {
    const [before, after] = [await meet(), await meet()]
    await buy(before)
    const change = { total: 2000, customer: orderOf(after).customer }
    const answer = await during(/update orders/, () =>
      must(shop('POST', `/v1/order/order-${before}`, change)),
    )
    expect(answer).toMatchObject({ total: 2000, status: 'open' })
    await expectEvents(before, ['order', 'order'])
    await expectEvents(after, ['order'])
    expect(await verdictOf(`order-${before}`)).toBe('new')
  })

  test('an order that is deleted', async () => {
    const name = await meet()
    await buy(name)
    expect(
      await during(/update orders/, () => shop('DELETE', `/v1/order/order-${name}`)),
    ).toMatchObject({ status: 200, body: { object: null } })
    await expectEvents(name, ['order', 'order-deleted'])
  })

  test('a customer that is erased', async () => {
    const name = await meet()
    await buy(name)
    expect(
      await during(/insert into customers/, () => shop('DELETE', `/v1/customers/shop-${name}`)),
    ).toMatchObject({ status: 200, body: { object: null } })
    expect(await shop('GET', `/v1/customers/shop-${name}`)).toMatchObject({ status: 404 })
    await expectEvents(name, ['order', 'erasure'])
  })

  test('an organization, a key, a partnership', async () => {
    const operator = network.operator.call
    const name = `made ${cut} ${times}`
    const made = await during(/insert into organizations/, () =>
      must(operator('POST', '/operator/v1/organizations', { name, role: 'merchant' })),
    )
    const { objects } = (await operator('GET', '/operator/v1/organizations?page_size=500')).body
    expect(objects.filter((each: { name: string }) => each.name === name)).toHaveLength(1)
    const keys = `/operator/v1/organizations/${made.id}/keys`
    const { key } = await during(/insert into api_keys/, () =>
      must(operator('POST', keys, { name: 'only' })),
    )
    expect(key).toMatch(/^sk-/)
    const path = `/operator/v1/partnerships/${network.publishers[0]!.organization.id}/${made.id}`
    await during(/insert into partnerships/, () =>
      must(operator('PUT', path, { status: 'approved' })),
    )
  })

  test('a webhook, and its test event', async () => {
    const fields = { url: 'http://127.0.0.1:9/hook', event_types: ['segment-change'] }
    const made = await during(/insert into endpoints/, () =>
      must(publisher('POST', '/v1/webhooks', fields)),
    )
    expect(await must(publisher('GET', '/v1/webhooks'))).toMatchObject([{ id: made.id }])
    await must(publisher('POST', `/v1/webhooks/${made.id}/pause`, {}))
    const ping = await during(/insert into events/, () =>
      must(publisher('POST', `/v1/webhooks/${made.id}/ping`, {})),
    )
    const deliveries = await must(publisher('GET', `/v1/webhooks/${made.id}/deliveries`))
    expect(deliveries).toMatchObject([{ event_id: ping.event_id, event_type: 'ping' }])
    await must(publisher('DELETE', `/v1/webhooks/${made.id}`))
  })

  test('leaves nothing that is wrong', async () => {
    const verified = await must(network.operator.call('POST', '/operator/v1/verify', {}))
    expect(verified.checks.filter((each: { drift: number }) => each.drift > 0)).toEqual([])
  })
})
