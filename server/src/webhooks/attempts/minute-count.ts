import type { AttemptOutcome, AttemptRow, CountedAttempt } from './attempt-store.ts'
import { countDuration, percentileMs, sumCounts } from './latency-buckets.ts'

/** How an endpoint fared in a minute. */
export interface Pulse extends Record<AttemptOutcome, number> {
  endpoint: number
  /** How many events were attempted for the first time. */
  first_attempts: number
  /** How many requests there were. Outcomes are of events, of which one request may carry many. */
  attempts: number
  /** How many requests took how long, by `DURATION_BOUNDS_MS`. */
  durations: number[]
}

function emptyPulse(endpoint: number): Pulse {
  const outcomes = { acknowledged: 0, refused: 0, failed: 0, expired: 0 }
  return { endpoint, first_attempts: 0, attempts: 0, ...outcomes, durations: [] }
}

/** Whether the duration is the receiver's: one that was never reached, or not asked, was not fast. */
export function isOfReceiver({ status, error }: Pick<AttemptRow, 'status' | 'error'>): boolean {
  return status !== null || error === 'timeout'
}

/** Attempts with the same id are events of one request. */
export function countAttempts(attempts: CountedAttempt[]): Pulse[] {
  const pulses = new Map<number, Pulse>()
  const requests = new Set<string>()
  for (const attempt of attempts) {
    const { id, endpoint, number, outcome } = attempt
    const pulse = pulses.get(endpoint) ?? emptyPulse(endpoint)
    pulses.set(endpoint, pulse)
    pulse[outcome]++
    if (number === 1) pulse.first_attempts++
    if (requests.has(id)) continue
    requests.add(id)
    pulse.attempts++
    if (isOfReceiver(attempt)) countDuration(pulse.durations, attempt.duration_ms)
  }
  return [...pulses.values()]
}

export interface Rates extends Record<AttemptOutcome, number> {
  attempts: number
  p50Ms: number | null
  p99Ms: number | null
}

/** What several minutes of one endpoint come to. */
export function toRates(pulses: Omit<Pulse, 'endpoint' | 'first_attempts'>[]): Rates {
  const rates = { attempts: 0, acknowledged: 0, refused: 0, failed: 0, expired: 0 }
  for (const pulse of pulses) {
    rates.attempts += pulse.attempts
    rates.acknowledged += pulse.acknowledged
    rates.refused += pulse.refused
    rates.failed += pulse.failed
    rates.expired += pulse.expired
  }
  const durations = sumCounts(pulses.map((pulse) => pulse.durations))
  return { ...rates, p50Ms: percentileMs(durations, 0.5), p99Ms: percentileMs(durations, 0.99) }
}
