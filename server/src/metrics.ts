import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import { createDeliveryMetrics } from './webhooks/dispatch/delivery-metrics.ts'
import type { DeliveryMetrics } from './webhooks/dispatch/delivery-metrics.ts'

/**
 * What the program counts about itself. No label ever holds an organization or a URL, and of ids only
 * those of the few webhooks for which most is waiting.
 */
export interface Metrics extends DeliveryMetrics {
  registry: Registry
  /** `route` is the pattern, never the path: ids are in that. */
  observeRequest(labels: { method: string; route: string; status: number }, seconds: number): void
  /** How many requests were answered in all. */
  countedRequests(): number
  /** How many of them with a 5xx. */
  countedFailures(): number
  /** The size of a set of calls that were written together. */
  observeSet(kind: string, size: number): void
  /** `isConflict`: the merchant had said otherwise. */
  countVerdict(segment: string, isConflict: boolean): void
  countClicks(written: number): void
  countLostClicks(lost: number): void
}

/** One registry an app, so that several can live in one process. */
export function createMetrics(): Metrics {
  let answered = 0
  let failed = 0
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  // The sum says how many processes serve.
  new Gauge({ name: 'newcomer_processes', help: 'Processes that serve.', registers }).set(1)
  const requests = new Histogram({
    name: 'newcomer_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  })
  const sets = new Histogram({
    name: 'newcomer_gathered_calls',
    help: 'How many concurrent calls were written as one set.',
    labelNames: ['kind'] as const,
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers,
  })
  const verdicts = new Counter({
    name: 'newcomer_verdicts_total',
    help: 'Orders recorded, by the segment that held before them.',
    labelNames: ['segment'] as const,
    registers,
  })
  const conflicts = new Counter({
    name: 'newcomer_verdict_conflicts_total',
    help: 'Orders of which the merchant said otherwise than the network judged.',
    registers,
  })
  const clicks = new Counter({
    name: 'newcomer_clicks_total',
    help: 'Clicks on links that were written.',
    registers,
  })
  const lostClicks = new Counter({
    name: 'newcomer_clicks_lost_total',
    help: 'Clicks that could not be kept: their orders come from nowhere.',
    registers,
  })
  return {
    registry,
    observeRequest(labels, seconds) {
      answered++
      if (labels.status >= 500) failed++
      requests.observe(labels, seconds)
    },
    countedRequests: () => answered,
    countedFailures: () => failed,
    observeSet: (kind, size) => sets.observe({ kind }, size),
    ...createDeliveryMetrics(registers),
    countVerdict: (segment, isConflict) => {
      verdicts.inc({ segment })
      if (isConflict) conflicts.inc()
    },
    countClicks: (written) => clicks.inc(written),
    countLostClicks: (lost) => lostClicks.inc(lost),
  }
}
