import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inTx } from '../../../src/kernel/database/transaction.ts'
import type { AttemptRow } from '../../../src/webhooks/attempts/attempt-store.ts'
import { countAttempts } from '../../../src/webhooks/attempts/minute-count.ts'
import {
  addMinutes,
  deleteOldMinutes,
  listMinutes,
} from '../../../src/webhooks/attempts/minute-store.ts'
import type { SendResult, Sender } from '../../../src/webhooks/transport/send.ts'
import { databases } from '../../support/databases.ts'
import { createWebhookApi } from '../webhook-api.ts'
import type { WebhookApi } from '../webhook-api.ts'
import { createWorld } from '../world.ts'
import type { World } from '../world.ts'

const MINUTE_MS = 60_000
const attempt: AttemptRow = {
  id: 'attempt-0000000000000001',
  endpoint: 1,
  subject: '00000000-0000-0000-0000-000000000001',
  sequence: 1,
  at: new Date(0),
  number: 1,
  outcome: 'acknowledged',
  status: 204,
  error: null,
  duration_ms: 8,
  replay: null,
  blob: null,
}

test('events of one request are counted each, and the request once', () => {
  const batch = [1, 2, 3].map((sequence) => ({ ...attempt, sequence }))
  const other = { ...attempt, id: 'attempt-0000000000000002', number: 2, duration_ms: 3 }
  expect(countAttempts([...batch, other])).toEqual([
    {
      endpoint: 1,
      first_attempts: 3,
      attempts: 2,
      acknowledged: 4,
      refused: 0,
      failed: 0,
      expired: 0,
      durations: [0, 0, 1, 0, 0, 0, 0, 1],
    },
  ])
})

test('the duration of what never reached the receiver is not its own', () => {
  const failed = { ...attempt, outcome: 'failed' as const, status: null, duration_ms: 2 }
  const unreached = { ...failed, error: 'dns' }
  const silent = { ...failed, id: 'attempt-0000000000000002', error: 'timeout' }
  expect(countAttempts([unreached])).toMatchObject([{ attempts: 1, failed: 1, durations: [] }])
  expect(countAttempts([silent])).toMatchObject([{ attempts: 1, failed: 1, durations: [0, 1] }])
})

/** Receivers that take as long as they are told to, without anybody waiting for it. */
function senderOf(results: Partial<SendResult>[]): Sender {
  let next = 0
  const result = { status: 204, error: null, retryAfter: null, durationMs: 5 }
  return {
    send: () => Promise.resolve({ ...result, ...results[next++] } as SendResult),
    close: () => Promise.resolve(),
  }
}

describe.each(databases)('how an endpoint fares, on $name', (testDatabase) => {
  let world: World
  let api: WebhookApi

  beforeEach(async () => {
    world = await createWorld(testDatabase)
    api = await createWebhookApi(world)
  })

  afterEach(async () => {
    await api.close()
    await world.close()
  })

  test('what waits, what fails, and the rates of the last hour', async () => {
    const { id } = await world.endpoint('https://receiver.example/')
    const path = `/v1/webhooks/${id}/stats`
    const rates = { attempts: 0, acknowledged: 0, refused: 0, failed: 0, expired: 0 }
    expect((await api.get(path)).object).toEqual({
      waiting: 0,
      waiting_is_at_least: false,
      failing: 0,
      oldest_waiting_date: null,
      last_hour: { ...rates, p50_ms: null, p99_ms: null },
    })
    const results = [
      { status: 200, durationMs: 7 },
      { status: 500, durationMs: 7 },
      { status: 400, durationMs: 7 },
      { status: 200, durationMs: 900 },
    ]
    const dispatcher = world.dispatcher({ sender: senderOf(results) })
    const failing = [world.customer(), world.customer()] as const
    await world.happen(failing[0])
    await dispatcher.deliverDue()
    world.clock.advance(1_000)
    await world.happen(failing[1])
    await dispatcher.deliverDue()
    world.clock.advance(1_000)
    await world.happen(failing[1])
    await world.happen(world.customer())
    await dispatcher.deliverDue()
    await world.happen(world.customer())
    await dispatcher.deliverDue()

    const { object } = await api.get(path)
    expect(object).toMatchObject({
      waiting: 2,
      failing: 1,
      oldest_waiting_date: '2025-03-04T10:00:01.000Z',
      last_hour: { attempts: 4, acknowledged: 2, refused: 1, failed: 1, expired: 0, p50_ms: 7 },
    })
    const { p99_ms: p99 } = object['last_hour'] as Record<string, number>
    expect(Math.abs((p99 ?? 0) - 900)).toBeLessThan(180)
    // This minute and the 59 before it.
    world.clock.advance(60 * MINUTE_MS - 2_001)
    expect((await api.get(path)).object).toMatchObject({ last_hour: { attempts: 4 } })
    world.clock.advance(1)
    expect((await api.get(path)).object).toMatchObject({ last_hour: rates })
    const merchantKey = await api.keyOf(world.merchant)
    expect((await api.get(path, merchantKey)).status).toBe(404)
  })

  test('counts of a minute add up, and go after 48 hours', async () => {
    const { db } = world.database
    const now = world.clock.now()
    const slow = { ...attempt, id: 'attempt-0000000000000002', duration_ms: 4 }
    for (const attempts of [[slow], [attempt, slow], [{ ...attempt, duration_ms: 2 }]]) {
      await inTx(db, (tx) => addMinutes(tx, countAttempts(attempts), now))
    }
    const minutes = await listMinutes(db, 1, now)
    expect(minutes).toMatchObject([
      { first_attempts: 4, attempts: 4, acknowledged: 4, durations: [0, 1, 0, 2, 0, 0, 0, 1] },
    ])
    const clear = (at: Date) => inTx(db, (tx) => deleteOldMinutes(tx, at))
    await clear(new Date(now.getTime() + 48 * 60 * MINUTE_MS))
    expect(await listMinutes(db, 1, now)).toEqual(minutes)
    await clear(new Date(now.getTime() + 48 * 60 * MINUTE_MS + 1))
    expect(await listMinutes(db, 1, now)).toEqual([])
  })
})
