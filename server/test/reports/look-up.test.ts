import { beforeAll, describe, expect, test } from 'vitest'
import { manualClock } from '../support/clock.ts'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must, useNetwork } from '../support/network.ts'
import type { Answer, Member } from '../support/network.ts'
import { readList } from '../commissions/market.ts'

const MINUTE_MS = 60_000
const DEVICE = 'aebe52e7-03ee-455a-b3c4-e57283966239'

describe.each(databases)('look-ups of customers on $name', ({ create }) => {
  const clock = manualClock('2026-03-01T12:00:00.000Z')
  const network = useNetwork(create, { clock, publishers: 2, merchants: 2 })
  let publisher: Member
  let other: Member
  let shop: Member
  let rival: Member

  beforeAll(() => {
    ;[publisher, other] = network.publishers as [Member, Member]
    ;[shop, rival] = network.merchants as [Member, Member]
  })

  const report = (member: Member, id: string, identifiers: object) =>
    must(member.call('POST', '/v1/customers', { id, ...identifiers }))
  const buy = (orderId: string, customer: object, at = shop) =>
    must(at.call('POST', '/v1/order', { order_id: orderId, total: 100, currency: 'USD', customer }))
  const find = (member: Member, body: object) => member.call('POST', '/v1/customers/find', body)
  const idsOf = async (answer: Promise<Answer>): Promise<string[]> =>
    (await must(answer)).map(({ id }: { id: string }) => id).toSorted()
  const standingsOf = (member: Member, id: string) =>
    must(member.call('GET', `/v1/customers/${id}/segments`))
  const setPartnership = (change: object, at = shop) =>
    must(
      network.operator.call(
        'PUT',
        `/operator/v1/partnerships/${publisher.organization.id}/${at.organization.id}`,
        change,
      ),
    )
  /** Now, and a minute passes. */
  const tick = (): string => {
    const now = clock.now().toISOString()
    clock.advance(MINUTE_MS)
    return now
  }

  test('find those that carry any of the identifiers, and nobody of another organization', async () => {
    await report(publisher, 'one', { email_sha256: emailHash('both') })
    await report(publisher, 'two', { email_sha256: emailHash('both'), advertising_id: DEVICE })
    await report(publisher, 'three', { email_sha256: emailHash('three') })
    await report(other, 'theirs', { email_sha256: emailHash('both') })
    expect(await idsOf(find(publisher, { email_sha256: emailHash('both') }))).toEqual([
      'one',
      'two',
    ])
    expect(await idsOf(find(publisher, { advertising_id: DEVICE }))).toEqual(['two'])
    const several = { emails_sha256: [emailHash('three'), emailHash('nobody')] }
    const [three] = await must(find(publisher, { ...several, advertising_id: DEVICE }))
    expect(await idsOf(find(publisher, { ...several, advertising_id: DEVICE }))).toEqual([
      'three',
      'two',
    ])
    expect(three).toEqual(await must(publisher.call('GET', `/v1/customers/${three.id}`)))
    // Somebody else's customer is as one that there is not.
    const foreign = await find(shop, { email_sha256: emailHash('both') })
    const absent = await find(shop, { email_sha256: emailHash('nobody') })
    expect(foreign).toEqual(absent)
    expect(absent).toMatchObject({ status: 200, body: { objects: [] } })
  })

  test('no guest is found, nor anybody who was erased', async () => {
    await buy('guest-1', { email_sha256: emailHash('guest') })
    await buy('known-1', { id: 'shopper', email_sha256: emailHash('guest') })
    expect(await idsOf(find(shop, { email_sha256: emailHash('guest') }))).toEqual(['shopper'])
    await must(shop.call('DELETE', '/v1/customers/shopper'))
    expect(await idsOf(find(shop, { email_sha256: emailHash('guest') }))).toEqual([])
  })

  test('what is looked for must be an identifier, and is never echoed', async () => {
    const plain = await find(publisher, { email_sha256: 'kim@shop.example' })
    expect(plain.status).toBe(400)
    expect(JSON.stringify(plain.body)).not.toContain('kim@shop')
    expect(plain.body.error.details.field).toBe('email_sha256')
    expect((await find(publisher, {})).status).toBe(400)
    expect((await find(publisher, { email: 'x' })).status).toBe(400)
  })

  test('at most a hundred are found', async () => {
    const customers = Array.from({ length: 120 }, (_, index) => ({
      id: `crowd-${index}`,
      email_sha256: emailHash('crowd'),
    }))
    await must(publisher.call('POST', '/v1/customers/batch', { customers }))
    expect(await idsOf(find(publisher, { email_sha256: emailHash('crowd') }))).toHaveLength(100)
  })

  test('a segment is told with since when, and what put the customer there', async () => {
    const customer = { email_sha256: emailHash('kim') }
    await report(publisher, 'kim', customer)
    tick()
    const before = await standingsOf(publisher, 'kim')
    expect(before).toEqual([
      {
        id: expect.stringMatching(/^segment-/),
        organization_id: shop.organization.id,
        organization_name: 'merchant 1',
        name: 'new',
        since_date: null,
        cause: null,
      },
      expect.objectContaining({ organization_id: rival.organization.id, name: 'new' }),
    ])
    const bought = clock.now().toISOString()
    await buy('kim-1', { id: 'k', ...customer })
    tick()
    const active = { name: 'active', since_date: bought, cause: 'order' }
    expect(await standingsOf(publisher, 'kim')).toMatchObject([active, before[1]])
    expect(await standingsOf(shop, 'k')).toEqual([expect.objectContaining(active)])
    expect(await standingsOf(rival, 'k').catch(String)).toContain('404')
    const cancelled = clock.now().toISOString()
    await must(shop.call('DELETE', '/v1/order/kim-1'))
    tick()
    const back = { name: 'new', since_date: cancelled, cause: 'order-deleted' }
    expect(await standingsOf(publisher, 'kim')).toMatchObject([back, before[1]])
    // Both were told, the newest first.
    const events = await must(publisher.call('GET', '/v1/customers/kim/events'))
    expect(events).toMatchObject([
      { sequence: 2, previous: 'active', current: 'new', date: cancelled, is_quiet: false },
      { sequence: 1, previous: 'new', current: 'active', date: bought, cause: 'order' },
    ])
    expect(events[0].id).toMatch(/^hook-/)
    const pages = await readList(publisher.call, '/v1/customers/kim/events?page_size=1')
    expect(pages).toEqual(events)
    const foreign = await other.call('GET', '/v1/customers/kim/events')
    expect(foreign.status).toBe(404)
  })

  test('who did not see the merchant then is not told the day', async () => {
    const customer = { email_sha256: emailHash('lee') }
    await report(publisher, 'lee', customer)
    await setPartnership({ status: 'available' })
    tick()
    await buy('lee-1', { id: 'l', ...customer })
    tick()
    await setPartnership({ status: 'approved' })
    const nameless = { name: 'active', since_date: null, cause: null }
    const [at] = await standingsOf(publisher, 'lee')
    expect(at).toMatchObject(nameless)
    expect(await must(publisher.call('GET', '/v1/customers/lee/events'))).toEqual([])
    // The merchant itself has always known.
    expect(await standingsOf(shop, 'l')).toMatchObject([{ name: 'active', cause: 'order' }])

    // The same where the merchant had not switched its segments on yet.
    await report(publisher, 'max', { email_sha256: emailHash('max') })
    const path = `/operator/v1/organizations/${rival.organization.id}`
    await must(network.operator.call('PATCH', path, { customer_segments: false }))
    tick()
    await buy('max-1', { id: 'm', email_sha256: emailHash('max') }, rival)
    tick()
    await must(network.operator.call('PATCH', path, { customer_segments: true }))
    const [, late] = await standingsOf(publisher, 'max')
    expect(late).toMatchObject(nameless)
  })

  test('an erased customer has no history', async () => {
    await report(publisher, 'gone', { email_sha256: emailHash('gone') })
    await must(publisher.call('DELETE', '/v1/customers/gone'))
    for (const what of ['segments', 'events']) {
      expect((await publisher.call('GET', `/v1/customers/gone/${what}`)).status).toBe(404)
    }
  })
})
