import { beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../support/databases.ts'
import { must } from '../../support/network.ts'
import type { Answer } from '../../support/network.ts'
import { percent, useWorld } from '../world.ts'

interface Listed {
  id: string
  created_date: string
  country: string | null
  currency: string
  button_order_id: string
}

const LIST = '/v1/affiliation/transactions'
const COUNTRIES = ['DE', 'FR', undefined]
const CURRENCIES = ['USD', 'EUR']

describe.each(databases)('lists of transactions on $name', (testDatabase) => {
  const world = useWorld(testDatabase)
  /** As they were made. */
  let made: Listed[]

  beforeAll(async () => {
    await world.card([percent(10)])
    for (let index = 0; index < 12; index++) {
      const country = COUNTRIES[index % 3]
      const currency = CURRENCIES[index % 2]
      await must(world.order(`order-${index}`, { currency, ...(country && { country }) }))
    }
    // Of one instant: only their ids tell them apart.
    const token = await world.click()
    const order = { btn_ref: token, total: 100, currency: 'USD' }
    const report = (id: string) =>
      must(world.merchant.call('POST', '/v1/order', { ...order, order_id: id }))
    await Promise.all(Array.from({ length: 8 }, (_, index) => report(`same-${index}`)))
    made = (await must(world.publisher.call('GET', LIST))).reverse()
  })

  const get = (path: string): Promise<Answer> => world.publisher.call('GET', path)
  const pathOf = (url: string): string => {
    const { pathname, search } = new URL(url)
    return pathname + search
  }

  /** Every page from here on, towards `next` or `previous`. */
  async function walk(path: string, direction: 'next' | 'previous' = 'next'): Promise<Listed[][]> {
    const pages: Listed[][] = []
    for (let at: string | null = path; at !== null;) {
      const { body }: Answer = await get(at)
      pages.push(body.objects)
      expect(body.meta.prev).toBe(body.meta.previous)
      at = body.meta[direction] === null ? null : pathOf(body.meta[direction])
    }
    return pages
  }
  const idsOf = (listed: Listed[]) => listed.map(({ id }) => id)

  test('go newest first, page by page, and back again', async () => {
    expect(made).toHaveLength(20)
    const newestFirst = idsOf(made).reverse()
    const pages = await walk(`${LIST}?page_size=7`)
    expect(pages.map((page) => page.length)).toEqual([7, 7, 6])
    expect(idsOf(pages.flat())).toEqual(newestFirst)
    const second = await get(pathOf((await get(`${LIST}?page_size=7`)).body.meta.next))
    const third = await get(pathOf(second.body.meta.next))
    const back = await walk(pathOf(third.body.meta.previous), 'previous')
    expect(back.map(idsOf)).toEqual([idsOf(pages[1] ?? []), idsOf(pages[0] ?? [])])
    expect((await get(`${LIST}?page_size=20`)).body.meta).toMatchObject({
      next: null,
      previous: null,
    })
  })

  test('skip and repeat nothing while others come', async () => {
    const before = idsOf((await must(get(`${LIST}?page_size=500`))) as Listed[])
    const seen: string[] = []
    let at: string | null = `${LIST}?page_size=3`
    for (let page = 0; at !== null; page++) {
      const { body }: Answer = await get(at)
      seen.push(...idsOf(body.objects))
      await must(world.order(`meanwhile-${page}`))
      at = body.meta.next === null ? null : pathOf(body.meta.next)
    }
    expect(seen).toEqual(before)
  })

  test.each([
    ['', (_: Listed) => true],
    ['country=de', ({ country }: Listed) => country === 'DE'],
    ['country=FR', ({ country }: Listed) => country === 'FR'],
    ['country=IT', (_: Listed) => false],
  ])('hold what is asked for: %s', async (query, isWanted) => {
    const all = (await walk(`${LIST}?page_size=500`)).flat()
    for (const field of ['created_date', 'attribution_date', 'modified_date']) {
      const pages = await walk(`${LIST}?page_size=2&time_field=${field}&${query}`)
      expect(new Set(idsOf(pages.flat())), field).toEqual(new Set(idsOf(all.filter(isWanted))))
      expect(pages.flat()).toHaveLength(all.filter(isWanted).length)
    }
  })

  test('are those of an account', async () => {
    const accounts = await must(get('/v1/affiliation/accounts'))
    const all = (await walk(`${LIST}?page_size=500`)).flat()
    expect(accounts).toHaveLength(2)
    for (const { id, currency } of accounts) {
      const its = all.filter((each) => each.currency === currency)
      for (const query of ['', '&time_field=attribution_date', '&time_field=modified_date']) {
        const pages = await walk(`/v1/affiliation/accounts/${id}/transactions?page_size=3${query}`)
        expect(new Set(idsOf(pages.flat()))).toEqual(new Set(idsOf(its)))
      }
    }
  })

  test('begin at `start` and end before `end`', async () => {
    const [third, , fifth] = made.slice(2) as [Listed, Listed, Listed]
    const query = `start=${third.created_date}&end=${fifth.created_date}`
    const listed: Listed[] = await must(get(`${LIST}?${query}`))
    expect(idsOf(listed)).toEqual(idsOf(made.slice(2, 4)).reverse())
    const offset = encodeURIComponent(third.created_date.replace('Z', '+00:00'))
    expect(idsOf(await must(get(`${LIST}?start=${offset}&end=${fifth.created_date}`)))).toEqual(
      idsOf(listed),
    )
    const none = await get(`${LIST}?start=${fifth.created_date}&end=${third.created_date}`)
    expect(none.body.objects).toEqual([])
  })

  test('by modified_date begin with the oldest change, and what changes moves to the end', async () => {
    const path = `${LIST}?page_size=4&time_field=modified_date`
    const first = await get(path)
    expect(idsOf(first.body.objects)).toEqual(idsOf(made.slice(0, 4)))
    world.clock.advance(1_000)
    await must(world.merchant.call('POST', `/v1/order/${made[10]?.button_order_id}`, { total: 1 }))
    await must(world.merchant.call('POST', `/v1/order/${made[1]?.button_order_id}`, { total: 1 }))
    const rest = (await walk(pathOf(first.body.meta.next))).flat()
    const ids = idsOf(rest)
    expect(ids.slice(0, 6)).toEqual(idsOf(made.slice(4, 10)))
    expect(ids.filter((id) => id === made[10]?.id)).toHaveLength(1)
    expect(new Set(ids.slice(-2))).toEqual(new Set([made[10]?.id, made[1]?.id]))
  })

  test('have cursors that are bound to what was asked for', async () => {
    const { next } = (await get(`${LIST}?page_size=2&country=de`)).body.meta
    const cursor = new URL(next).searchParams.get('cursor')
    const same = await get(`${LIST}?cursor=${cursor}&page_size=3&country=DE`)
    expect(same.status).toBe(200)
    const alone = await get(`${LIST}?cursor=${cursor}&page_size=3`)
    expect(alone.body.objects, 'alone it goes on under its filters').toEqual(same.body.objects)
    for (const query of ['country=fr', 'country=de&start=2026-01-01', 'time_field=modified_date']) {
      const { status, body } = await get(`${LIST}?cursor=${cursor}&${query}`)
      expect([status, body.error.details.field]).toEqual([400, 'cursor'])
    }
    const [account] = await must(get('/v1/affiliation/accounts'))
    const inAccount = `/v1/affiliation/accounts/${account.id}/transactions?country=de&cursor=${cursor}`
    expect((await get(inAccount)).status).toBe(400)
    const theirs = await world.rival.call('GET', `${LIST}?cursor=${cursor}&country=de`)
    expect(theirs.status).toBe(400)
  })

  test.each([
    ['start', 'start=yesterday'],
    ['end', 'end=2026-13-01'],
    ['start', 'start='],
    ['time_field', 'time_field=paid_date'],
    ['country', 'country=DEU'],
    ['page_size', 'page_size=501'],
    ['cursor', 'cursor=x'],
    ['status', 'status=paid'],
    ['state', 'state=pending'],
  ])('refuse a wrong %s: %s', async (field, query) => {
    const { status, body } = await get(`${LIST}?${query}`)
    expect([status, body.error.details.field]).toEqual([400, field])
  })

  test('are of each publisher its own', async () => {
    const [{ id }] = made as [Listed]
    const [account] = await must(get('/v1/affiliation/accounts'))
    const its = `${LIST}/${id}`
    const paths = [its, `${its}/ledger`, `${its}/verdict`]
    for (const path of paths) {
      expect((await get(path)).status).toBe(200)
      const { status, body } = await world.rival.call('GET', path)
      expect([status, body.error.message]).toEqual([404, `Could not find ${id}`])
    }
    for (const unknown of ['tx-0123456789abcdef', 'tx-x', id.toUpperCase()]) {
      expect((await get(`${LIST}/${unknown}`)).status).toBe(404)
    }
    expect(await must(world.rival.call('GET', LIST))).toEqual([])
    const ofAccount = `/v1/affiliation/accounts/${account.id}/transactions`
    // The merchant has an account of its own for what it owes: see merchants-transactions.test.ts.
    expect((await world.merchant.call('GET', ofAccount)).status).toBe(404)
  })

  test('of a ledger go entry by entry, and back again', async () => {
    const [transaction] = made as [Listed]
    for (let total = 20; total <= 100; total += 20) {
      const path = `/v1/order/${transaction.button_order_id}`
      await must(world.merchant.call('POST', path, { total }))
    }
    type Entry = { number: number; amount: number; balance: number }
    const path = `${LIST}/${transaction.id}/ledger?page_size=4`
    const { body } = await get(path)
    const rest = await get(pathOf(body.meta.next))
    const entries: Entry[] = [...body.objects, ...rest.body.objects]
    expect(entries.map(({ number, amount, balance }) => [number, amount, balance])).toEqual([
      [1, 1_000, 1_000],
      [2, -998, 2],
      [3, 2, 4],
      [4, 2, 6],
      [5, 2, 8],
      [6, 2, 10],
    ])
    expect(rest.body.meta.next).toBeNull()
    const back = await get(pathOf(rest.body.meta.previous))
    expect(back.body.objects).toEqual(body.objects)
    expect(back.body.meta.previous).toBeNull()
    expect((await get(pathOf(back.body.meta.next))).body.objects).toEqual(rest.body.objects)
    const foreign = `${LIST}/${made[1]?.id}/ledger?${body.meta.next.split('?')[1]}`
    expect((await get(foreign)).status).toBe(400)
  })
})
