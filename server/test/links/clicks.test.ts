import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { listClicks } from '../../src/links/click-store.ts'
import { decryptClick } from '../../src/links/click.ts'
import { deleteOldClicks } from '../../src/links/delete-old-clicks.ts'
import { btnRefKey } from '../../src/orders/order.ts'
import { findIn, formsOf } from '../privacy/canaries.ts'
import { manualClock } from '../support/clock.ts'
import { databases } from '../support/databases.ts'
import { must, useNetwork } from '../support/network.ts'
import type { Member } from '../support/network.ts'
import { attribute, follow, linkTo, partnershipPath, register } from './shoppers.ts'

const TEA = 'https://shop.example/tea'
const HOUR = 3_600_000
const DAY = 24 * HOUR

describe.each(databases)('clicks on $name', ({ create }) => {
  const clock = manualClock()
  const network = useNetwork(create, { publishers: 2, merchants: 2, clock })
  let publisher: Member
  let shop: Member
  let other: Member

  beforeAll(async () => {
    publisher = network.publishers[0]!
    shop = network.merchants[0]!
    other = network.merchants[1]!
    await register(shop, 'shop.example')
  })

  async function click(experience: Record<string, string> = {}): Promise<string> {
    const { token } = await follow(await linkTo(publisher, TEA, { experience }))
    if (token === null) throw new Error('the link led nowhere')
    return token
  }

  const after = (ms: number) => new Date(clock.now().getTime() + ms)
  const find = async (token: string, merchant = shop, purchasedAt = clock.now()) =>
    (await attribute(network, merchant, [token], purchasedAt)).get(token)

  test('an order comes from the click of its token', async () => {
    const mine = await click({ btn_pub_user: 'user-1', btn_pub_ref: 'mail 7' })
    const anonymous = await click()
    const { directory } = network.server.parts
    const found = await attribute(network, shop, [mine, anonymous, 'srctok-0000000000000000', mine])
    expect([...found.keys()]).toEqual([mine, anonymous])
    expect(found.get(mine)).toEqual({
      publisher: directory.current().byId(publisher.organization.id)?.number,
      customer: expect.stringMatching(/^[0-9a-f-]{36}$/),
      clickedAt: clock.now(),
      content: {
        btn_ref: mine,
        publisher_customer_id: 'user-1',
        pub_ref: 'mail 7',
        quote: null,
      },
    })
    expect(found.get(anonymous)).toMatchObject({
      customer: null,
      content: { publisher_customer_id: null, pub_ref: null },
    })
    expect(await find(mine, other), 'of another merchant').toBeUndefined()
    expect(await attribute(network, shop, [])).toEqual(new Map())
  })

  test('an order comes from a click as long as the partnership says', async () => {
    const token = await click()
    const at = (ms: number) => find(token, shop, after(ms))
    expect(await at(30 * DAY)).toBeDefined()
    expect(await at(30 * DAY + 1)).toBeUndefined()
    expect(await at(-DAY)).toBeDefined()
    expect(await at(-DAY - 1)).toBeUndefined()
    const path = partnershipPath(publisher, shop)
    const status = 'approved'
    await must(network.operator.call('PUT', path, { status, attribution_days: 7 }))
    expect(await at(7 * DAY)).toBeDefined()
    expect(await at(7 * DAY + 1)).toBeUndefined()
    await must(network.operator.call('PUT', path, { status, attribution_days: 30 }))
    await must(network.operator.call('PUT', path, { status: 'available' }))
    expect(await at(DAY), 'approval counts at the click').toBeDefined()
    await must(network.operator.call('PUT', path, { status }))
  })

  test('a quote goes with the link, for its user only', async () => {
    await must(publisher.call('POST', '/v1/customers', { id: 'quoted' }))
    const offers = await must(publisher.call('POST', '/v1/offers', { user_id: 'quoted' }))
    const quote: string = offers.quote.id
    const body = { url: TEA, experience: { btn_pub_user: 'quoted' }, quote }
    const { links } = await must(publisher.call('POST', '/v1/links', body))
    const { token } = await follow(links.universal)
    expect((await find(token!))?.content.quote).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      segment: 'new',
      at: clock.now().toISOString(),
      expires: after(DAY).toISOString(),
    })
    const stranger = network.publishers[1]!
    for (const [member, btn_pub_user] of [
      [publisher, 'another'],
      [stranger, 'quoted'],
    ] as const) {
      const wrong = { ...body, experience: { btn_pub_user } }
      expect(await member.call('POST', '/v1/links', wrong)).toMatchObject({
        status: 400,
        body: { error: { details: { field: 'quote' } } },
      })
    }
    expect((await publisher.call('POST', '/v1/links', { url: TEA, quote })).status).toBe(400)
    clock.advance(DAY + 1)
    expect((await publisher.call('POST', '/v1/links', body)).status, 'expired').toBe(400)
    expect((await follow(links.universal)).status, 'the link goes on').toBe(302)
  })

  test('an erased customer is in no click, and its orders are still the publisher’s', async () => {
    const experience = { btn_pub_user: 'erased', btn_pub_ref: 'kept' }
    await must(publisher.call('POST', '/v1/customers', { id: 'erased' }))
    const link = await linkTo(publisher, TEA, { experience })
    const { token: before } = await follow(link)
    const neighbour = await click({ btn_pub_user: 'neighbour' })
    // More than are changed at once.
    await Promise.all(Array.from({ length: 500 }, () => follow(link)))
    const key = (await find(before!))?.customer
    const countOf = async (customer: string | null | undefined) => {
      const { rows } = await sql<{ count: number }>`
        select count(*)::integer as count from clicks where customer = ${customer}`.execute(
        network.db,
      )
      return rows[0]?.count
    }
    expect(await countOf(key)).toBe(501)
    expect((await publisher.call('DELETE', '/v1/customers/erased')).status).toBe(200)
    const { token: afterwards } = await follow(link)
    expect(await countOf(key)).toBe(0)
    for (const token of [before, afterwards]) {
      expect(await find(token!)).toMatchObject({
        customer: null,
        content: { btn_ref: token, publisher_customer_id: null, pub_ref: 'kept' },
      })
    }
    expect((await find(neighbour))?.content.publisher_customer_id).toBe('neighbour')
    await must(publisher.call('POST', '/v1/customers', { id: 'erased' }))
    const { token: again } = await follow(link)
    expect((await find(again!))?.content.publisher_customer_id, 'reported again').toBe('erased')
  })

  test('who was only ever named by a link can be erased too, and nobody else', async () => {
    const link = await linkTo(publisher, TEA, { experience: { btn_pub_user: 'unreported' } })
    const { token } = await follow(link)
    const erase = (id: string) => publisher.call('DELETE', `/v1/customers/${id}`)
    expect((await erase('never-heard-of')).status).toBe(404)
    expect((await erase('unreported')).status).toBe(200)
    expect((await erase('unreported')).status).toBe(200)
    const { token: afterwards } = await follow(link)
    for (const each of [token, afterwards]) {
      expect((await find(each!))?.content.publisher_customer_id).toBe(null)
    }
    expect((await publisher.call('GET', '/v1/customers/unreported')).status).toBe(404)
  })

  test('a click tells nobody who reads the database who clicked', async () => {
    const experience = { btn_pub_user: 'uSeR-kAnArIe-71', btn_pub_ref: 'rEf-kAnArIe-72' }
    const token = await click(experience)
    const { rows } = await sql<{ whole: string; blob: Buffer }>`
      select c::text as whole, blob from clicks c`.execute(network.db)
    const content = Buffer.concat(rows.flatMap(({ whole, blob }) => [Buffer.from(whole), blob]))
    const needles = [token, token.slice(7), ...Object.values(experience), TEA, 'shop.example']
    expect(needles.flatMap((text) => findIn('clicks', content, formsOf(text, text)))).toEqual([])
    // They are in there: whoever has the key can read them.
    const { vault, directory } = network.server.parts
    const merchant = directory.current().byId(shop.organization.id)!
    const key = { id: btnRefKey(vault, merchant, token), merchant: merchant.number }
    const [row] = await listClicks(network.db, [key])
    expect(decryptClick(vault, row!)).toMatchObject({ btn_ref: token, pub_ref: 'rEf-kAnArIe-72' })
  })

  test('clicks are deleted 400 days later, and no day earlier', { timeout: 60_000 }, async () => {
    const old = await click()
    clock.advance(1)
    const young = await click()
    // More than are deleted at once.
    await sql`
      insert into clicks (id, publisher, merchant, blob, at)
      select gen_random_uuid(), 1, 2, '', ${clock.now()}::timestamptz - interval '1 hour'
      from generate_series(1, 4500)`.execute(network.db)
    clock.advance(400 * DAY)
    const now = clock.now()
    const { db } = network
    await deleteOldClicks(db, { now, isStopping: () => true })
    expect(await find(old, shop, after(-400 * DAY)), 'it was told to stop').toBeDefined()
    await deleteOldClicks(db, { now, isStopping: () => false })
    const { rows } = await sql<{ count: number }>`
      select count(*)::integer as count from clicks`.execute(db)
    expect(await find(old, shop, after(-400 * DAY))).toBeUndefined()
    expect(await find(young, shop, after(-400 * DAY))).toBeDefined()
    expect(rows[0]?.count).toBe(1)
  })
})
