import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '../database/database.ts'
import { SECOND_MS } from '../durations.ts'
import type { Logger } from '../log.ts'
import type { Vault } from '../vault.ts'
import type { Backoff } from './backoff.ts'
import type { FixedWindow } from './fixed-window.ts'
import { addCounts } from './shared-count-store.ts'
import type { CountRow, GuessRow, WindowRow } from './shared-count-store.ts'

/*
 * Rate limits and throttles that hold over all processes on one database. Each decides by itself, from its memory,
 * and never waits; twice a second it adds what it counted to what the others did, and learns what all have. So a
 * limit is exceeded by what the others let through in that time at the most.
 */

// With the statement itself, others know within a second.
const EXCHANGE_EVERY_MS = SECOND_MS / 2
// Strangers from very many addresses must not make the database theirs: the rest has its turn in half a second.
const MAX_KEYS_AT_ONCE = 2_000
// A database that is away must not hold up the end.
const LAST_EXCHANGE_MS = SECOND_MS

export interface SharedCounts {
  /** Shares the buckets of a limit; in every process it has the same name, and no other has it. */
  shareWindow(name: string, window: FixedWindow): void
  shareBackoff(name: string, backoff: Backoff): void
  /** Tells and learns once. Rejects where the database could not be asked; what was to be told is kept. */
  exchange(): Promise<void>
  start(): void
  /** Tells what is left. */
  stop(): Promise<void>
}

export interface SharedCountsParts {
  database: Database
  vault: Vault
  log: Logger
}

export function createSharedCounts({ database, vault, log }: SharedCountsParts): SharedCounts {
  // The embedded database has one process: there is nobody to share with.
  const isShared = database.kind === 'postgres'
  const windows: { name: string; limit: FixedWindow }[] = []
  const backoffs: { name: string; limit: Backoff }[] = []
  let timer: NodeJS.Timeout | undefined

  async function exchange(): Promise<void> {
    // Once a minute there is something of two windows: a statement for each.
    let isBehind = true
    while (isBehind) isBehind = await exchangeOnce()
  }

  /** Whether something of a later window is left. */
  async function exchangeOnce(): Promise<boolean> {
    let left = MAX_KEYS_AT_ONCE
    const taken = createTaken(vault)
    for (const { name, limit } of windows) left -= taken.takeWindow(name, limit, left)
    for (const { name, limit } of backoffs) left -= taken.takeBackoff(name, limit, left)
    if (left === MAX_KEYS_AT_ONCE) return false
    const isBehind = left > 0 && windows.some(({ limit }) => limit.isBehind())
    try {
      taken.learn(await addCounts(database.watch, taken.windows, taken.guesses))
    } catch (error) {
      taken.giveBack()
      throw error
    }
    return isBehind
  }

  const turns = createTurns(exchange, log)

  return {
    shareWindow(name, limit) {
      if (isShared) limit.share()
      windows.push({ name, limit })
    },
    shareBackoff(name, limit) {
      if (isShared) limit.share()
      backoffs.push({ name, limit })
    },
    exchange,
    start() {
      if (!isShared) return
      timer = setInterval(() => void turns.take(), EXCHANGE_EVERY_MS)
      timer.unref()
    },
    async stop() {
      if (timer === undefined) return
      clearInterval(timer)
      const last = turns.take().then(turns.take)
      await Promise.race([last, pause(LAST_EXCHANGE_MS, undefined, { ref: false })])
    },
  }
}

/** One at a time, of which none rejects; the log says when they begin to fail. */
function createTurns(exchange: () => Promise<void>, log: Logger) {
  let running: Promise<void> | undefined
  let isFailing = false

  async function run(): Promise<void> {
    try {
      await exchange()
      isFailing = false
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, 'Limits are counted by each process alone for now.')
      isFailing = true
    } finally {
      running = undefined
    }
  }

  return {
    /** The one under way, or else another. */
    take: (): Promise<void> => (running ??= run()),
  }
}

/**
 * What is told at once. The database has no plain address, account or organization: names are sealed, and found
 * again by their seals.
 */
function createTaken(vault: Vault) {
  const windows: WindowRow[] = []
  const guesses: GuessRow[] = []
  const learners = new Map<string, (row: CountRow) => void>()
  const returns: (() => void)[] = []

  function seal(limit: string, name: string, learn: (row: CountRow) => void): Buffer {
    const key = vault.seal('limit', limit, name)
    learners.set(key.toString('base64'), learn)
    return key
  }

  return {
    windows,
    guesses,
    /** How many buckets were taken. */
    takeWindow(name: string, limit: FixedWindow, most: number): number {
      const deltas = limit.take(most)
      for (const { bucket, limit: quota, ...delta } of deltas) {
        const key = seal(name, bucket, ({ window, count }) => {
          if (window !== null) limit.learn({ bucket, window, count })
        })
        windows.push({ key, quota, ...delta })
      }
      returns.push(() => limit.giveBack(deltas))
      return deltas.length
    },
    takeBackoff(name: string, limit: Backoff, most: number): number {
      const deltas = limit.take(most)
      for (const { key: guessed, count, lastMs, keptMs } of deltas) {
        const key = seal(name, guessed, (row) => {
          if (row.last_at)
            limit.learn({ key: guessed, count: row.count, lastMs: row.last_at.getTime() })
        })
        guesses.push({ key, count, lastAt: new Date(lastMs), keptMs })
      }
      returns.push(() => limit.giveBack(deltas))
      return deltas.length
    },
    learn(rows: readonly CountRow[]): void {
      for (const row of rows) learners.get(Buffer.from(row.key).toString('base64'))?.(row)
    },
    giveBack(): void {
      for (const each of returns) each()
    },
  }
}
