import { beforeAll, describe, expect, test } from 'vitest'
import { follow, linkTo, register } from '../links/shoppers.ts'
import { databases } from '../support/databases.ts'
import { must, useNetwork } from '../support/network.ts'
import type { Member } from '../support/network.ts'
import { createPublishedClient } from './published-client.ts'
import type { PublishedClient } from './published-client.ts'

const TOTALS = [1_000, 2_000, 2_299]

describe.each(databases)('what the published Node client is owed on $name', ({ create }) => {
  const network = useNetwork(create, { publishers: 1, merchants: 1 })
  let publisher: PublishedClient
  let tokens: string[]

  beforeAll(async () => {
    const [member] = network.publishers as [Member]
    const [merchant] = network.merchants as [Member]
    publisher = createPublishedClient(network.url, member.key)
    const rates = [{ segment: 'default', category: null, percent: '2' }]
    await must(merchant.call('POST', '/v1/rate-cards', { name: 'All', rates }))
    await register(merchant, 'shop.example')
    tokens = []
    const shop = createPublishedClient(network.url, merchant.key)
    for (const [index, total] of TOTALS.entries()) {
      const experience = { btn_pub_user: `user-${index}`, btn_pub_ref: 'ref' }
      const { token } = await follow(await linkTo(member, 'https://shop.example/', { experience }))
      tokens.push(token ?? '')
      const order = { total, currency: 'USD', order_id: `order-${index}`, btn_ref: token }
      await shop.orders.create(order)
    }
  })

  interface Owed {
    amount: number
    btn_ref: string
    publisher_customer_id: string
  }
  const tell = (owed: Owed[]) =>
    owed.map(({ amount, btn_ref, publisher_customer_id }) => [
      btn_ref,
      amount,
      publisher_customer_id,
    ])
  const expected = () =>
    [45, 40, 20].map((amount, index) => [tokens[2 - index], amount, `user-${2 - index}`])

  test('accounts: all, and the transactions of one', async () => {
    const { data, meta } = await publisher.accounts.all()
    expect(meta).toEqual({ next: null, previous: null })
    expect(data).toEqual([
      {
        id: expect.stringMatching(/^acc-[0-9a-f]{16}$/),
        name: 'Cashback USD',
        currency: 'USD',
        organization: network.publishers[0]?.organization.id,
      },
    ])
    const [account] = data
    const its = await publisher.accounts.transactions(account.id)
    expect(tell(its.data)).toEqual(expected())
    const options = { start: '2020-01-01T00:00:00Z', end: '2020-02-01T00:00:00Z' }
    const none = await publisher.accounts.transactions(account.id, {
      ...options,
      time_field: 'modified_date',
    })
    expect(none.data).toEqual([])
  })

  test('transactions: all, by dates and by cursor', async () => {
    const { data } = await publisher.transactions.all()
    expect(tell(data)).toEqual(expected())
    const [, middle] = data
    const since = await publisher.transactions.all({ start: middle.created_date })
    expect(tell(since.data)).toEqual(expected().slice(0, 2))
    const page = await network.publishers[0]?.call(
      'GET',
      '/v1/affiliation/transactions?page_size=2',
    )
    const next = new URL(page?.body.meta.next)
    const cursor = next.searchParams.get('cursor')
    const rest = await publisher.transactions.all({ cursor })
    expect(tell(rest.data)).toEqual(expected().slice(2))
    expect(rest.meta.next).toBeNull()
    // The client documents a second page by the cursor alone: the filters go along in it.
    const month = 'start=2020-01-01T00:00:00Z&end=2099-01-01T00:00:00Z&time_field=modified_date'
    const filtered = await network.publishers[0]?.call(
      'GET',
      `/v1/affiliation/transactions?page_size=2&${month}`,
    )
    const onward = new URL(filtered?.body.meta.next).searchParams.get('cursor')
    const second = await publisher.transactions.all({ cursor: onward })
    expect(tell(second.data)).toEqual(expected().slice(0, 1))
    const same = await publisher.transactions.all({
      cursor: onward,
      start: '2020-01-01T00:00:00.000Z',
      time_field: 'modified_date',
    })
    expect(tell(same.data)).toEqual(expected().slice(0, 1))
    const other = publisher.transactions.all({ cursor: onward, time_field: 'created_date' })
    await expect(other).rejects.toThrow(/other filters/)
    const back = await publisher.transactions.all({ cursor: rest.meta.previous })
    expect(tell(back.data)).toEqual(expected().slice(0, 2))
  })
})
