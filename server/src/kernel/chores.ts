import { inBulkhead } from './bulkhead.ts'
import type { Logger } from './log.ts'
import { HOUR_MS, MINUTE_MS } from './durations.ts'

/** A piece of housekeeping, such as dropping what is older than its retention period. */
export interface Chore {
  /**
   * What it is claimed by: of the processes on a database one does it. Without a name each does it, because it is
   * about what that process has in memory.
   */
  name?: string
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

/** Where several processes share the chores: in which of them each is done. */
export interface ChoreClaims {
  /** Whether the chore is due, and this process's for so long; no other's is it then. */
  claim(name: string, forMs: number): Promise<boolean>
  /** Makes the chore due, because its process stops before it was through. */
  release(name: string): Promise<void>
}

// Partitions are made a week ahead, and what is dropped takes days to be felt.
const ROUND_EVERY_MS = HOUR_MS
// When the process that did a chore is gone, another sees so often whether it is due.
const CLAIM_EVERY_MS = 5 * MINUTE_MS

export function createChores(chores: readonly Chore[], log: Logger, claims?: ChoreClaims): Chores {
  let isStopping = false
  let running = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let ownDueMs = 0

  /** One at a time: no caller waits for them, and side by side they would slow calls down. */
  async function runRound(): Promise<void> {
    const isOwnDue = performance.now() >= ownDueMs
    if (isOwnDue) ownDueMs = performance.now() + ROUND_EVERY_MS
    for (const chore of chores) {
      if (isStopping) return
      await inBulkhead(() => takeTurn(chore, isOwnDue)).catch((error: unknown) => {
        log.error({ err: error }, chore.failure)
      })
    }
    const restMs = claims ? CLAIM_EVERY_MS : ROUND_EVERY_MS
    if (!isStopping) timer = setTimeout(startRound, restMs).unref()
  }

  async function takeTurn({ name, run }: Chore, isOwnDue: boolean): Promise<void> {
    if (!claims || name === undefined) {
      if (isOwnDue) await run(() => isStopping)
      return
    }
    if (!(await claims.claim(name, ROUND_EVERY_MS))) return
    await run(() => isStopping)
    if (isStopping) await claims.release(name)
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
