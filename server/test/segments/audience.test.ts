import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { readEvents } from '../support/events.ts'
import { emailHash } from '../support/hash.ts'
import { must, startFreshNetwork } from '../support/network.ts'
import type { Member, Network } from '../support/network.ts'

describe.each(databases)('who sees and hears of segments, on $name', ({ create }) => {
  let network: Network
  let publisher: Member
  let merchant: Member
  const customer = { id: 'kim', email_sha256: emailHash('kim') }

  beforeEach(async () => {
    network = await startFreshNetwork(create, { publishers: 1, merchants: 1 })
    ;[publisher] = network.publishers as [Member]
    ;[merchant] = network.merchants as [Member]
    await must(publisher.call('POST', '/v1/customers', customer))
  })
  afterEach(async () => {
    const { drift, checks } = await network.server.parts.verify()
    expect(drift, JSON.stringify(checks.filter((check) => check.drift > 0))).toBe(0)
    await network.stop()
  })

  const segments = async (member: Member = publisher, id = 'kim'): Promise<string[]> => {
    const { segments: its } = await must(member.call('GET', `/v1/customers/${id}`))
    return (its as { name: string }[]).map(({ name }) => name)
  }
  const buy = (orderId: string) =>
    must(
      merchant.call('POST', '/v1/order', {
        order_id: orderId,
        total: 1,
        currency: 'USD',
        customer,
      }),
    )
  const cancel = (orderId: string) => must(merchant.call('DELETE', `/v1/order/${orderId}`))
  const switchSegments = (on: boolean) =>
    must(
      network.operator.call('PATCH', `/operator/v1/organizations/${merchant.organization.id}`, {
        customer_segments: on,
      }),
    )
  const setPartnership = (status: string) =>
    must(
      network.operator.call(
        'PUT',
        `/operator/v1/partnerships/${publisher.organization.id}/${merchant.organization.id}`,
        { status },
      ),
    )
  const told = async () =>
    (await readEvents(network.db, publisher.organization.id)).map(
      ({ sequence, previous, current }) => [sequence, previous, current],
    )

  test('an approved publisher and the merchant see the segment', async () => {
    expect(await segments()).toEqual(['new'])
    await buy('o-1')
    expect(await segments()).toEqual(['active'])
    expect(await segments(merchant)).toEqual(['active'])
    expect(await told()).toEqual([[1, 'new', 'active']])
  })

  test.each(['pending', 'available'])(
    'a publisher that is %s sees and hears nothing',
    async (status) => {
      await setPartnership(status)
      expect(await segments()).toEqual([])
      await buy('o-1')
      expect(await told()).toEqual([])
      await setPartnership('approved')
      expect(await segments()).toEqual(['active'])
      expect(await told()).toEqual([])
      await cancel('o-1')
      expect(await told()).toEqual([[1, 'active', 'new']])
    },
  )

  test('switching segments on moves nobody; who is active is shown so', async () => {
    await switchSegments(false)
    expect(await segments()).toEqual([])
    await buy('o-1')
    await switchSegments(true)
    expect(await segments()).toEqual(['active'])
    expect(await told()).toEqual([])
  })

  test('what happened unseen leaves no gap in the count', async () => {
    await buy('o-1')
    await switchSegments(false)
    await cancel('o-1')
    await switchSegments(true)
    expect(await segments()).toEqual(['new'])
    await buy('o-2')
    expect(await told()).toEqual([
      [1, 'new', 'active'],
      [2, 'new', 'active'],
    ])
  })

  test('a merchant’s own customer that buys later is told of to the merchant', async () => {
    await must(merchant.call('POST', '/v1/customers', customer))
    expect(await segments(merchant)).toEqual(['new'])
    await buy('o-1')
    expect(await segments(merchant)).toEqual(['active'])
    const its = await readEvents(network.db, merchant.organization.id)
    expect(its).toMatchObject([{ sequence: 1, previous: 'new', current: 'active' }])
  })
})
