import type { Clock } from '../clock.ts'
import { SECOND_MS } from '../durations.ts'

const FIRST_DELAY_MS = SECOND_MS

export interface BackoffOptions {
  clock: Clock
  /** Guesses without waiting. */
  free: number
  longestMs: number
  /** What is silent for so long begins anew. */
  keptMs: number
  /** Beyond it the one whose last guess is oldest is forgotten. */
  maxKeys: number
  /** From how many guesses on other processes are told; from the first unless given. */
  sharedFrom?: number
}

/** Guesses that this process counted for a key, or took back, and has not told the others. */
export interface GuessDelta {
  key: string
  count: number
  lastMs: number
  keptMs: number
}

/** What all processes together counted. */
export interface GuessTotal {
  key: string
  count: number
  lastMs: number
}

/**
 * Exponential backoff for guesses, by a key such as an account or an address. Counted in this process; what others
 * on the same database count is learned from time to time, through `take`, `learn` and `giveBack`.
 */
export interface Backoff {
  /** How long the next guess has to wait. */
  waitMs(key: string): number
  /** A guess was made; one with the same mark as the one before it is none. */
  count(key: string, mark?: string): void
  /** The last one was none after all. */
  takeBack(key: string): void
  forget(key: string): void
  /** From now on what is counted is kept for `take`. */
  share(): void
  /** So many keys of which others are to hear. */
  take(most: number): GuessDelta[]
  /** What came of telling them. */
  learn(total: GuessTotal): void
  /** They could not be told. */
  giveBack(deltas: readonly GuessDelta[]): void
}

interface Guesses {
  count: number
  lastMs: number
  waitsUntilMs: number
  mark: string | undefined
  /** Of the count what is not shared, because it was too little. */
  untold: number
}

export function createBackoff(options: BackoffOptions): Backoff {
  const { clock, free, longestMs, keptMs, maxKeys, sharedFrom = 1 } = options
  /** The one whose last guess is oldest first. */
  const byKey = new Map<string, Guesses>()
  const outbox = createOutbox(keptMs)
  let isShared = false
  const now = (): number => clock.now().getTime()
  const delayMs = (count: number): number =>
    Math.min(longestMs, FIRST_DELAY_MS * 2 ** (count - free))

  function find(key: string): Guesses | undefined {
    const known = byKey.get(key)
    return known && now() - known.lastMs < keptMs ? known : undefined
  }

  function keep(key: string, count: number, lastMs: number): void {
    if (isShared) outbox.keep(key, count, lastMs)
  }

  return {
    waitMs: (key) => Math.max(0, (find(key)?.waitsUntilMs ?? 0) - now()),
    count(key, mark) {
      const known = find(key)
      if (mark !== undefined && known?.mark === mark) return
      const count = (known?.count ?? 0) + 1
      const untold = (known?.untold ?? 0) + 1
      const isTold = count >= sharedFrom
      const lastMs = now()
      if (isTold) keep(key, untold, lastMs)
      byKey.delete(key)
      byKey.set(key, {
        ...{ count, lastMs, mark, untold: isTold ? 0 : untold },
        waitsUntilMs: count < free ? 0 : lastMs + delayMs(count),
      })
      const [oldest] = byKey.size > maxKeys ? byKey.keys() : []
      if (oldest !== undefined) byKey.delete(oldest)
    },
    takeBack(key) {
      const known = byKey.get(key)
      if (!known) return
      known.count--
      if (known.untold > 0) known.untold--
      else keep(key, -1, known.lastMs)
      if (known.count < free) known.waitsUntilMs = 0
    },
    forget(key) {
      const known = byKey.get(key)
      if (known) keep(key, known.untold - known.count, known.lastMs)
      byKey.delete(key)
    },
    share() {
      isShared = true
    },
    take: outbox.take,
    learn({ key, count: told, lastMs }) {
      const known = byKey.get(key)
      // One of before a silence is told too late.
      if (!known || known.lastMs - lastMs >= keptMs) return
      known.count = Math.max(0, told) + known.untold + outbox.countOf(key)
      known.lastMs = Math.max(known.lastMs, lastMs)
      const untilMs = known.lastMs + delayMs(known.count)
      known.waitsUntilMs = known.count < free ? 0 : Math.max(known.waitsUntilMs, untilMs)
    },
    giveBack(deltas) {
      for (const { key, count, lastMs } of deltas) keep(key, count, lastMs)
    },
  }
}

/** What others have not heard of. */
function createOutbox(keptMs: number) {
  const byKey = new Map<string, GuessDelta>()
  return {
    keep(key: string, count: number, lastMs: number): void {
      const known = byKey.get(key)
      // What was silent for so long begins anew, be it this or what waits already.
      if (known && known.lastMs - lastMs >= keptMs) return
      const before = known && lastMs - known.lastMs < keptMs ? known : undefined
      const sum = (before?.count ?? 0) + count
      const latestMs = Math.max(lastMs, before?.lastMs ?? 0)
      if (sum === 0) byKey.delete(key)
      else byKey.set(key, { key, count: sum, lastMs: latestMs, keptMs })
    },
    countOf: (key: string): number => byKey.get(key)?.count ?? 0,
    take(this: void, most: number): GuessDelta[] {
      const deltas = byKey.values().take(most).toArray()
      for (const { key } of deltas) byKey.delete(key)
      return deltas
    },
  }
}
