import type { Db } from '../../kernel/database/database.ts'
import { MINUTE_MS } from '../../kernel/durations.ts'
import { toRates } from '../attempts/minute-count.ts'
import type { Rates } from '../attempts/minute-count.ts'
import { KEPT_HOURS, listMinutes } from '../attempts/minute-store.ts'
import type { StoredMinute } from '../attempts/minute-store.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'

/** How an endpoint fared in one bucket of a series. */
export interface Bucket extends Rates {
  startsAt: Date
}

/** How an endpoint fared over some hours, in buckets of equal length without gaps, oldest first. */
export interface Series {
  bucketMinutes: number
  startsAt: Date
  /** The end of the last bucket, which is not over yet. */
  endsAt: Date
  buckets: Bucket[]
}

// As many as a screen shows apart, and at most 144. Each length divides an hour.
const LENGTHS = [
  { upToHours: 2, minutes: 1 },
  { upToHours: 24, minutes: 10 },
  { upToHours: KEPT_HOURS, minutes: 30 },
] as const

/** How long the buckets of a series of `hours` are. */
export function bucketMinutesFor(hours: number): number {
  const length = LENGTHS.find(({ upToHours }) => hours <= upToHours)
  if (!length) throw new Error(`counters are not kept for ${hours} hours`)
  return length.minutes
}

/** The last `hours`, 1 to `KEPT_HOURS`, up to and with the bucket that `now` is in. */
export async function readSeries(
  db: Db,
  { number }: Pick<Endpoint, 'number'>,
  { hours, now }: { hours: number; now: Date },
): Promise<Series> {
  const bucketMinutes = bucketMinutesFor(hours)
  const lengthMs = bucketMinutes * MINUTE_MS
  const count = (hours * 60) / bucketMinutes
  const endsMs = (Math.floor(now.getTime() / lengthMs) + 1) * lengthMs
  const startsAt = new Date(endsMs - count * lengthMs)
  const minutes = Map.groupBy(await listMinutes(db, number, startsAt), ({ minute }) =>
    Math.floor((minute.getTime() - startsAt.getTime()) / lengthMs),
  )
  return {
    bucketMinutes,
    startsAt,
    endsAt: new Date(endsMs),
    buckets: Array.from({ length: count }, (_, index) =>
      toBucket(new Date(startsAt.getTime() + index * lengthMs), minutes.get(index) ?? []),
    ),
  }
}

function toBucket(startsAt: Date, minutes: StoredMinute[]): Bucket {
  return { startsAt, ...toRates(minutes) }
}
