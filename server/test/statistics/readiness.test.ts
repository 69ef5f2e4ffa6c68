import { beforeAll, describe, expect, test } from 'vitest'
import { listMissing } from '../../src/statistics/read-readiness.ts'
import { createImportCalls } from '../imports/import-calls.ts'
import { clientOf, failureOf } from '../conformance/own-client.ts'
import { databases } from '../support/databases.ts'
import { manualClock } from '../support/clock.ts'
import { emailHash } from '../support/hash.ts'
import { must, useNetwork } from '../support/network.ts'
import type { Member } from '../support/network.ts'

const DAY_MS = 86_400_000

describe.each(databases)('the readiness of a merchant on $name', ({ create }) => {
  // The day has begun: the days before it are what counts.
  const clock = manualClock('2026-03-01T10:00:00.000Z')
  const network = useNetwork(create, { clock, publishers: 1, merchants: 2, segments: false })
  let merchant: Member

  beforeAll(() => {
    merchant = network.merchants[0]!
  })

  const read = (its = merchant) => clientOf(network, its).organization.readiness()
  const buy = (id: string, more: object) =>
    must(merchant.call('POST', '/v1/order', { order_id: id, total: 100, currency: 'USD', ...more }))
  const by = (name: string) => ({ customer: { id: name, email_sha256: emailHash(name) } })
  const codesOf = async () => (await read()).missing.map(({ code }) => code)

  test('says first that there is no history and no order', async () => {
    const readiness = await read()
    expect(readiness).toEqual({
      is_ready: false,
      as_of_date: clock.now().toISOString(),
      history_rows: 0,
      order_days: { looked_at: 28, with_orders: 0, without_gap: 0 },
      last_orders: { looked_at: 0, guests: 0, unidentified: 0, claimed: 0, conflicts: 0 },
      missing: [
        { code: 'history', message: expect.stringMatching(/would be new/) },
        { code: 'orders', message: expect.stringMatching(/last 28 days/) },
      ],
    })
    const path = `/operator/v1/organizations/${merchant.organization.id}/readiness`
    expect(await must(network.operator.call('GET', path))).toEqual(readiness)
  })

  test('counts rows of purchasers, not of accounts, and from the last replacement on', async () => {
    const imports = createImportCalls(network.url, merchant)
    const rows = (names: string[]) =>
      ['id,email_sha256', ...names.map((name) => `${name},${emailHash(name)}`)].join('\n')
    await imports.run(rows(['seen']), { mode: 'accounts' })
    expect((await read()).history_rows).toBe(0)
    clock.advance(1_000)
    await imports.run(rows(['a', 'b', 'c']), { mode: 'purchasers' })
    clock.advance(1_000)
    await imports.run(rows(['a', 'b']), { mode: 'purchasers,replace' })
    clock.advance(1_000)
    const { id } = await imports.run(rows(['d']), { mode: 'purchasers' })
    expect((await read()).history_rows).toBe(3)
    await imports.takeBack(id)
    expect((await read()).history_rows).toBe(2)
    expect(await codesOf()).toEqual(['orders'])
  })

  test('wants a week of finished days with orders, without a gap; tests are no orders', async () => {
    await buy('first', by('a'))
    expect((await read()).order_days.with_orders).toBe(0)
    for (let day = 1; day <= 3; day++) {
      clock.advance(DAY_MS)
      // The third day after the first order has none but a test.
      const test = day === 3 ? { btn_ref: 'fakesrctok-0123456789abcdef' } : {}
      await buy(`day ${day}`, { ...by('b'), ...test })
    }
    clock.advance(DAY_MS)
    await buy('today', by('b'))
    expect((await read()).order_days).toEqual({ looked_at: 28, with_orders: 3, without_gap: 0 })
    for (let day = 1; day <= 6; day++) {
      clock.advance(DAY_MS)
      await buy(`later ${day}`, by('b'))
    }
    expect((await read()).order_days).toMatchObject({ with_orders: 9, without_gap: 6 })
    expect(await codesOf()).toEqual(['gaps'])
    clock.advance(DAY_MS)
    expect(await read()).toMatchObject({
      is_ready: true,
      order_days: { with_orders: 10, without_gap: 7 },
      missing: [],
    })
  })

  test('tells of orders of guests, of nobody, and of those that are contradicted', async () => {
    const before = (await read()).last_orders
    await buy('guest', { customer: { email_sha256: emailHash('guest') } })
    await buy('nobody', {})
    await buy('claimed', { customer: { ...by('b').customer, is_new: false } })
    await buy('contradicted', { customer: { ...by('b').customer, is_new: true } })
    await buy('gone', {})
    await must(merchant.call('DELETE', '/v1/order/gone'))
    expect((await read()).last_orders).toEqual({
      looked_at: before.looked_at + 4,
      guests: 1,
      unidentified: 1,
      claimed: 2,
      conflicts: 1,
    })
  })

  test('is of one merchant alone, and publishers have none', async () => {
    const other = await read(network.merchants[1])
    expect(other).toMatchObject({ history_rows: 0, last_orders: { looked_at: 0 } })
    expect(await failureOf(read(network.publishers[0]))).toMatchObject({ status: 401 })
    const { id } = network.publishers[0]!.organization
    const path = `/operator/v1/organizations/${id}/readiness`
    expect(await network.operator.call('GET', path)).toMatchObject({ status: 400 })
  })
})

describe('what is missing', () => {
  const ready = {
    historyRows: 1,
    orderDays: { lookedAt: 28, withOrders: 7, withoutGap: 7 },
    lastOrders: { looked_at: 100, guests: 0, unidentified: 20, claimed: 100, conflicts: 5 },
  }
  const codesOf = (lastOrders: Partial<(typeof ready)['lastOrders']>) =>
    listMissing({ ...ready, lastOrders: { ...ready.lastOrders, ...lastOrders } }).map(
      ({ code }) => code,
    )

  test('is said of shares above their bounds, and of no share of a few', () => {
    expect(codesOf({})).toEqual([])
    expect(codesOf({ unidentified: 21 })).toEqual(['unidentified'])
    expect(codesOf({ conflicts: 6 })).toEqual(['conflicts'])
    expect(codesOf({ looked_at: 19, unidentified: 19, claimed: 19, conflicts: 19 })).toEqual([])
  })
})
