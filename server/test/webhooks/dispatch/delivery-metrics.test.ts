import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { createDeliveryMetrics } from '../../../src/webhooks/dispatch/delivery-metrics.ts'
import type { WaitingDeliveries } from '../../../src/webhooks/dispatch/delivery-metrics.ts'

const waiting: WaitingDeliveries = {
  endpoints: { enabled: 3, paused: 1 },
  shares: [
    { endpoint: 'endpoint-1', state: 'enabled', lanes: 12, oldestSeconds: 4.5 },
    { endpoint: 'other', state: 'paused', lanes: 3, oldestSeconds: 90 },
  ],
}

function gauges(text: string): string[] {
  return text.split('\n').filter((line) => /^newcomer_(deliveries|webhooks)/.test(line))
}

test('what waits is told by endpoint, and asked for once however many ask', async () => {
  const registry = new Registry()
  let asked = 0
  createDeliveryMetrics([registry]).watchDeliveries(() => {
    asked++
    return Promise.resolve(waiting)
  })
  const texts = await Promise.all([registry.metrics(), registry.metrics()])
  for (const text of [...texts, await registry.metrics()]) {
    expect(gauges(text)).toEqual([
      'newcomer_deliveries_waiting{endpoint="endpoint-1",state="enabled"} 12',
      'newcomer_deliveries_waiting{endpoint="other",state="paused"} 3',
      'newcomer_deliveries_oldest_waiting_seconds{endpoint="endpoint-1",state="enabled"} 4.5',
      'newcomer_deliveries_oldest_waiting_seconds{endpoint="other",state="paused"} 90',
      'newcomer_webhooks{state="enabled"} 3',
      'newcomer_webhooks{state="paused"} 1',
    ])
  }
  expect(asked).toBe(1)
})

test.each([
  ['never answers', () => new Promise<WaitingDeliveries>(() => undefined)],
  ['fails', () => Promise.reject<WaitingDeliveries>(new Error('out of reach'))],
])('where the database %s the other metrics are there all the same', async (_what, read) => {
  const registry = new Registry()
  const metrics = createDeliveryMetrics([registry])
  metrics.watchDeliveries(read)
  metrics.countDelivery('refused', { isBulk: false, ageMs: 5 })
  const text = await registry.metrics()
  expect(text).toContain('newcomer_delivery_attempts_total{outcome="refused"} 1')
  expect(gauges(text)).toEqual([])
})

test('latency is that of acknowledged events, by priority, and not of what a replay sends', async () => {
  const registry = new Registry()
  const metrics = createDeliveryMetrics([registry])
  metrics.countDelivery('acknowledged', { isBulk: false, ageMs: 20 })
  metrics.countDelivery('acknowledged', { isBulk: true, ageMs: 90_000 })
  metrics.countDelivery('failed', { isBulk: false, ageMs: 20 })
  metrics.countDelivery('acknowledged', { isBulk: false, ageMs: null })
  const text = await registry.metrics()
  for (const line of [
    'newcomer_delivery_latency_seconds_count{priority="live"} 1',
    'newcomer_delivery_latency_seconds_sum{priority="live"} 0.02',
    'newcomer_delivery_latency_seconds_sum{priority="bulk"} 90',
    'newcomer_delivery_attempts_total{outcome="acknowledged"} 3',
    'newcomer_delivery_attempts_total{outcome="failed"} 1',
  ]) {
    expect(text).toContain(line)
  }
})
