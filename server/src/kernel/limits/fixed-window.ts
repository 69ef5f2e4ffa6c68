import type { Clock } from '../clock.ts'

/** What came of a draw. */
export interface Drawn {
  /** What had been drawn before, of this window and owed from those before it. */
  used: number
  /** Nothing was left: the draw has used nothing. */
  isRefused: boolean
  /** When the next window begins. */
  endsInMs: number
}

export interface FixedWindowOptions {
  clock: Clock
  windowMs: number
  /** So many buckets at the most; what comes beyond it shares one, or has all begin anew. */
  maxBuckets: number
  whenFull: 'share one' | 'begin anew'
  /** From how many draws on a bucket is worth being shared with other processes; all are unless given. */
  sharedFrom?: (bucket: string, limit: number) => number
}

/** What this process drew from a bucket and has not told the others. */
export interface WindowDelta {
  bucket: string
  /** Of windows since 1970. */
  window: number
  windowMs: number
  limit: number
  count: number
}

/** What all processes together drew from a bucket. */
export interface WindowTotal {
  bucket: string
  window: number
  count: number
}

/**
 * Fixed-window rate limit, counted in this process; what others on the same database draw is learned from time to
 * time, through `take`, `learn` and `giveBack`. What a draw of several overdraws is owed in the windows after.
 */
export interface FixedWindow {
  /** Takes so many out of the bucket; one where nothing is left is refused, several are not. */
  draw(bucket: string, limit: number, count?: number): Drawn
  /** From now on what is drawn is kept for `take`. */
  share(): void
  /** So many buckets of which others are to hear, each once, all of one window. */
  take(most: number): WindowDelta[]
  /** Whether something of a later window is left by what was taken. */
  isBehind(): boolean
  /** What came of telling them. */
  learn(total: WindowTotal): void
  /** They could not be told. */
  giveBack(deltas: readonly WindowDelta[]): void
}

interface Bucket {
  limit: number
  count: number
  /** Of the count what is not shared, because it was too little. */
  untold: number
}

export function createFixedWindow(options: FixedWindowOptions): FixedWindow {
  const { clock, windowMs, maxBuckets, whenFull, sharedFrom = () => 0 } = options
  let window = -1
  let isShared = false
  let buckets = new Map<string, Bucket>()
  const outbox = createOutbox(windowMs)

  function enterWindow(current: number): void {
    if (current === window) return
    buckets = owedAfter(buckets, Math.max(1, current - window))
    window = current
    // What was drawn earlier than in the window before is not owed any more, or the bucket knows it.
    outbox.dropBefore(current - 1)
  }

  function nameOf(bucket: string): string {
    if (buckets.size < maxBuckets || buckets.has(bucket)) return bucket
    if (whenFull === 'share one') return 'the rest'
    buckets = new Map()
    return bucket
  }

  return {
    draw(asked, limit, count = 1) {
      const now = clock.now().getTime()
      const current = Math.floor(now / windowMs)
      enterWindow(current)
      const name = nameOf(asked)
      const bucket = buckets.get(name) ?? { limit, count: 0, untold: 0 }
      const used = bucket.count
      const isRefused = used >= limit && count === 1
      if (!isRefused) {
        bucket.limit = limit
        bucket.count += count
        bucket.untold += count
        if (used === 0) buckets.set(name, bucket)
        if (isShared && bucket.count >= sharedFrom(name, limit)) {
          outbox.keep(current, name, limit, bucket.untold)
          bucket.untold = 0
        }
      }
      return { used, isRefused, endsInMs: (current + 1) * windowMs - now }
    },
    share() {
      isShared = true
    },
    take: outbox.take,
    isBehind: outbox.isBehind,
    learn({ bucket: name, window: of, count }) {
      const bucket = buckets.get(name)
      if (!bucket || of !== window) return
      bucket.count = count + bucket.untold + outbox.countOf(window, name)
    },
    giveBack(deltas) {
      for (const { bucket, window: of, limit, count } of deltas) {
        if (of >= window - 1) outbox.keep(of, bucket, limit, count)
      }
    },
  }
}

/** What is still owed so many windows later. */
function owedAfter(buckets: Map<string, Bucket>, windows: number): Map<string, Bucket> {
  const owed = new Map<string, Bucket>()
  for (const [name, { limit, count }] of buckets) {
    const left = count - limit * windows
    if (left > 0) owed.set(name, { limit, count: left, untold: 0 })
  }
  return owed
}

type Untold = Map<string, { limit: number; count: number }>

/** What others have not heard of, by window. */
function createOutbox(windowMs: number) {
  const byWindow = new Map<number, Untold>()
  return {
    keep(window: number, bucket: string, limit: number, count: number): void {
      const untold: Untold =
        byWindow.get(window) ?? new Map<string, { limit: number; count: number }>()
      byWindow.set(window, untold)
      const before = untold.get(bucket)
      if (before) before.count += count
      else untold.set(bucket, { limit, count })
    },
    countOf: (window: number, bucket: string): number =>
      byWindow.get(window)?.get(bucket)?.count ?? 0,
    dropBefore(window: number): void {
      for (const each of byWindow.keys()) if (each < window) byWindow.delete(each)
    },
    isBehind: () => byWindow.size > 0,
    take(this: void, most: number): WindowDelta[] {
      const [oldest] = [...byWindow.keys()].sort((left, right) => left - right)
      const untold = oldest === undefined ? undefined : byWindow.get(oldest)
      if (oldest === undefined || !untold) return []
      const deltas: WindowDelta[] = []
      for (const [bucket, { limit, count }] of untold) {
        if (deltas.length >= most) return deltas
        deltas.push({ bucket, window: oldest, windowMs, limit, count })
        untold.delete(bucket)
      }
      byWindow.delete(oldest)
      return deltas
    },
  }
}
