import { setTimeout as pause } from 'node:timers/promises'
import { inBulkhead } from './bulkhead.ts'
import type { Logger } from './log.ts'

/** Takes turns: at each wake-up, and otherwise once a second. */
export interface Loop {
  start(): void
  wake(): void
  /** Resolves when the turn under way has ended. */
  stop(): Promise<void>
}

export interface LoopParts {
  turn(this: void): Promise<unknown>
  /** In how many milliseconds the next turn is due, where that may be sooner than in a second. */
  untilDue?(): Promise<number | undefined>
  /** What the log says when a turn failed; it is taken again a second later. */
  failure: string
  log: Logger
}

// Finds what comes due, and what was not heard of.
const POLL_MS = 1_000
// Lets what arrives together be taken together: at most 200 turns a second.
const GAP_MS = 5
// The database is out of reach, and is not helped by being asked at once.
const FAILURE_MS = 1_000

export function createLoop({ turn, untilDue, failure, log }: LoopParts): Loop {
  let isStopped = false
  let isWoken = false
  let wakeUp: (() => void) | undefined
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    while (!isStopped) {
      isWoken = false
      const began = performance.now()
      const restMs = await takeTurn()
      if (restMs === undefined) await pause(FAILURE_MS)
      else await rest(restMs)
      const left = GAP_MS - (performance.now() - began)
      if (left > 0) await pause(left)
    }
  }

  /** How long to rest after it; undefined when it failed. */
  async function takeTurn(): Promise<number | undefined> {
    try {
      await inBulkhead(turn)
      const dueMs = await untilDue?.()
      return Math.min(POLL_MS, Math.max(0, dueMs ?? POLL_MS))
    } catch (error) {
      log.warn({ err: error }, failure)
      return undefined
    }
  }

  /** Ends at a wake-up, at once when there was one during the turn. */
  function rest(ms: number): Promise<void> {
    if (isWoken) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  function wake(): void {
    isWoken = true
    wakeUp?.()
  }

  return {
    start() {
      running ??= run()
    },
    wake,
    async stop() {
      isStopped = true
      wake()
      await running
    },
  }
}
