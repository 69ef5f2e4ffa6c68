import { beforeAll, describe, expect, test } from 'vitest'
import { clientOf, failureOf } from '../conformance/own-client.ts'
import { partnershipPath } from '../links/shoppers.ts'
import { manualClock } from '../support/clock.ts'
import { databases } from '../support/databases.ts'
import { inParallel } from '../support/in-parallel.ts'
import { createCall, must, useNetwork } from '../support/network.ts'
import type { Member } from '../support/network.ts'

const DAY_MS = 86_400_000

describe.each(databases)('requests for partnerships on $name', ({ create }) => {
  const clock = manualClock()
  const network = useNetwork(create, { clock, publishers: 3, merchants: 2 })
  let publisher: Member
  let other: Member
  let merchant: Member
  let quiet: Member

  const operator = (method: string, path: string, body?: unknown) =>
    network.operator.call(method, `/operator/v1${path}`, body)
  const set = (asking: Member, asked: Member, status: string) =>
    must(network.operator.call('PUT', partnershipPath(asking, asked), { status }))
  const letAnswer = (its: Member, answers_publishers: boolean) =>
    must(operator('PATCH', `/organizations/${its.organization.id}`, { answers_publishers }))
  const ask = (asking: Member, asked: Member) =>
    clientOf(network, asking).merchants.ask(asked.organization.id)
  const answer = (answering: Member, asking: Member, its: 'approve' | 'decline') =>
    clientOf(network, answering).publishers.answer(asking.organization.id, its)
  const versionOf = () => network.server.parts.directory.current().version
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const entriesOf = (its: Member): Promise<any[]> =>
    must(its.call('GET', '/v1/audit-log?action=partnership&page_size=500'))

  beforeAll(async () => {
    ;[publisher, other] = [network.publishers[0]!, network.publishers[1]!]
    ;[merchant, quiet] = [network.merchants[0]!, network.merchants[1]!]
    await letAnswer(merchant, true)
    for (const each of [publisher, other]) {
      for (const its of [merchant, quiet]) await set(each, its, 'available')
    }
    // The end of what the network was set up with is long ago.
    clock.advance(31 * DAY_MS)
  })

  test('a publisher asks, once, and a merchant that may answers: it holds at once', async () => {
    const asked = await ask(publisher, merchant)
    expect(asked).toEqual({
      publisher_id: publisher.organization.id,
      merchant_id: merchant.organization.id,
      status: 'pending',
      status_date: clock.now().toISOString(),
      attribution_days: 30,
    })
    const version = versionOf()
    clock.advance(1_000)
    expect(await ask(publisher, merchant)).toEqual(asked)
    expect(versionOf()).toBe(version)
    const [first] = await must(merchant.call('GET', '/v1/publishers'))
    expect(first).toMatchObject({ id: publisher.organization.id, status: 'pending', rates: [] })
    const namesOf = async (query: string) =>
      (await must(merchant.call('GET', `/v1/publishers?${query}`))).map(
        ({ name }: { name: string }) => name,
      )
    expect(await namesOf('status=pending')).toEqual(['publisher 1'])
    expect(await namesOf('status=approved')).toEqual(['publisher 3'])
    expect(await merchant.call('GET', '/v1/publishers?status=available')).toMatchObject({
      status: 400,
    })

    const approved = await answer(merchant, publisher, 'approve')
    expect(approved).toMatchObject({ status: 'approved', attribution_days: 30 })
    clock.advance(1_000)
    expect(await answer(merchant, publisher, 'approve')).toEqual(approved)
    expect(await ask(publisher, merchant)).toEqual(approved)
    const [its] = await must(publisher.call('GET', '/v1/merchants?status=approved'))
    expect(its.id).toBe(merchant.organization.id)
    expect(its.ask_again_date).toBeUndefined()
    expect(await failureOf(answer(merchant, publisher, 'decline'))).toMatchObject({ status: 409 })
  })

  test('both journals tell it, and not who of the other did it, or from where', async () => {
    const key = /^key-[0-9a-f]{16}$/
    const [answered, asked] = await entriesOf(publisher)
    expect(asked).toMatchObject({
      ...{ action: 'partnership.ask', object: merchant.organization.id, address: '127.0.0.0/24' },
      actor: expect.stringMatching(key),
      before: { status: 'available' },
      after: { status: 'pending' },
    })
    expect(answered).toMatchObject({
      ...{ action: 'partnership.approve', actor: merchant.organization.id, address: null },
      after: { status: 'approved' },
    })
    const theirs = await entriesOf(merchant)
    expect(theirs[0]).toMatchObject({
      action: 'partnership.approve',
      actor: expect.stringMatching(key),
    })
    expect(theirs[1]).toMatchObject({
      ...{ action: 'partnership.ask', actor: publisher.organization.id, address: null },
      object: publisher.organization.id,
    })
    const keys = await must(publisher.call('GET', '/v1/keys'))
    expect(JSON.stringify(theirs)).not.toContain(keys[0].id)
  })

  test('after a no it can ask again in 30 days, and is told when', async () => {
    await ask(other, merchant)
    const declined = await answer(merchant, other, 'decline')
    expect(declined).toMatchObject({ status: 'available' })
    expect(await answer(merchant, other, 'decline')).toEqual(declined)
    const until = new Date(clock.now().getTime() + 30 * DAY_MS).toISOString()
    const find = async () => {
      const all = await must(other.call('GET', '/v1/merchants'))
      return all.find(({ id }: { id: string }) => id === merchant.organization.id)
    }
    expect(await find()).toMatchObject({ status: 'available', ask_again_date: until })
    // Who was declined is not told of any more, and can't be approved without asking.
    const ids = (await must(merchant.call('GET', '/v1/publishers'))).map(
      ({ id }: { id: string }) => id,
    )
    expect(ids).not.toContain(other.organization.id)
    expect(await failureOf(answer(merchant, other, 'approve'))).toMatchObject({ status: 404 })

    clock.advance(30 * DAY_MS - 1)
    const version = versionOf()
    expect(await failureOf(ask(other, merchant))).toMatchObject({
      ...{ status: 409, type: 'Conflict', details: { ask_again_date: until } },
    })
    expect(versionOf()).toBe(version)
    clock.advance(1)
    expect(await find()).not.toHaveProperty('ask_again_date')
    expect(await ask(other, merchant)).toMatchObject({ status: 'pending' })
    // The end of a partnership is a no too, whoever ends it.
    await set(other, merchant, 'approved')
    await set(other, merchant, 'available')
    expect(await failureOf(ask(other, merchant))).toMatchObject({ status: 409 })
  })

  test('only the operator answers for a merchant that may not', async () => {
    await ask(publisher, quiet)
    for (const its of ['approve', 'decline'] as const) {
      expect(await failureOf(answer(quiet, publisher, its))).toMatchObject({ status: 403 })
    }
    const requests = await must(operator('GET', '/partnerships?status=pending'))
    expect(requests).toMatchObject([
      { publisher: publisher.organization.id, merchant: quiet.organization.id },
    ])
    await letAnswer(quiet, true)
    // Of a publisher that never asked a merchant learns nothing, not even that there is one.
    const stranger = await must(
      operator('POST', '/organizations', { name: 'Stranger', role: 'publisher' }),
    )
    for (const id of [stranger.id, merchant.organization.id, 'org-0000000000000000']) {
      const call = quiet.call('POST', `/v1/partnerships/${id}/answer`, { answer: 'decline' })
      expect((await call).body.error).toMatchObject({ message: `Could not find ${id}` })
    }
    await letAnswer(quiet, false)
    await set(publisher, quiet, 'available')
    expect(await failureOf(ask(publisher, quiet))).toMatchObject({ status: 409 })
    const path = `/organizations/${publisher.organization.id}`
    expect(await operator('PATCH', path, { answers_publishers: true })).toMatchObject({
      status: 400,
    })
  })

  test('who is no merchant can’t be asked, and nobody asks in another’s place', async () => {
    for (const id of [other.organization.id, publisher.organization.id, 'nobody', '']) {
      const asked = await publisher.call('POST', '/v1/partnerships', { merchant_id: id })
      expect(asked).toMatchObject({ status: 400, body: { error: { type: 'InvalidField' } } })
    }
    const body = { merchant_id: quiet.organization.id }
    expect(await merchant.call('POST', '/v1/partnerships', body)).toMatchObject({ status: 401 })
    const path = `/v1/partnerships/${publisher.organization.id}/answer`
    expect(await publisher.call('POST', path, { answer: 'approve' })).toMatchObject({ status: 401 })
    const both = { ...body, publisher_id: other.organization.id }
    expect(await publisher.call('POST', '/v1/partnerships', both)).toMatchObject({ status: 400 })
  })

  test('of 51 requests at once of one publisher, 50 are there', async () => {
    const fields = { name: 'Asking', role: 'publisher' }
    const { id } = await must(operator('POST', '/organizations', fields))
    await must(operator('PATCH', `/organizations/${id}`, { requests_per_minute: 0 }))
    const { key } = await must(operator('POST', `/organizations/${id}/keys`, { name: 'test' }))
    const call = createCall(network.url, key)
    const merchants: string[] = []
    for (let count = 0; count < 51; count++) {
      const shop = { name: `Shop ${count}`, role: 'merchant' }
      merchants.push((await must(operator('POST', '/organizations', shop))).id)
    }
    const statuses: number[] = []
    await inParallel(merchants, async (merchant_id) => {
      statuses.push((await call('POST', '/v1/partnerships', { merchant_id })).status)
    })
    expect(statuses.filter((status) => status === 409)).toHaveLength(1)
    const asked = await must(
      operator('GET', `/partnerships?status=pending&publisher=${id}&page_size=500`),
    )
    expect(asked).toHaveLength(50)
    // Those that are open are still answered as they are.
    const again = { merchant_id: asked[0].merchant }
    expect(await must(call('POST', '/v1/partnerships', again))).toMatchObject({ status: 'pending' })
  })
})
