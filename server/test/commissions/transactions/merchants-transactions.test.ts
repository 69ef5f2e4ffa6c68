import { beforeAll, afterAll, describe, expect, test } from 'vitest'
import { databases } from '../../support/databases.ts'
import { must } from '../../support/network.ts'
import type { Member } from '../../support/network.ts'
import { createMarket, readList } from '../market.ts'
import type { Market } from '../market.ts'

const LIST = '/v1/affiliation/transactions'
const ACCOUNTS = '/v1/affiliation/accounts'

interface Listed {
  id: string
  account_id: string
  order_id: string | null
  currency: string
  publisher_organization: string
}

describe.each(databases)('what a merchant owes, on $name', (testDatabase) => {
  let market: Market
  let publishers: Member[]
  let merchant: Member
  let other: Member

  beforeAll(async () => {
    market = await createMarket(testDatabase, { merchants: 2 })
    ;({ publishers } = market.network)
    ;[merchant, other] = market.network.merchants as [Member, Member]
    for (const { call } of [merchant, other]) {
      await must(call('POST', '/v1/rate-cards', { name: 'card', rates: [{ percent: 10 }] }))
    }
    for (let index = 0; index < 12; index++) {
      market.clock.advance(1_000)
      const publisher = publishers[index % 2]!
      const user = `kim-${index}`
      const btn_ref = await market.click(publisher, merchant, { user, ref: `ref-${index}` })
      const currency = index % 3 === 0 ? 'EUR' : 'USD'
      const country = index % 4 === 0 ? 'DE' : 'FR'
      const order = { order_id: `own-${index}`, total: 1_000, currency, country, btn_ref }
      await must(merchant.call('POST', '/v1/order', order))
    }
    const btn_ref = await market.click(publishers[0]!, other)
    const order = { order_id: 'others', total: 1_000, currency: 'USD', btn_ref }
    await must(other.call('POST', '/v1/order', order))
  })
  afterAll(() => market.stop())

  const read = (path: string): Promise<Listed[]> => readList(merchant.call, path)
  const idsOf = (listed: Listed[]) => listed.map(({ id }) => id)

  test('is listed with its own numbers, and with nothing that is the publisher’s alone', async () => {
    const listed = await read(LIST)
    expect(listed.map(({ order_id }) => order_id)).toEqual(
      Array.from({ length: 12 }, (_, index) => `own-${11 - index}`),
    )
    expect(listed[0]).toMatchObject({
      amount: 100,
      commerce_organization: merchant.organization.id,
      publisher_organization: publishers[1]!.organization.id,
      publisher_customer_id: null,
      pub_ref: null,
      advertising_id: null,
    })
    const told = JSON.stringify([
      listed,
      ...(await Promise.all(
        ['', '/ledger', '/verdict'].map((part) =>
          must(merchant.call('GET', `${LIST}/${listed[0]!.id}${part}`)),
        ),
      )),
    ])
    for (const secret of ['kim-', 'ref-11', 'others']) expect(told).not.toContain(secret)
  })

  test('is what its publishers are owed, transaction by transaction', async () => {
    const theirs = (
      await Promise.all(publishers.map(({ call }) => readList(call, LIST)))
    ).flat() as (Listed & { commerce_organization: string })[]
    const here = theirs.filter((each) => each.commerce_organization === merchant.organization.id)
    const mine = await read(LIST)
    expect(new Set(idsOf(mine))).toEqual(new Set(idsOf(here)))
    expect(here.every(({ order_id }) => order_id === null)).toBe(true)
  })

  test('stands in one account for each publisher and currency, each transaction in one', async () => {
    const accounts = await must(merchant.call('GET', ACCOUNTS))
    expect(accounts).toHaveLength(4)
    const all = await read(LIST)
    const seen: string[] = []
    for (const { id, currency, publisher_organization, organization } of accounts) {
      expect(organization).toBe(merchant.organization.id)
      for (const query of ['', '&time_field=modified_date', '&time_field=attribution_date']) {
        const listed = await read(`${ACCOUNTS}/${id}/transactions?page_size=2${query}`)
        const its = all.filter((each) => each.account_id === id)
        expect(new Set(idsOf(listed)), query).toEqual(new Set(idsOf(its)))
        for (const each of listed) expect(each).toMatchObject({ currency, publisher_organization })
        if (query === '') seen.push(...idsOf(listed))
      }
    }
    expect(seen.sort()).toEqual(idsOf(all).sort())
    const theirs = await must(publishers[0]!.call('GET', ACCOUNTS))
    const shared = accounts.filter(({ id }: Listed) =>
      theirs.some((each: Listed) => each.id === id),
    )
    expect(shared, 'neither side reads the other’s').toEqual([])
    for (const [asker, account] of [
      [other, accounts[0]],
      [publishers[0]!, accounts[0]],
      [merchant, theirs[0]],
    ] as const) {
      const foreign = await asker.call('GET', `${ACCOUNTS}/${account.id}/transactions`)
      expect(foreign.status).toBe(404)
    }
  })

  test('is paged, filtered and followed as publishers’ lists are', async () => {
    const all = idsOf(await read(LIST))
    for (const field of ['created_date', 'attribution_date', 'modified_date']) {
      const listed = idsOf(await read(`${LIST}?page_size=5&time_field=${field}`))
      expect(field === 'modified_date' ? listed.reverse() : listed).toEqual(all)
    }
    expect(await read(`${LIST}?country=de&page_size=2`)).toHaveLength(3)
    const { next } = (await merchant.call('GET', `${LIST}?page_size=2&country=fr`)).body.meta
    const cursor = new URL(next).searchParams.get('cursor')
    const alone = await merchant.call('GET', `${LIST}?cursor=${cursor}`)
    expect(alone.body.objects).toHaveLength(7)
    expect((await merchant.call('GET', `${LIST}?cursor=${cursor}&country=de`)).status).toBe(400)
    for (const { call } of [other, publishers[0]!]) {
      expect((await call('GET', `${LIST}?cursor=${cursor}`)).status).toBe(400)
    }
    const start = encodeURIComponent('2026-03-01T12:00:04.000Z')
    expect(await read(`${LIST}?start=${start}`)).toHaveLength(9)
  })

  test('is nobody else’s', async () => {
    const [mine] = await read(LIST)
    for (const part of ['', '/ledger', '/verdict']) {
      expect((await other.call('GET', `${LIST}/${mine!.id}${part}`)).status).toBe(404)
      expect((await merchant.call('GET', `${LIST}/tx-0123456789abcdef${part}`)).status).toBe(404)
      expect((await merchant.call('GET', `${LIST}/nothing${part}`)).status).toBe(404)
    }
    expect(await readList(other.call, LIST)).toHaveLength(1)
  })

  test('nothing drifted', async () => {
    expect(await market.drift()).toEqual([])
  })
})
