import { inBulkhead } from './bulkhead.ts'
import type { Logger } from './log.ts'
import { HOUR_MS } from './durations.ts'

/** A piece of housekeeping, such as dropping what is older than its retention period. */
export interface Chore {
  /** Safe to repeat, by several processes at once too; a long one stops early once `isStopping`. */
  run(isStopping: () => boolean): Promise<unknown>
  /** What the log says when it failed; it runs again with the next round. */
  failure: string
}

/** Runs chores: a round at the start, and one an hour after each. */
export interface Chores {
  start(): void
  /** Resolves when the chore under way has ended. */
  stop(): Promise<void>
}

// Partitions are made a week ahead, and what is dropped takes days to be felt.
const ROUND_EVERY_MS = HOUR_MS

export function createChores(chores: readonly Chore[], log: Logger): Chores {
  let isStopping = false
  let running = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  /** One at a time: no caller waits for them, and side by side they would slow calls down. */
  async function runRound(): Promise<void> {
    for (const { run, failure } of chores) {
      if (isStopping) return
      await inBulkhead(() => run(() => isStopping)).catch((error: unknown) => {
        log.error({ err: error }, failure)
      })
    }
    if (!isStopping) timer = setTimeout(startRound, ROUND_EVERY_MS).unref()
  }

  function startRound(): void {
    running = runRound()
  }

  return {
    start: startRound,
    async stop() {
      isStopping = true
      clearTimeout(timer)
      await running
    },
  }
}
