import { beforeAll, describe, expect, test } from 'vitest'
import { HOLDERS_LIMIT, SHARED_LIMIT } from '../../src/customers/identity.ts'
import { databases } from '../support/databases.ts'
import { readEvents } from '../support/events.ts'
import { emailHash } from '../support/hash.ts'
import { must, useNetwork } from '../support/network.ts'
import type { Member } from '../support/network.ts'

describe.each(databases)('an identifier on too many customers, on $name', ({ create }) => {
  const network = useNetwork(create, { publishers: 2, merchants: 1 })
  let publisher: Member
  let other: Member
  let merchant: Member

  beforeAll(() => {
    ;[publisher, other] = network.publishers as [Member, Member]
    ;[merchant] = network.merchants as [Member]
  })

  const report = async (member: Member, from: number, to: number, email: string) => {
    const customers = Array.from({ length: to - from }, (_, index) => ({
      id: `${email}-${from + index}`,
      email_sha256: emailHash(email),
    }))
    return must(member.call('POST', '/v1/customers/batch', { customers }))
  }
  const segmentOf = async (member: Member, id: string): Promise<string> =>
    (await must(member.call('GET', `/v1/customers/${id}`))).segments[0].name
  const buy = (orderId: string, customer: object) =>
    must(
      merchant.call('POST', '/v1/order', {
        order_id: orderId,
        total: 1,
        currency: 'EUR',
        customer,
      }),
    )

  test('stops matching there, only there, and matches again once it is on fewer', async () => {
    await report(publisher, 0, SHARED_LIMIT, 'desk')
    await report(other, 0, 1, 'desk')
    await buy('desk-order', { id: 'desk-buyer', email_sha256: emailHash('desk') })
    expect(await segmentOf(publisher, 'desk-0')).toBe('active')

    await report(publisher, SHARED_LIMIT, SHARED_LIMIT + 1, 'desk')
    expect(await segmentOf(publisher, 'desk-0')).toBe('new')
    expect(await segmentOf(publisher, `desk-${SHARED_LIMIT}`)).toBe('new')
    expect(await segmentOf(other, 'desk-0')).toBe('active')
    const told = await must(publisher.call('POST', '/v1/customers', { id: 'desk-0' }))
    expect(told.segments[0].name).toBe('new')
    const { body } = await publisher.call('GET', '/v1/customers/desk-0')
    expect(body.meta.warnings).toEqual([expect.objectContaining({ type: 'SharedIdentifier' })])
    const quiet = await other.call('GET', '/v1/customers/desk-0')
    expect(quiet.body.meta.warnings).toBeUndefined()

    await must(publisher.call('PUT', '/v1/customers/desk-5', {}))
    expect(await segmentOf(publisher, 'desk-0')).toBe('active')
    const its = (await readEvents(network.db)).filter((event) => event.sequence === 3)
    expect(its.length).toBe(SHARED_LIMIT - 1)
  })

  test("at the merchant, tells against nobody's first order", async () => {
    await report(merchant, 0, SHARED_LIMIT + 1, 'till')
    await buy('till-1', { id: 'till-0' })
    await report(publisher, 0, 1, 'till')
    expect(await segmentOf(publisher, 'till-0')).toBe('new')
    const second = await buy('till-2', { id: 'till-1' })
    const verdict = await must(merchant.call('GET', `/v1/order/${second.button_order_id}/verdict`))
    expect(verdict.segment).toBe('new')
    await buy('till-3', { id: 'till-1' })
    const third = await must(merchant.call('GET', '/v1/order/till-3/verdict'))
    expect(third).toMatchObject({ segment: 'active', evidence: { matched: 'customer_id' } })
  })

  test('is refused beyond all bounds, and its neighbours are not', async () => {
    await report(publisher, 0, 500, 'crowd')
    await report(publisher, 500, HOLDERS_LIMIT, 'crowd')
    const rows = await report(publisher, HOLDERS_LIMIT, HOLDERS_LIMIT + 2, 'crowd')
    expect(rows.map((row: { status: string }) => row.status)).toEqual(['rejected', 'rejected'])
    const [, neighbour] = await Promise.all([
      publisher.call('POST', '/v1/customers', { id: 'crowd-x', email_sha256: emailHash('crowd') }),
      publisher.call('POST', '/v1/customers', { id: 'alone', email_sha256: emailHash('alone') }),
    ])
    expect(neighbour.status).toBe(200)
  })

  test('nothing drifted', async () => {
    const { drift, checks } = await network.server.parts.verify()
    expect(drift, JSON.stringify(checks.filter((check) => check.drift > 0))).toBe(0)
  })
})
