import type { AttemptOutcome, AttemptRow, CountedAttempt } from './attempt-store.ts'
import { countDuration, percentileMs, sumCounts } from './latency-buckets.ts'

/** Minute counters of an endpoint, with a latency histogram. */
export interface MinuteCount extends Record<AttemptOutcome, number> {
  endpoint: number
  /** How many events were attempted for the first time. */
  first_attempts: number
  /** How many requests there were. Outcomes are of events, of which one request may carry many. */
  attempts: number
  /** How many requests took how long, by `DURATION_BOUNDS_MS`. */
  durations: number[]
}

function emptyMinute(endpoint: number): MinuteCount {
  const outcomes = { acknowledged: 0, refused: 0, failed: 0, expired: 0 }
  return { endpoint, first_attempts: 0, attempts: 0, ...outcomes, durations: [] }
}

/** Whether the duration is the receiver's: one that was never reached says nothing of its speed. */
export function isOfReceiver({ status, error }: Pick<AttemptRow, 'status' | 'error'>): boolean {
  return status !== null || error === 'timeout'
}

/** Attempts with the same id are events of one request. */
export function countAttempts(attempts: CountedAttempt[]): MinuteCount[] {
  const minutes = new Map<number, MinuteCount>()
  const requests = new Set<string>()
  for (const attempt of attempts) {
    const { id, endpoint, number, outcome } = attempt
    const minute = minutes.get(endpoint) ?? emptyMinute(endpoint)
    minutes.set(endpoint, minute)
    minute[outcome]++
    if (number === 1) minute.first_attempts++
    if (requests.has(id)) continue
    requests.add(id)
    minute.attempts++
    if (isOfReceiver(attempt)) countDuration(minute.durations, attempt.duration_ms)
  }
  return [...minutes.values()]
}

export interface Rates extends Record<AttemptOutcome, number> {
  attempts: number
  p50Ms: number | null
  p99Ms: number | null
}

/** Sums several minutes of one endpoint up. */
export function toRates(minutes: Omit<MinuteCount, 'endpoint' | 'first_attempts'>[]): Rates {
  const rates = { attempts: 0, acknowledged: 0, refused: 0, failed: 0, expired: 0 }
  for (const minute of minutes) {
    rates.attempts += minute.attempts
    rates.acknowledged += minute.acknowledged
    rates.refused += minute.refused
    rates.failed += minute.failed
    rates.expired += minute.expired
  }
  const durations = sumCounts(minutes.map((minute) => minute.durations))
  return { ...rates, p50Ms: percentileMs(durations, 0.5), p99Ms: percentileMs(durations, 0.99) }
}
