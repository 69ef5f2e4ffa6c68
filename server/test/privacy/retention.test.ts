import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { forgetSilent } from '../../src/privacy/forget-silent.ts'
import { createMarket, readList } from '../commissions/market.ts'
import type { Market } from '../commissions/market.ts'
import { createImportCalls } from '../imports/import-calls.ts'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must } from '../support/network.ts'
import type { Answer, Member } from '../support/network.ts'

const DAY_MS = 86_400_000

describe.each(databases)('retention on $name', (testDatabase) => {
  let market: Market
  let publisher: Member
  let shop: Member

  beforeAll(async () => {
    market = await createMarket(testDatabase)
    publisher = market.network.publishers[0]!
    shop = market.network.merchants[0]!
    await must(shop.call('POST', '/v1/rate-cards', { name: 'card', rates: [{ percent: 2 }] }))
  })
  afterAll(() => market.stop())
  beforeEach(() => setPeriod(publisher, null).then(() => setPeriod(shop, null)))

  const setPeriod = (member: Member, days: number | null) =>
    must(member.call('PATCH', '/v1/organization', { retention_days: days }))
  const report = (member: Member, id: string, hash = emailHash(id)) =>
    must(member.call('POST', '/v1/customers', { id, email_sha256: hash }))
  const isThere = async (member: Member, id: string): Promise<boolean> =>
    (await member.call('GET', `/v1/customers/${id}`)).status === 200
  const wait = (days: number) => market.advance(days * DAY_MS)
  const forget = () => forgetSilent(market.network.server.parts)
  const buy = (id: string, more: object = {}) =>
    must(
      shop.call('POST', '/v1/order', {
        ...{ order_id: `order-of-${id}`, total: 100, currency: 'USD', customer: { id } },
        ...more,
      }),
    )

  test('erases who gave no sign of life, and keeps who gave one, whichever it was', async () => {
    const ids = ['silent', 'changed', 'repeated', 'offered', 'clicked', 'paid-for']
    for (const id of ids) await report(publisher, `p-${id}`)
    await setPeriod(publisher, 30)
    const click = () => market.click(publisher, shop, { user: 'p-paid-for' })
    const btn_ref = await click()
    await wait(20)
    await report(publisher, 'p-changed', emailHash('p-changed again'))
    await report(publisher, 'p-repeated')
    await must(publisher.call('POST', '/v1/offers', { user_id: 'p-offered' }))
    await must(publisher.call('POST', '/v1/offers', { user_id: 'p-of-nobody' }))
    await market.click(publisher, shop, { user: 'p-clicked' })
    await buy('buyer-of-paid-for', { btn_ref })
    await wait(11)
    await forget()
    const left = []
    for (const id of ids) if (await isThere(publisher, `p-${id}`)) left.push(id)
    expect(left).toEqual(ids.slice(1))
    const { rows } = await sql`select customer from last_signs`.execute(market.network.db)
    expect(rows).toHaveLength(2)
    const [entry] = await readList(publisher.call, '/v1/audit-log')
    expect(entry).toMatchObject({
      ...{ action: 'customer.forget', actor: 'service', object: null },
      after: { customers: 1, retention_days: 30 },
    })
    expect(JSON.stringify(entry)).not.toContain('silent')
    await wait(40)
    await forget()
    for (const id of ids) expect(await isThere(publisher, `p-${id}`), id).toBe(false)
    expect((await sql`select 1 from last_signs`.execute(market.network.db)).rows).toEqual([])
    expect(await market.drift()).toEqual([])
  })

  test("takes a merchant's evidence away, guests' too, and tells whom that moves", async () => {
    const hash = emailHash('forgotten-buyer')
    await report(publisher, 'p-moved', hash)
    await setPeriod(shop, 30)
    await buy('m-old', { customer: { id: 'm-old', email_sha256: hash } })
    const guest = { email_sha256: emailHash('a-guest') }
    await buy('guest', { customer: guest })
    const segmentOf = async () =>
      (await must(publisher.call('GET', '/v1/customers/p-moved'))).segments[0].name
    expect(await segmentOf()).toBe('active')
    await wait(31)
    await forget()
    expect(await segmentOf()).toBe('new')
    const [move] = await readList(publisher.call, '/v1/customers/p-moved/events')
    expect(move).toMatchObject({ previous: 'active', current: 'new', cause: 'erasure' })
    const kept = await must(shop.call('GET', '/v1/order/order-of-m-old'))
    expect(kept).toMatchObject({ total: 100, ifa: null })
    await report(publisher, 'p-guest', guest.email_sha256)
    const again = await must(publisher.call('GET', '/v1/customers/p-guest'))
    expect(again.segments[0].name).toBe('new')
    expect(await market.drift()).toEqual([])
  })

  test('counts an import that names a customer again, and forgets whom none does', async () => {
    const imports = createImportCalls(market.network.url, shop)
    const file = (...ids: string[]) =>
      ['id,email_sha256', ...ids.map((id) => `${id},${emailHash(id)}`)].join('\n')
    await setPeriod(shop, 30)
    await imports.run(file('m-listed', 'm-unlisted'), { mode: 'accounts' })
    await wait(20)
    await imports.run(file('m-listed'), { mode: 'accounts' })
    await wait(11)
    await forget()
    expect(await isThere(shop, 'm-listed')).toBe(true)
    expect(await isThere(shop, 'm-unlisted')).toBe(false)
    expect(await market.drift()).toEqual([])
  })

  test('erases nobody before signs were counted for the whole period, nor twice a day', async () => {
    await report(publisher, 'p-long-known')
    await wait(400)
    await setPeriod(publisher, 30)
    await forget()
    expect(await isThere(publisher, 'p-long-known')).toBe(true)
    await wait(29)
    // One that takes the place of another goes on from where that began.
    await setPeriod(publisher, 29)
    await forget()
    expect(await isThere(publisher, 'p-long-known')).toBe(false)
    const entries = await forgotten()
    await forget()
    expect(await forgotten()).toEqual(entries)
  })

  const forgotten = async (): Promise<Answer['body'][]> =>
    (await readList(publisher.call, '/v1/audit-log')).filter(
      ({ action }) => action === 'customer.forget',
    )

  test('is set by an organization for itself, and by the operator; a number of days', async () => {
    for (const days of [0, 3_651, 1.5, '30']) {
      const { status } = await publisher.call('PATCH', '/v1/organization', { retention_days: days })
      expect(status, String(days)).toBe(400)
    }
    const { operator } = market.network
    const path = `/operator/v1/organizations/${publisher.organization.id}`
    expect(await must(operator.call('PATCH', path, { retention_days: 90 }))).toMatchObject({
      retention_days: 90,
    })
    expect(await must(publisher.call('GET', '/v1/organization'))).toMatchObject({
      retention_days: 90,
    })
    const [entry] = await readList(publisher.call, '/v1/audit-log')
    expect(entry).toMatchObject({
      ...{ action: 'organization.change', before: { retention_days: null } },
      after: { retention_days: 90 },
    })
  })

  test('keeps a customer whose sign is given while it is about to be forgotten', async () => {
    await setPeriod(shop, 30)
    await Promise.all(Array.from({ length: 30 }, (_, index) => report(shop, `m-race-${index}`)))
    await wait(31)
    const orders = Array.from({ length: 30 }, (_, index) => buy(`m-race-${index}`))
    await Promise.all([forget(), ...orders])
    expect(await market.drift()).toEqual([])
    // Whichever came first, the order counts for a customer that is there.
    for (let index = 0; index < 30; index++) {
      expect(await isThere(shop, `m-race-${index}`), String(index)).toBe(true)
    }
  })
})
