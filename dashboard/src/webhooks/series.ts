import type { EndpointSeries, SeriesBucket } from '@newcomer/client/browser'
import { sayCount, sayMs } from './words.ts'

/** A time that is selected; a side that is not known yet is undefined. ISO 8601. */
export interface Span {
  start?: string | undefined
  end?: string | undefined
}

/** A time with both its sides. */
export interface WholeSpan {
  start: string
  end: string
}

/** What the bars are made of, from the bottom up. */
export const PARTS = [
  { name: 'acknowledged', count: ({ acknowledged }: Counts) => acknowledged },
  { name: 'failed', count: ({ failed }: Counts) => failed },
  {
    name: 'given up',
    count: ({ refused, expired }: Counts) => refused + expired,
  },
] as const

type Counts = Pick<SeriesBucket, 'acknowledged' | 'failed' | 'refused' | 'expired'>

const time = new Intl.DateTimeFormat('en', {
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})

export function sayTime(date: string): string {
  return time.format(new Date(date))
}

export function countAll(bucket: Counts): number {
  return PARTS.reduce((sum, { count }) => sum + count(bucket), 0)
}

/** The slowest p99 of all buckets, in milliseconds; undefined where nothing was answered. */
export function slowestOf(buckets: readonly Pick<SeriesBucket, 'p99_ms'>[]): number | undefined {
  const all = buckets.flatMap(({ p99_ms: ms }) => ms ?? [])
  return all.length === 0 ? undefined : Math.max(...all)
}

/** What the chart shows, in words, for screen readers too. */
export function saySeries({ buckets }: EndpointSeries, hours: number): string {
  const sum = buckets.reduce(
    (sums, bucket) => ({
      acknowledged: sums.acknowledged + bucket.acknowledged,
      failed: sums.failed + bucket.failed,
      refused: sums.refused + bucket.refused,
      expired: sums.expired + bucket.expired,
    }),
    { acknowledged: 0, failed: 0, refused: 0, expired: 0 },
  )
  const last = hours === 1 ? 'the last hour' : `the last ${hours} hours`
  if (countAll(sum) === 0) return `Nothing was sent in ${last}.`
  const parts = PARTS.map(({ name, count }) => `${sayCount(count(sum))} ${name}`)
  const worst = buckets.reduce((most, each) => (each.failed > most.failed ? each : most))
  const where = worst.failed === 0 ? '' : ` Most failed at ${sayTime(worst.start_date)}.`
  const slowest = slowestOf(buckets)
  const slow =
    slowest === undefined ? '' : ` At the slowest, 99 % were answered within ${sayMs(slowest)}.`
  return `Events that were sent in ${last}: ${parts.join(', ')}.${where}${slow}`
}

/** One bucket in words. */
export function sayBucket(bucket: SeriesBucket): string {
  const at = sayTime(bucket.start_date)
  if (bucket.attempts === 0) return `${at}: nothing was sent`
  const parts = PARTS.map(({ name, count }) => `${sayCount(count(bucket))} ${name}`)
  return `${at}: ${parts.join(', ')}; 99 % answered within ${sayMs(bucket.p99_ms)}`
}

/** From the beginning of one bucket to the end of another, in either order, and not beyond now. */
export function toSpan(
  series: EndpointSeries,
  { one, other, now }: { one: number; other: number; now: number },
): Span {
  const startMs = Date.parse(series.start_date)
  const lengthMs = series.bucket_minutes * 60_000
  const start = startMs + Math.min(one, other) * lengthMs
  const end = Math.min(startMs + (Math.max(one, other) + 1) * lengthMs, now)
  return { start: new Date(start).toISOString(), end: new Date(end).toISOString() }
}
