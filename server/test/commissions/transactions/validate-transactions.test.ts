import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import { validateDue } from '../../../src/commissions/transactions/validate-transactions.ts'
import { createParts } from '../../../src/parts.ts'
import { databases } from '../../support/databases.ts'
import { must, startNetwork } from '../../support/network.ts'
import { DAY_MS, createWorld, percent } from '../world.ts'
import type { World } from '../world.ts'

describe.each(databases)('validation on $name', (testDatabase) => {
  async function start(): Promise<World> {
    const world = await createWorld(testDatabase)
    onTestFinished(() => world.stop())
    await world.card([percent(10)])
    return world
  }

  const finalization = (world: World, ms: number) => ({
    finalization_date: new Date(world.clock.now().getTime() + ms).toISOString(),
  })
  const types = async (world: World) => (await world.events()).map(({ type }) => type)

  test('comes to the millisecond, for whoever reads, and is told of once', async () => {
    const world = await start()
    await must(world.order('exact', finalization(world, DAY_MS)))
    await world.advance(DAY_MS - 1_001)
    const { id, finalize } = { ...(await world.transaction()), finalize: world.clock.now() }
    expect(await world.validate()).toBe(0)
    expect((await world.transaction()).status).toBe('pending')
    expect(await types(world)).toEqual(['tx-pending'])

    await world.advance(1)
    const date = new Date(finalize.getTime() + 1).toISOString()
    const validated = { id, status: 'validated', validated_date: date, amount: 1_000 }
    expect(await world.transaction()).toMatchObject(validated)
    await Promise.all([world.validate(), world.validate()])
    expect(await world.validate()).toBe(0)
    expect(await types(world)).toEqual(['tx-pending', 'tx-validated'])
    const [, event] = await world.events()
    expect(event).toMatchObject({ sequence: 2, payload: { ...validated, modified_date: date } })
    const change = await world.merchant.call('POST', '/v1/order/exact', { total: 1 })
    expect(change.status).toBe(409)
    expect((await world.merchant.call('DELETE', '/v1/order/exact')).status).toBe(409)
    expect(await world.drift()).toEqual([])
  })

  test('is told of after a restart, once, where nobody ran when it came', async () => {
    const world = await start()
    const { db, server } = world.network
    await must(world.order('restarted', finalization(world, DAY_MS)))
    await must(world.order('declined', finalization(world, DAY_MS)))
    await world.merchant.call('DELETE', '/v1/order/declined')
    await server.stop()
    await world.advance(3 * DAY_MS)
    expect(await types(world)).toEqual(['tx-pending', 'tx-pending', 'tx-declined'])
    const { database } = server.parts
    expect(database.db).toBe(db)
    const again = await startNetwork({ database, clock: world.clock, publishers: 0, merchants: 0 })
    onTestFinished(() => again.stop())
    // The program's own loop, which begins by itself, and another's beside it.
    await expect
      .poll(async () => (await types(world)).filter((type) => type === 'tx-validated'))
      .toEqual(['tx-validated'])
    expect(await world.validate()).toBe(0)
    expect(await world.drift()).toEqual([])
  })

  test('by two processes at once tells of each transaction once', async () => {
    const world = await start()
    const same = finalization(world, DAY_MS)
    const names = Array.from({ length: 1_100 }, (_, index) => `many-${index}`)
    const token = await world.click()
    const order = { btn_ref: token, total: 10_000, currency: 'USD', ...same }
    const report = (id: string) =>
      world.merchant.call('POST', '/v1/order', { ...order, order_id: id })
    for (let from = 0; from < names.length; from += 100) {
      await Promise.all(names.slice(from, from + 100).map((id) => must(report(id))))
    }
    const { parts } = world.network.server
    // A process of its own has copies of its own.
    const other = createParts(parts)
    await other.directory.refresh()
    await world.advance(2 * DAY_MS)
    const turns = [parts, other, parts, other].map(validateDue)
    const counts = await Promise.all(turns)
    const all = await types(world)
    expect(all.filter((type) => type === 'tx-validated')).toHaveLength(names.length)
    // The server's own loop may have taken some.
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(names.length)
    expect(await world.drift()).toEqual([])
  })

  test('of an order that is final when it is reported follows its beginning', async () => {
    const world = await start()
    await must(world.order('late', { finalization_date: '2026-01-15' }))
    await world.validate()
    const told = (await world.events()).map(({ type, payload }) => [type, payload.status])
    expect(told).toEqual([
      ['tx-pending', 'pending'],
      ['tx-validated', 'validated'],
    ])
  })

  test('does not come while the order is put off, and comes with it', async () => {
    const world = await start()
    await must(world.order('put-off', finalization(world, DAY_MS)))
    const later = finalization(world, 3 * DAY_MS)
    await must(world.merchant.call('POST', '/v1/order/put-off', later))
    await world.advance(3 * DAY_MS - 1)
    expect(await world.validate()).toBe(0)
    expect((await world.transaction()).status).toBe('pending')
    await must(world.merchant.call('POST', '/v1/order/put-off', { total: 500 }))
    await world.advance(1)
    expect(await world.transaction()).toMatchObject({ status: 'validated', amount: 50 })
  })

  test('of one that was damaged holds up no other', async () => {
    const world = await start()
    await must(world.order('damaged', finalization(world, DAY_MS)))
    const { id } = await world.transaction()
    await must(world.order('sound', finalization(world, DAY_MS)))
    await sql`
      update orders set blob = '\\x01' from transactions t
      where t.order_key = orders.id and right(replace(t.id::text, '-', ''), 16) = ${id.slice(3)}`.execute(
      world.network.db,
    )
    await world.advance(2 * DAY_MS)
    expect(await world.validate()).toBe(2)
    expect(await types(world)).toEqual(['tx-pending', 'tx-pending', 'tx-validated'])
    expect(await world.validate()).toBe(0)
  })
})
