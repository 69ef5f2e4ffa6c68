import { sql } from 'kysely'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { FEWEST_PEOPLE } from '../../src/customers/privacy-floor.ts'
import { dropEventDays } from '../../src/events/drop-days.ts'
import { databases } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { must } from '../support/network.ts'
import type { Answer, Member } from '../support/network.ts'
import { DAY_MS, percent, useWorld } from '../commissions/world.ts'

const PEOPLE = FEWEST_PEOPLE + 10
const HOUR_MS = 3_600_000
const device = (index: number): string =>
  `aebe52e7-03ee-455a-b3c4-${String(index).padStart(12, '0')}`

interface Paid {
  id: string
  created_date: string
  currency: string
  amount: number
  order_total: number
  status: string
  commerce_organization: string
  publisher_organization: string
  customer_segment: { name: string } | null
  order_line_items: { category: string | null; publisher_commission: number }[]
}

describe.each(databases)('reports on $name', (testDatabase) => {
  const world = useWorld(testDatabase, { merchants: 2 })
  let shop: Member
  let other: Member

  /** The report once it is as of now: a count waits for nobody, and this machine may be slow. */
  async function get(path: string, by = world.publisher): Promise<Answer['body']> {
    const now = world.clock.now().toISOString()
    const read = () => must(by.call('GET', `/v1/reports/${path}`))
    await vi.waitFor(async () => expect((await read()).as_of_date).toBe(now), { timeout: 60_000 })
    return read()
  }
  /** Long enough that a count is due again, however long it took. */
  const later = () => world.advance(HOUR_MS)
  const buy = (id: string, customer: object, at = shop) =>
    must(at.call('POST', '/v1/order', { order_id: id, total: 100, currency: 'USD', customer }))
  const dayOf = (text: string): string => text.slice(0, 10)

  /** Every transaction, page by page. */
  async function listPaid(by: Member): Promise<Paid[]> {
    const found: Paid[] = []
    for (let at: string | null = '/v1/affiliation/transactions?page_size=500'; at !== null;) {
      const { body }: Answer = await by.call('GET', at)
      found.push(...body.objects)
      const next: string | null = body.meta.next
      at = next === null ? null : new URL(next).pathname + new URL(next).search
    }
    return found
  }

  beforeAll(async () => {
    ;[shop, other] = world.network.merchants as [Member, Member]
    await world.card([percent(8, { segment: 'new' }), percent(2, { segment: 'active' })])
    for (let index = 0; index < PEOPLE; index++) {
      // A third has an address, a third a device, a third both.
      const email = index % 3 === 1 ? {} : { email_sha256: emailHash(`p${index}`) }
      const mobile = index % 3 === 0 ? {} : { advertising_id: device(index) }
      const customer = { id: `p${index}`, ...email, ...mobile }
      await must(world.publisher.call('POST', '/v1/customers', customer))
    }
    await must(world.publisher.call('POST', '/v1/customers', { id: 'bare' }))
    await must(
      world.rival.call('POST', '/v1/customers', { id: 'r', email_sha256: emailHash('p0') }),
    )
  })

  test('tell of a publisher how many are new and active, day by day, and what moved them', async () => {
    for (const index of [0, 3, 6, 9])
      await buy(`a${index}`, { email_sha256: emailHash(`p${index}`) })
    await buy('b1', { email_sha256: emailHash('p0') }, other)
    await later()
    const first = await get('segments')
    expect(first.as_of_date).toBe(world.clock.now().toISOString())
    expect(first.floor).toBe(FEWEST_PEOPLE)
    const people = PEOPLE + 1
    const merchants = (atShop: number, atOther: number) => [
      expect.objectContaining({
        merchant_id: shop.organization.id,
        active: atShop,
        new: people - atShop,
      }),
      expect.objectContaining({
        merchant_id: other.organization.id,
        active: atOther,
        new: people - atOther,
      }),
    ]
    expect(first.days).toEqual([
      expect.objectContaining({
        day: '2026-03-01',
        customers: people,
        matched: 4,
        merchants: merchants(4, 1),
      }),
    ])
    await world.advance(DAY_MS)
    await buy('a12', { email_sha256: emailHash('p12') })
    await must(shop.call('DELETE', `/v1/order/${(await findOrder('a0')).button_order_id}`))
    await later()
    const second = await get('segments')
    expect(second.days.map(({ day }: { day: string }) => day)).toEqual(['2026-03-01', '2026-03-02'])
    expect(second.days[0]).toEqual(first.days[0])
    expect(second.days[1].merchants).toEqual(merchants(4, 1))
    const only = await get(`segments?merchant_id=${other.organization.id}&start=2026-03-02`)
    expect(only.days).toHaveLength(1)
    expect(only.days[0].merchants).toEqual([merchants(4, 1)[1]])

    const { moves } = await get('moves?by=day,segment,cause')
    expect(moves).toEqual([
      move('2026-03-01', 'active', 'order', 5),
      move('2026-03-02', 'active', 'order', 1),
      move('2026-03-02', 'new', 'order-deleted', 1),
    ])
    const byMerchant = await get('moves?by=merchant')
    const sums = byMerchant.moves.map((each: { merchant_id: string; moves: number }) => [
      each.merchant_id,
      each.moves,
    ])
    expect(new Map(sums)).toEqual(
      new Map([
        [shop.organization.id, 6],
        [other.organization.id, 1],
      ]),
    )
  })

  const move = (day: string, segment: string, cause: string, moves: number) => ({
    ...{ day, segment, cause, moves, merchant_id: null, merchant_name: null },
  })

  async function findOrder(id: string): Promise<Answer['body']> {
    const listed = await must(shop.call('GET', '/v1/orders?page_size=500'))
    return listed.find((order: { order_id: string }) => order.order_id === id)
  }

  test('add up commissions to what the transactions behind them say, for both sides', async () => {
    const line = (category: string | null, total: number, index: number) => ({
      ...{ identifier: `l${index}`, total, quantity: 1 },
      ...(category !== null && { category: [category, 'narrower'] }),
    })
    for (const [index, currency] of ['USD', 'EUR', 'USD', 'USD'].entries()) {
      const lines = [line('Books', 1_000, 1), line(null, 500, 2), line('Toys', 250, 3)]
      await must(world.order(`c${index}`, { currency, total: 2_000, line_items: lines }))
      await world.advance(DAY_MS / 2)
    }
    await must(
      world.merchant.call('POST', '/v1/order', {
        ...{ order_id: 'r', total: 700, currency: 'USD' },
        btn_ref: await world.click({ by: world.rival }),
      }),
    )
    await later()
    await expectSums()
    // What changes is counted again, on whichever day it is: a deletion, another total, and time alone.
    await must(shop.call('DELETE', `/v1/order/${(await findOrder('c0')).button_order_id}`))
    await must(
      shop.call('POST', `/v1/order/${(await findOrder('c2')).button_order_id}`, { total: 1_750 }),
    )
    await later()
    await expectSums()
    await world.advance(40 * DAY_MS)
    expect((await listPaid(world.publisher)).map(({ status }) => status)).toContain('validated')
    await expectSums()
  })

  const RANGE = 'start=2026-02-20&end=2026-06-01'

  async function expectSums(): Promise<void> {
    for (const [by, side] of [
      [world.publisher, 'commerce_organization'],
      [world.rival, 'commerce_organization'],
      [shop, 'publisher_organization'],
    ] as const) {
      const paid = await listPaid(by)
      const expected = sumUp(
        paid.map((each) => ({
          key: [
            dayOf(each.created_date),
            each[side],
            each.customer_segment?.name ?? 'none',
            each.status,
            each.currency,
          ],
          sums: [1, each.order_total, each.amount],
        })),
      )
      const report = await get(`commissions?${RANGE}`, by)
      expect(asSums(report.commissions)).toEqual(expected)
      const perDay = await get(`commissions?${RANGE}&by=day&currency=USD&status=pending`, by)
      const wanted = paid.filter(
        ({ currency, status }) => currency === 'USD' && status === 'pending',
      )
      const byDay = sumUp(
        wanted.map((each) => ({
          key: [dayOf(each.created_date), null, null, null, 'USD'],
          sums: [1, each.order_total, each.amount],
        })),
      )
      expect(asSums(perDay.commissions)).toEqual(byDay)
      const categories = await get(`commissions?${RANGE}&by=category`, by)
      const amounts = new Map<string, number>()
      for (const { currency, order_line_items: lines, amount } of paid) {
        const told = lines.length === 0 ? [{ category: null, publisher_commission: amount }] : lines
        for (const { category, publisher_commission: ofLine } of told) {
          const key = `${category ?? ''} ${currency}`
          amounts.set(key, (amounts.get(key) ?? 0) + ofLine)
        }
      }
      const counted = categories.commissions.map(
        (each: { category: string; currency: string; amount: number }) =>
          [`${each.category} ${each.currency}`, each.amount] as const,
      )
      expect(new Map(counted)).toEqual(amounts)
    }
  }

  function sumUp(rows: { key: unknown[]; sums: number[] }[]): Map<string, number[]> {
    const found = new Map<string, number[]>()
    for (const { key, sums } of rows) {
      const before = found.get(JSON.stringify(key)) ?? sums.map(() => 0)
      found.set(
        JSON.stringify(key),
        before.map((sum, index) => sum + (sums[index] ?? 0)),
      )
    }
    return found
  }

  const asSums = (counts: Answer['body'][]): Map<string, number[]> =>
    new Map(
      counts.map((each) => [
        JSON.stringify([each.day, each.partner_id, each.segment, each.status, each.currency]),
        [each.transactions, each.order_total, each.amount],
      ]),
    )

  test('lead to the list behind a number', async () => {
    // What no segments are told of is paid by default rates.
    const path = `/operator/v1/organizations/${shop.organization.id}`
    const tell = (customer_segments: boolean) =>
      must(world.network.operator.call('PATCH', path, { customer_segments }))
    await tell(false)
    await must(world.order('untold', { currency: 'EUR' }))
    await tell(true)
    await later()
    for (const [by, partner] of [
      [world.publisher, 'merchant_id'],
      [shop, 'publisher_id'],
    ] as const) {
      const { commissions } = await get(`commissions?${RANGE}`, by)
      const segments = commissions.map(({ segment }: { segment: string }) => segment)
      expect(new Set(segments)).toEqual(new Set(['new', 'none']))
      for (const each of commissions) {
        const next = new Date(new Date(each.day).getTime() + DAY_MS).toISOString()
        const filters = new URLSearchParams({
          ...{ start: each.day, end: next, status: each.status, segment: each.segment },
          ...{ currency: each.currency, [partner]: each.partner_id },
        }).toString()
        const listed: Paid[] = await must(by.call('GET', `/v1/affiliation/transactions?${filters}`))
        expect(listed).toHaveLength(each.transactions)
        expect(listed.reduce((sum, { amount }) => sum + amount, 0)).toBe(each.amount)
      }
    }
  })

  test('tell how many are matched, by what, and what would raise it', async () => {
    const report = await get('match')
    const { customers, hints, files } = report
    expect(files).toEqual([])
    const emails = PEOPLE - Math.floor(PEOPLE / 3)
    expect(customers).toMatchObject({ all: PEOPLE + 1, identified: PEOPLE, matched: 5 })
    expect(customers.kinds).toEqual([
      { kind: 'email_sha256', customers: emails, matched: 5 },
      { kind: 'advertising_id', customers: emails, matched: 0 },
    ])
    expect(hints).toEqual(['send-identifiers'])
  })

  test('say nothing below the floor, and nothing to the other role', async () => {
    await later()
    const theirs = await get('segments', world.rival)
    expect(theirs.days.at(-1)).toMatchObject({ customers: null, merchants: [] })
    expect((await get('match', world.rival)).customers).toBeNull()
    for (const report of ['segments', 'moves', 'match', 'segments.csv', 'moves.csv', 'match.csv']) {
      expect((await shop.call('GET', `/v1/reports/${report}`)).status).toBe(401)
    }
  })

  test('forget what was seen of a merchant in an earlier partnership', async () => {
    const path = `/operator/v1/partnerships/${world.publisher.organization.id}/${other.organization.id}`
    const set = (status: string) => must(world.network.operator.call('PUT', path, { status }))
    await set('available')
    const idsIn = (report: Answer['body']): string[][] =>
      report.days.map(({ merchants }: { merchants: { merchant_id: string }[] }) =>
        merchants.map(({ merchant_id: id }) => id),
      )
    expect(idsIn(await get(`segments?${RANGE}`)).flat()).not.toContain(other.organization.id)
    await world.advance(DAY_MS)
    await set('approved')
    await later()
    const days = idsIn(await get(`segments?${RANGE}`))
    expect(days.at(-1)).toContain(other.organization.id)
    expect(days.slice(0, -1).flat()).not.toContain(other.organization.id)
  })

  test('keep what was counted when events are dropped, and when customers are erased', async () => {
    const before = await get(`moves?${RANGE}`)
    expect(before.moves.length).toBeGreaterThan(2)
    await must(world.publisher.call('DELETE', '/v1/customers/p3'))
    await world.advance(50 * DAY_MS)
    const { db } = world.network
    await dropEventDays(db, { before: world.clock.now(), isStopping: () => false })
    const { rows } = await sql`select 1 from events where type = 'segment-change'`.execute(db)
    expect(rows).toEqual([])
    const after = await get(`moves?${RANGE}&end=2026-07-01`.replace('&end=2026-06-01', ''))
    expect(after.moves).toEqual(expect.arrayContaining(before.moves))
  })

  test.each([
    ['start=2026-03-05&end=2026-03-05', 'end'],
    ['start=2024-01-01&end=2026-01-01', 'start'],
    ['start=2026-03-05T10:00:00Z', 'start'],
    ['by=day,day', 'by'],
    ['by=weather', 'by'],
    ['partner_id=org-0000000000000000', 'partner_id'],
  ])('refuse %s', async (query, field) => {
    const { status, body } = await world.publisher.call('GET', `/v1/reports/commissions?${query}`)
    expect([status, body.error?.details?.field]).toEqual([400, field])
  })

  test('go as files, and the journal says so', async () => {
    const response = await fetch(
      `${world.network.url}/v1/reports/commissions.csv?${RANGE}&by=day`,
      {
        headers: { authorization: `Basic ${btoa(`${world.publisher.key}:`)}` },
      },
    )
    const [head, ...lines] = (await response.text()).trimEnd().split('\r\n')
    expect(head).toBe(
      'day,partner_id,partner_name,segment,status,category,currency,transactions,order_total,amount',
    )
    const { commissions } = await get(`commissions?${RANGE}&by=day`)
    expect(lines).toHaveLength(commissions.length)
    const [entry] = await must(
      world.publisher.call('GET', '/v1/audit-log?action=report.export&page_size=1'),
    )
    expect(entry.after).toEqual({ report: 'commissions' })
  })

  test('the match report goes as a file, a line a step', async () => {
    const readFile = async (by: Member): Promise<string[]> => {
      const headers = { authorization: `Basic ${btoa(`${by.key}:`)}` }
      const response = await fetch(`${world.network.url}/v1/reports/match.csv`, { headers })
      expect(response.headers.get('content-disposition')).toContain('match.csv')
      return (await response.text()).trimEnd().split('\r\n')
    }
    const { as_of_date: at, customers } = await get('match')
    const [head, ...lines] = await readFile(world.publisher)
    expect(head).toBe('step,as_of_date,import_id,code,kind,merchant_id,merchant_name,count,matched')
    const { all, identified, matched } = customers
    expect(lines).toContain(`customers,${at},,,,,,${all},${matched}`)
    expect(lines).toContain(`identified,${at},,,,,,${identified},${matched}`)
    for (const { merchant_id: id, merchant_name: name, matched: active } of customers.merchants) {
      expect(lines).toContain(`merchant,${at},,,,${id},${name},,${active}`)
    }
    expect(lines).toHaveLength(2 + customers.kinds.length + customers.merchants.length)
    // Below the floor a file tells no more than the report.
    expect(await readFile(world.rival)).toEqual([head])
  })
})
