import { beforeAll, describe, expect, test } from 'vitest'
import { manualClock } from '../support/clock.ts'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must, useNetwork } from '../support/network.ts'
import type { Answer, Member } from '../support/network.ts'

describe.each(databases)('what the merchant says of its customers on $name', ({ create }) => {
  const clock = manualClock('2026-03-01T12:00:00.000Z')
  const network = useNetwork(create, { clock, publishers: 1, merchants: 2 })
  let merchant: Member
  let rival: Member
  let orders = 0

  beforeAll(() => {
    ;[merchant, rival] = network.merchants as [Member, Member]
  })

  const setPolicy = (policy: string) =>
    network.operator.call('PATCH', `/operator/v1/organizations/${merchant.organization.id}`, {
      verdict_policy: policy,
    })
  /** An order of this person, whom the merchant calls new or not; answers its verdict. */
  async function judge(person: string, isNew?: boolean): Promise<Answer['body']> {
    clock.advance(1_000)
    const id = `order-${++orders}`
    const customer = {
      id: person,
      email_sha256: emailHash(person),
      ...(isNew !== undefined && { is_new: isNew }),
    }
    const body = { order_id: id, total: 100, currency: 'USD', customer }
    await must(merchant.call('POST', '/v1/order', body))
    return must(merchant.call('GET', `/v1/order/${id}/verdict`))
  }

  test('the network judges unless the operator says otherwise; a claim is kept beside it', async () => {
    expect(await judge('ann', false)).toMatchObject({
      segment: 'new',
      judged: 'new',
      claimed_new: false,
      policy: 'network',
      decided_by: 'network',
      evidence: null,
      known: { customer: false, email_sha256: 1, advertising_id: 0 },
      quote: null,
      commission: null,
    })
    expect(await judge('ann')).toMatchObject({
      segment: 'active',
      claimed_new: null,
      known: { customer: true, email_sha256: 1 },
      evidence: { matched: 'customer_id', through: 'merchant' },
    })
  })

  test('under the other policies the claim counts, and earlier orders stay as they are', async () => {
    expect((await setPolicy('merchant')).body.object.verdict_policy).toBe('merchant')
    expect(await judge('bob', false)).toMatchObject({
      segment: 'active',
      judged: 'new',
      policy: 'merchant',
      decided_by: 'merchant',
    })
    expect(await judge('bob', true)).toMatchObject({ segment: 'new', judged: 'active' })
    await setPolicy('both_must_agree')
    expect(await judge('cleo', false)).toMatchObject({ segment: 'active', judged: 'new' })
    expect(await judge('dora', true)).toMatchObject({ segment: 'new', decided_by: 'network' })
    expect(await judge('dora', true)).toMatchObject({ segment: 'active', decided_by: 'network' })
    await setPolicy('network')
    const first = await must(merchant.call('GET', '/v1/order/order-3/verdict'))
    expect(first).toMatchObject({ segment: 'active', policy: 'merchant' })
  })

  test('a policy that there is not is refused', async () => {
    const { status, body } = await setPolicy('majority')
    expect([status, body.error.details.field]).toEqual([400, 'verdict_policy'])
  })

  test('conflicts are listed page by page, newest first, and counted', async () => {
    const page = await merchant.call('GET', '/v1/verdict-conflicts?page_size=3')
    const ids = page.body.objects.map((each: { order_id: string }) => each.order_id)
    expect(ids).toEqual(['order-7', 'order-5', 'order-4'])
    expect(page.body.objects[0]).toEqual({
      button_order_id: expect.stringMatching(/^btnorder-[0-9a-f]{16}$/),
      order_id: 'order-7',
      claimed_new: true,
      judged: 'active',
      segment: 'active',
      policy: 'both_must_agree',
      judged_date: '2026-03-01T12:00:07.000Z',
    })
    const { pathname, search } = new URL(page.body.meta.next)
    const rest = await merchant.call('GET', pathname + search)
    expect(rest.body.objects.map((each: { order_id: string }) => each.order_id)).toEqual([
      'order-3',
      'order-1',
    ])
    expect(rest.body.meta.next).toBe(null)
    const count = (query = '', member = merchant) =>
      must(member.call('GET', `/v1/verdict-conflicts/count${query}`))
    expect(await count()).toEqual({ conflicts: 5, claimed_new: 2, claimed_active: 3 })
    const period = '?start=2026-03-01T12:00:03Z&end=2026-03-01T12:00:05Z'
    expect(await count(period)).toEqual({ conflicts: 2, claimed_new: 1, claimed_active: 1 })
    expect(await count('', rival)).toEqual({ conflicts: 0, claimed_new: 0, claimed_active: 0 })
    expect((await rival.call('GET', '/v1/verdict-conflicts')).body.objects).toEqual([])
    const [publisher] = network.publishers as [Member]
    expect((await publisher.call('GET', '/v1/verdict-conflicts')).status).toBe(401)
    const bad = await merchant.call('GET', '/v1/verdict-conflicts?start=yesterday')
    expect([bad.status, bad.body.error.details.field]).toEqual([400, 'start'])
    const other = await merchant.call('GET', `${pathname}${search}&start=2026-01-01`)
    expect([other.status, other.body.error.details.field]).toEqual([400, 'cursor'])
  })

  test('a test order is no conflict, whatever is said of it', async () => {
    const body = {
      order_id: 'test-order',
      total: 100,
      currency: 'USD',
      btn_ref: 'fakesrctok-0011223344556677',
      customer: { id: 'nobody', is_new: false },
    }
    await must(merchant.call('POST', '/v1/order', body))
    const { conflicts } = await must(merchant.call('GET', '/v1/verdict-conflicts/count'))
    expect(conflicts).toBe(5)
    const verdict = await must(merchant.call('GET', '/v1/order/test-order/verdict'))
    expect(verdict).toMatchObject({ segment: 'new', commission: null, known: null })
  })
})
