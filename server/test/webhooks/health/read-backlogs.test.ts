import { describe, expect, test } from 'vitest'
import { inTx } from '../../../src/kernel/database/transaction.ts'
import { SERVICE } from '../../../src/journal/entry.ts'
import { pauseEndpoint } from '../../../src/webhooks/endpoints/change-endpoint.ts'
import { createReadBacklogs, toShares } from '../../../src/webhooks/health/read-backlogs.ts'
import { databases } from '../../support/databases.ts'
import { useWorld } from '../world.ts'

const now = new Date('2025-03-04T10:00:00.000Z')

test('the 50 endpoints with most are told apart, the others by their state only', () => {
  const backlogs = Array.from({ length: 60 }, (_, index) => ({
    id: `endpoint-${index}`,
    is_paused: index % 2 === 1,
    lanes: index + 1,
    oldest_at: new Date(now.getTime() - index * 1_000),
  }))
  const shares = toShares(backlogs, now)
  expect(shares).toHaveLength(52)
  expect(shares[0]).toEqual({
    endpoint: 'endpoint-59',
    state: 'paused',
    lanes: 60,
    oldestSeconds: 59,
  })
  expect(shares.filter(({ endpoint }) => endpoint === 'other')).toEqual([
    { endpoint: 'other', state: 'paused', lanes: 2 + 4 + 6 + 8 + 10, oldestSeconds: 9 },
    { endpoint: 'other', state: 'enabled', lanes: 1 + 3 + 5 + 7 + 9, oldestSeconds: 8 },
  ])
  expect(shares.reduce((sum, { lanes }) => sum + lanes, 0)).toBe((60 * 61) / 2)
})

describe.each(databases)('what waits, on $name', (testDatabase) => {
  const world = useWorld(testDatabase)

  test('is counted by endpoint; one for which nothing waits is only an endpoint', async () => {
    const read = createReadBacklogs(world)
    expect(await read()).toEqual({ endpoints: { enabled: 0, paused: 0 }, shares: [] })
    const paused = await world.endpoint('https://receiver.example/paused')
    const idle = { status: 204, error: null, retryAfter: null, answer: null, durationMs: 5 }
    const sender = { send: () => Promise.resolve(idle), close: () => Promise.resolve() }
    const customer = world.customer()
    await world.happen(customer)
    await world.dispatcher({ sender }).deliverDue()
    await inTx(world.database.db, (tx) => {
      const by = {
        vault: world.vault,
        organization: world.publisher,
        act: SERVICE,
        now: world.clock.now(),
      }
      return pauseEndpoint(tx, by, paused.id)
    })
    expect(await read()).toEqual({ endpoints: { enabled: 0, paused: 1 }, shares: [] })

    await world.happen(customer)
    world.clock.advance(2_000)
    const enabled = await world.endpoint('https://receiver.example/')
    await world.happen(customer, world.customer())
    world.clock.advance(1_000)
    const { endpoints, shares } = await read()
    expect(endpoints).toEqual({ enabled: 1, paused: 1 })
    expect(shares).toHaveLength(2)
    expect(shares).toEqual(
      expect.arrayContaining([
        { endpoint: paused.id, state: 'paused', lanes: 2, oldestSeconds: 3 },
        { endpoint: enabled.id, state: 'enabled', lanes: 2, oldestSeconds: 1 },
      ]),
    )
  })
})
