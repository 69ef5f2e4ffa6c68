import { beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { readEvents } from '../support/events.ts'
import { emailHash } from '../support/hash.ts'
import { must, useNetwork } from '../support/network.ts'
import type { Member } from '../support/network.ts'

const DEVICE = 'aebe52e7-03ee-455a-b3c4-e57283966239'

describe.each(databases)('customers on $name', ({ create }) => {
  const network = useNetwork(create, { publishers: 2, merchants: 1 })
  let publisher: Member
  let other: Member
  let merchant: Member

  beforeAll(() => {
    ;[publisher, other] = network.publishers as [Member, Member]
    ;[merchant] = network.merchants as [Member]
  })

  const report = (member: Member, id: string, ...names: string[]) =>
    must(member.call('POST', '/v1/customers', { id, emails_sha256: names.map(emailHash) }))
  const buy = (orderId: string, ...names: string[]) =>
    must(
      merchant.call('POST', '/v1/order', {
        order_id: orderId,
        total: 100,
        currency: 'USD',
        customer: { id: `buyer-${orderId}`, emails_sha256: names.map(emailHash) },
      }),
    )
  const segmentOf = async (member: Member, id: string): Promise<string> =>
    (await must(member.call('GET', `/v1/customers/${id}`))).segments[0].name

  test('the same report again changes nothing', async () => {
    const body = { id: 'same', email_sha256: emailHash('same'), advertising_id: DEVICE }
    const first = await must(publisher.call('POST', '/v1/customers', body))
    const second = await must(publisher.call('POST', '/v1/customers', body))
    expect(second).toEqual(first)
    expect(first).toEqual({
      id: 'same',
      email_sha256: emailHash('same'),
      emails_sha256: [emailHash('same')],
      advertising_id: DEVICE,
      segments: [
        {
          id: expect.stringMatching(/^segment-[0-9a-f]{16}$/),
          organization_id: merchant.organization.id,
          name: 'new',
        },
      ],
      created_date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      modified_date: first.created_date,
    })
  })

  test('reports are joined, and the last one stands alone', async () => {
    await report(publisher, 'joined', 'joined-1')
    const joined = await report(publisher, 'joined', 'joined-2')
    expect(joined.emails_sha256).toEqual([emailHash('joined-1'), emailHash('joined-2')])
    expect(joined.email_sha256).toBe(emailHash('joined-2'))
  })

  test('many reports of one customer at once converge', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `many-${index % 8}`)
    await Promise.all(names.map((name) => report(publisher, 'many', name)))
    const { emails_sha256: emails } = await must(publisher.call('GET', '/v1/customers/many'))
    expect(new Set(emails)).toEqual(new Set(names.map(emailHash)))
  })

  test("another organization's customer is an absent one", async () => {
    await report(publisher, 'mine', 'mine')
    const foreign = await other.call('GET', '/v1/customers/mine')
    const absent = await other.call('GET', '/v1/customers/nobody')
    expect(foreign.status).toBe(404)
    expect(foreign.body.error.message).toBe('Could not find mine')
    expect(absent.status).toBe(404)
    expect((await other.call('DELETE', '/v1/customers/mine')).status).toBe(404)
  })

  test('a purchase makes every customer with the e-mail active, each told once', async () => {
    await report(publisher, 'alice', 'alice')
    await report(other, 'a-1', 'alice', 'alice-2')
    await buy('alice-1', 'alice')
    await buy('alice-2', 'alice')
    expect(await segmentOf(publisher, 'alice')).toBe('active')
    expect(await segmentOf(other, 'a-1')).toBe('active')
    // One step only: the buyer does not carry the second address.
    await report(publisher, 'alice-second', 'alice-2')
    expect(await segmentOf(publisher, 'alice-second')).toBe('new')
    const events = await readEvents(network.db)
    expect(
      events.map(({ sequence, previous, current, cause }) => [sequence, previous, current, cause]),
    ).toEqual([
      [1, 'new', 'active', 'order'],
      [1, 'new', 'active', 'order'],
    ])
  })

  test('the first evaluation moves nobody; what it finds is the answer', async () => {
    await buy('bob-1', 'bob')
    const before = (await readEvents(network.db)).length
    const answer = await report(publisher, 'bob', 'bob')
    expect(answer.segments[0].name).toBe('active')
    expect(await readEvents(network.db)).toHaveLength(before)
  })

  test('an identifier that comes later moves the customer', async () => {
    await buy('carol-1', 'carol')
    await report(publisher, 'carol')
    expect(await segmentOf(publisher, 'carol')).toBe('new')
    const answer = await report(publisher, 'carol', 'carol')
    expect(answer.segments[0].name).toBe('active')
    const last = (await readEvents(network.db)).filter((event) => event.cause === 'customer')
    expect(last).toMatchObject([{ previous: 'new', current: 'active', sequence: 1 }])
  })

  test('replacing the identifiers takes the old ones away', async () => {
    await buy('dave-1', 'dave')
    await report(publisher, 'dave', 'dave')
    const replaced = await must(
      publisher.call('PUT', '/v1/customers/dave', { email_sha256: emailHash('dave-new') }),
    )
    expect(replaced.emails_sha256).toEqual([emailHash('dave-new')])
    expect(replaced.segments[0].name).toBe('new')
    const wrong = await publisher.call('PUT', '/v1/customers/dave', { id: 'x' })
    expect(wrong.body.error.details).toEqual({ field: 'id' })
  })

  test('an erased customer is gone, and goes on counting when it comes back', async () => {
    await report(publisher, 'erin')
    await buy('erin-1', 'erin')
    await report(publisher, 'erin', 'erin')
    expect((await publisher.call('DELETE', '/v1/customers/erin')).body.object).toBeNull()
    expect((await publisher.call('GET', '/v1/customers/erin')).status).toBe(404)
    expect((await publisher.call('DELETE', '/v1/customers/erin')).status).toBe(200)
    expect((await report(publisher, 'erin')).segments[0].name).toBe('new')
    expect((await report(publisher, 'erin', 'erin')).segments[0].name).toBe('active')
    const its = (await readEvents(network.db)).filter((event) => event.cause === 'customer')
    expect(its.filter((event) => event.sequence === 2)).toHaveLength(1)
  })

  test('when the merchant erases the buyer its evidence is gone, and everybody is told', async () => {
    await report(publisher, 'frank', 'frank')
    await buy('frank-1', 'frank')
    expect(await segmentOf(publisher, 'frank')).toBe('active')
    await must(merchant.call('DELETE', '/v1/customers/buyer-frank-1')).catch(() => undefined)
    expect(await segmentOf(publisher, 'frank')).toBe('new')
    const order = await must(merchant.call('GET', '/v1/order/frank-1'))
    expect(order.total).toBe(100)
    expect((await merchant.call('GET', '/v1/customers/buyer-frank-1')).status).toBe(404)
    const last = (await readEvents(network.db)).filter((event) => event.cause === 'erasure')
    expect(last).toMatchObject([{ previous: 'active', current: 'new', sequence: 2 }])
  })

  test('a sign-up with the merchant alone moves nobody', async () => {
    await report(publisher, 'gina', 'gina')
    await report(merchant, 'gina-at-merchant', 'gina')
    expect(await segmentOf(publisher, 'gina')).toBe('new')
    expect(await segmentOf(merchant, 'gina-at-merchant')).toBe('new')
  })

  test('a batch answers a result a row, and a bad row is nobody else’s', async () => {
    const answer = await publisher.call('POST', '/v1/customers/batch', {
      customers: [
        { id: 'row-1', email_sha256: emailHash('row-1') },
        { id: 'row-2', email_sha256: 'row-2@shop.example' },
        { id: 'row-1', email_sha256: emailHash('row-1') },
        { id: 'row-4', emails: [] },
        'row-5',
        { id: 'row-1', email_sha256: emailHash('row-6') },
      ],
    })
    expect(
      answer.body.objects.map(({ id, status }: { id: string; status: string }) => [id, status]),
    ).toEqual([
      ['row-1', 'created'],
      ['row-2', 'rejected'],
      ['row-1', 'unchanged'],
      ['row-4', 'created'],
      [null, 'rejected'],
      ['row-1', 'updated'],
    ])
    expect(answer.body.objects[1].error.details).toEqual({ field: 'email_sha256' })
    expect(answer.body.meta.warnings).toEqual([
      expect.objectContaining({ type: 'UnknownMember', field: 'customers[3].emails' }),
    ])
    expect(JSON.stringify(answer.body)).not.toContain('row-2@')
    const large = Array.from({ length: 1_001 }, (_, index) => ({ id: `x-${index}` }))
    const tooMany = await publisher.call('POST', '/v1/customers/batch', { customers: large })
    expect(tooMany.status).toBe(400)
  })

  test('nothing drifted', async () => {
    const { drift, checks } = await network.server.parts.verify()
    expect(drift, JSON.stringify(checks.filter((check) => check.drift > 0))).toBe(0)
  })
})
