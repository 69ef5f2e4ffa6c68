import { setTimeout as pause } from 'node:timers/promises'
import { Counter, Gauge, Histogram } from 'prom-client'
import type { Registry } from 'prom-client'
import { MINUTE_MS } from '../../kernel/durations.ts'

/** What waits at a moment. */
export interface WaitingDeliveries {
  endpoints: { enabled: number; paused: number }
  /** `endpoint` is an id, of few endpoints only, or `other`. */
  shares: { endpoint: string; state: string; lanes: number; oldestSeconds: number }[]
}

export interface DeliveryMetrics {
  /** What came of one event of a request, and how long after it had happened; null of a replay. */
  countDelivery(outcome: string, event: { isBulk: boolean; ageMs: number | null }): void
  observeReceiver(durationMs: number): void
  observeClaim(durationMs: number): void
  /** Who is asked what waits, when the metrics are. */
  watchDeliveries(read: () => Promise<WaitingDeliveries>): void
}

export function createDeliveryMetrics(registers: Registry[]): DeliveryMetrics {
  const attempts = new Counter({
    name: 'newcomer_delivery_attempts_total',
    help: 'Attempts to deliver a webhook, by what came of them.',
    labelNames: ['outcome'] as const,
    registers,
  })
  const latency = new Histogram({
    name: 'newcomer_delivery_latency_seconds',
    help: 'Time from an event to its acknowledgement. Bulk are those that an import caused.',
    labelNames: ['priority'] as const,
    buckets: [
      0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 300, 1800, 3600, 21600, 86400,
    ],
    registers,
  })
  const receivers = new Histogram({
    name: 'newcomer_receiver_duration_seconds',
    help: 'How long receivers took to answer a request, or had when they were given up.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  const claims = new Histogram({
    name: 'newcomer_claim_duration_seconds',
    help: 'Time to claim lanes and to read what is to be sent, also where nothing was due.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  })
  return {
    countDelivery(outcome, { isBulk, ageMs }) {
      attempts.inc({ outcome })
      if (outcome === 'acknowledged' && ageMs !== null) {
        latency.observe({ priority: isBulk ? 'bulk' : 'live' }, ageMs / 1000)
      }
    },
    observeReceiver: (durationMs) => receivers.observe(durationMs / 1000),
    observeClaim: (durationMs) => claims.observe(durationMs / 1000),
    watchDeliveries: (read) => createGauges(registers, read),
  }
}

// However many ask for the metrics, the database is not asked more often.
const EVERY_MS = 10_000
// The other metrics are there at once, and are what one looks at while the database is slow.
const MAX_WAIT_MS = 1_000
// What is older tells nothing of now, and is left out.
const STALE_MS = MINUTE_MS

function createGauges(registers: Registry[], read: () => Promise<WaitingDeliveries>): void {
  let begun = -Infinity
  let reading: Promise<void> | undefined
  let latest: { at: number; waiting: WaitingDeliveries } | undefined

  async function refresh(): Promise<void> {
    begun = performance.now()
    try {
      latest = { waiting: await read(), at: performance.now() }
    } catch {
      // The gauges are missing then, which is what there is to be seen.
    } finally {
      reading = undefined
    }
  }

  /** Undefined when it could not be read for a while. */
  async function current(): Promise<WaitingDeliveries | undefined> {
    if (performance.now() - begun >= EVERY_MS) reading ??= refresh()
    if (reading) await Promise.race([reading, pause(MAX_WAIT_MS, undefined, { ref: false })])
    return latest && performance.now() - latest.at < STALE_MS ? latest.waiting : undefined
  }

  const labelNames = ['endpoint', 'state'] as const
  // They are about the database: of several processes each knows all of it, and the one that read last is right enough.
  const aggregator = 'max'
  new Gauge({
    name: 'newcomer_deliveries_waiting',
    help: 'Lanes with something to send, of each endpoint up to 100,000.',
    labelNames,
    aggregator,
    registers,
    async collect() {
      const { shares = [] } = (await current()) ?? {}
      this.reset()
      for (const { endpoint, state, lanes } of shares) this.set({ endpoint, state }, lanes)
    },
  })
  new Gauge({
    name: 'newcomer_deliveries_oldest_waiting_seconds',
    help: 'How long the oldest event that waits has waited.',
    labelNames,
    aggregator,
    registers,
    async collect() {
      const { shares = [] } = (await current()) ?? {}
      this.reset()
      for (const { endpoint, state, oldestSeconds } of shares) {
        this.set({ endpoint, state }, oldestSeconds)
      }
    },
  })
  new Gauge({
    name: 'newcomer_webhooks',
    help: 'Webhooks, by whether they are sent to.',
    labelNames: ['state'] as const,
    aggregator,
    registers,
    async collect() {
      const waiting = await current()
      this.reset()
      for (const [state, count] of Object.entries(waiting?.endpoints ?? {})) {
        this.set({ state }, count)
      }
    },
  })
}
