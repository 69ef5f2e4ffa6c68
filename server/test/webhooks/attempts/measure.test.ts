import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { DispatcherMetrics } from '../../../src/webhooks/dispatch/dispatcher.ts'
import type { SendResult, Sender } from '../../../src/webhooks/transport/send.ts'
import { databases } from '../../support/databases.ts'
import { useWorld } from '../world.ts'

describe.each(databases)('what is measured of deliveries, on $name', (testDatabase) => {
  const world = useWorld(testDatabase)

  function senderOf(...results: SendResult[]): Sender {
    let next = 0
    return { send: () => Promise.resolve(results[next++]!), close: () => Promise.resolve() }
  }

  test('each event by how long ago it happened, each request by how long it took', async () => {
    const measured: unknown[][] = []
    const metrics: DispatcherMetrics = {
      answered: (durationMs) => measured.push(['answered', durationMs]),
      attempted: (outcome, event) => measured.push([outcome, event]),
      claimed: (lanes, durationMs) => measured.push(['claimed', lanes, durationMs > 0]),
    }
    const answer = { retryAfter: null, error: null, answer: null }
    const sender = senderOf(
      { ...answer, status: 200, durationMs: 12 },
      { ...answer, status: null, error: 'refused', durationMs: 3 },
      { ...answer, status: null, error: 'timeout', durationMs: 10_000 },
    )
    const dispatcher = world.dispatcher({ metrics, sender })
    await world.endpoint('https://receiver.example/')
    await world.happen(world.customer())
    await sql`update events set cause = 'import'`.execute(world.database.db)
    world.clock.advance(1_500)
    await dispatcher.deliverDue()
    await world.happen(world.customer())
    await dispatcher.deliverDue()
    world.clock.advance(10_000)
    await dispatcher.deliverDue()
    expect(measured.filter(([what]) => what !== 'claimed')).toEqual([
      ['answered', 12],
      ['acknowledged', { isBulk: true, ageMs: 1_500 }],
      ['failed', { isBulk: false, ageMs: 0 }],
      ['answered', 10_000],
      ['failed', { isBulk: false, ageMs: 10_000 }],
    ])
    expect(measured).toContainEqual(['claimed', 1, true])
    expect(measured).toContainEqual(['claimed', 0, true])
  })
})
