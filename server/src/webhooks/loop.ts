import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from '../kernel/log.ts'

/** Takes turns: at each wake-up, and otherwise once a second. */
export interface Loop {
  start(): void
  wake(): void
  /** Resolves when the turn under way has ended. */
  stop(): Promise<void>
}

export interface LoopParts {
  turn(): Promise<unknown>
  /** Clears away what is not needed any more. */
  sweep(): Promise<void>
  log: Logger
}

// Finds retries that come due, and events whose notification was lost.
const POLL_MS = 1_000
// Lets what arrives together be claimed together: at most 200 claims a second.
const GAP_MS = 5
// The database is out of reach, and is not helped by being asked at once.
const FAILURE_MS = 1_000
// What is swept up takes days to be felt.
const SWEEP_MS = 3_600_000

export function createLoop({ turn, sweep, log }: LoopParts): Loop {
  let isStopped = false
  let isWoken = false
  let wakeUp: (() => void) | undefined
  let running: Promise<void> | undefined
  let sweptAt = performance.now()

  async function run(): Promise<void> {
    while (!isStopped) {
      isWoken = false
      const began = performance.now()
      const hasFailed = await takeTurn()
      if (hasFailed) await pause(FAILURE_MS)
      else await rest(POLL_MS)
      const left = GAP_MS - (performance.now() - began)
      if (left > 0) await pause(left)
    }
  }

  async function takeTurn(): Promise<boolean> {
    try {
      await turn()
      await sweepSometimes()
      return false
    } catch (error) {
      log.warn({ err: error }, 'Deliveries could not be claimed; they are again in a second')
      return true
    }
  }

  async function sweepSometimes(): Promise<void> {
    if (performance.now() - sweptAt < SWEEP_MS) return
    sweptAt = performance.now()
    await sweep()
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
