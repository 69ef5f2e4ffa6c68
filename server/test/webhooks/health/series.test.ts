import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS } from '../../../src/kernel/durations.ts'
import { bucketMinutesFor } from '../../../src/webhooks/health/read-series.ts'
import type { SendResult, Sender } from '../../../src/webhooks/transport/send.ts'
import { databases } from '../../support/databases.ts'
import { createWebhookApi } from '../webhook-api.ts'
import type { WebhookApi } from '../webhook-api.ts'
import { createWorld } from '../world.ts'
import type { World } from '../world.ts'

interface Bucket extends Record<string, unknown> {
  start_date: string
  attempts: number
}

const NOTHING = { attempts: 0, acknowledged: 0, refused: 0, failed: 0, expired: 0 }
const SILENT = { ...NOTHING, p50_ms: null, p99_ms: null }

test('a series has at most 144 buckets, and its buckets begin on the hour', () => {
  for (let hours = 1; hours <= 48; hours++) {
    const minutes = bucketMinutesFor(hours)
    expect((hours * 60) / minutes).toBeLessThanOrEqual(144)
    expect(60 % minutes).toBe(0)
  }
  expect(() => bucketMinutesFor(49)).toThrow('not kept')
})

/** A receiver that answers with these in turn, without anybody waiting for it. */
function senderOf(...results: { status: number; durationMs: number }[]): Sender {
  let next = 0
  const result = { error: null, retryAfter: null, answer: null }
  return {
    send: () => Promise.resolve({ ...result, ...results[next++] } as SendResult),
    close: () => Promise.resolve(),
  }
}

describe.each(databases)('how an endpoint fared over hours, on $name', (testDatabase) => {
  let world: World
  let api: WebhookApi
  let path: string

  beforeEach(async () => {
    world = await createWorld(testDatabase)
    api = await createWebhookApi(world)
    const { id } = await world.endpoint('https://receiver.example/')
    path = `/v1/webhooks/${id}/series`
  })

  afterEach(async () => {
    await api.close()
    await world.close()
  })

  /** The buckets, and of them those in which something was sent. */
  async function read(hours?: number) {
    const { object } = await api.get(hours === undefined ? path : `${path}?hours=${hours}`)
    const buckets = object['buckets'] as Bucket[]
    return { object, buckets, used: buckets.filter(({ attempts }) => attempts > 0) }
  }

  test('without anything sent it has all its buckets, each of them empty', async () => {
    const { object, buckets } = await read()
    // It is 10:00 o'clock.
    expect(object).toMatchObject({
      start_date: '2025-03-02T10:30:00.000Z',
      end_date: '2025-03-04T10:30:00.000Z',
      bucket_minutes: 30,
    })
    expect(buckets).toHaveLength(96)
    expect(buckets[0]).toEqual({ start_date: '2025-03-02T10:30:00.000Z', ...SILENT })
    for (const [index, { start_date, ...rates }] of buckets.entries()) {
      expect(Date.parse(start_date)).toBe(Date.UTC(2025, 2, 2, 10, 30) + index * 30 * MINUTE_MS)
      expect(rates).toEqual(SILENT)
    }
    expect((await read(24)).buckets).toHaveLength(144)
    expect((await read(1)).object).toMatchObject({
      start_date: '2025-03-04T09:01:00.000Z',
      end_date: '2025-03-04T10:01:00.000Z',
      bucket_minutes: 1,
    })
  })

  test('what was sent stands in the bucket of when it was, with what came of it', async () => {
    const sender = senderOf(
      { status: 200, durationMs: 7 },
      { status: 400, durationMs: 7 },
      { status: 500, durationMs: 900 },
      { status: 200, durationMs: 7 },
    )
    const dispatcher = world.dispatcher({ sender })
    const send = async () => {
      await world.happen(world.customer())
      await dispatcher.deliverDue()
    }
    await send()
    world.clock.advance(10 * MINUTE_MS - 1)
    await send()
    world.clock.advance(1)
    await send()

    const { used } = await read(24)
    const first = { ...NOTHING, attempts: 2, acknowledged: 1, refused: 1, p50_ms: 7, p99_ms: 7 }
    expect(used).toMatchObject([
      { start_date: '2025-03-04T10:00:00.000Z', ...first },
      { start_date: '2025-03-04T10:10:00.000Z', ...NOTHING, attempts: 1, failed: 1 },
    ])
    const slow = used[1]?.['p99_ms'] as number
    expect(Math.abs(slow - 900)).toBeLessThan(180)
    const sums = { ...NOTHING, attempts: 3, acknowledged: 1, refused: 1, failed: 1 }
    expect((await read()).used).toMatchObject([{ start_date: '2025-03-04T10:00:00.000Z', ...sums }])
  })

  test('the oldest bucket falls out when the next begins', async () => {
    const dispatcher = world.dispatcher({ sender: senderOf({ status: 200, durationMs: 7 }) })
    await world.happen(world.customer())
    await dispatcher.deliverDue()
    world.clock.advance(48 * HOUR_MS - 1)
    expect((await read()).used).toMatchObject([{ start_date: '2025-03-04T10:00:00.000Z' }])
    expect((await read()).buckets[0]).toMatchObject({ attempts: 1 })
    expect((await read(24)).used).toEqual([])
    world.clock.advance(1)
    expect((await read()).used).toEqual([])
  })

  test('hours are whole, 1 to 48, and others do not see it', async () => {
    for (const hours of ['0', '49', '1.5', 'all']) {
      expect((await api.get(`${path}?hours=${hours}`)).status, hours).toBe(400)
    }
    expect((await api.get(`${path}?minutes=5`)).status).toBe(400)
    expect((await api.get(path, await api.keyOf(world.merchant))).status).toBe(404)
  })
})
