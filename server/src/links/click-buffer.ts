import { setImmediate as turnEnd } from 'node:timers/promises'
import type { Logger } from '../kernel/log.ts'
import { Problem } from '../kernel/problem.ts'
import { isTransient } from '../kernel/database/transaction.ts'
import type { VisitVerdict, Visit } from './click.ts'

/** `waiting`: it isn't known yet, and is recorded later. `lost`: it is not, and never will be. */
export type Recorded = VisitVerdict | 'waiting' | 'lost'

/** Write-behind buffer: holds visits until they are written. */
export interface ClickBuffer {
  /** Answers once it is written, at the latest after a second. */
  record(visit: Visit): Promise<Recorded>
  /** Writes what is left, for at most 3 s. */
  close(): Promise<void>
}

/** Rings after so long, unless what it answers is called before. */
export type StartTimer = (ms: number, ring: () => void) => () => void

export interface ClickBufferParts {
  /** Writes a set; a verdict for each visit, in order. Must be safe to repeat. */
  write(visits: Visit[]): Promise<VisitVerdict[]>
  /** Called with how many clicks are written, and how many never will be. */
  written(clicks: number): void
  lost(clicks: number): void
  log: Logger
  startTimer?: StartTimer
}

// As kernel/database/batch-calls.ts found: a larger set gains nothing.
const MAX_SET = 256
// A minute of a very busy network; a hundred megabytes at most.
export const MAX_WAITING = 100_000
// A shopper doesn't wait for our troubles.
const WAIT_MS = 1_000
const RETRY_MS = 1_000
// Of the 15 s that a stop may take, what its requests leave.
const CLOSE_MS = 3_000

interface Waiting {
  visit: Visit
  callOff(): void
  resolve(recorded: Recorded): void
}

const startSystemTimer: StartTimer = (ms, ring) => {
  const timer = setTimeout(ring, ms)
  return () => clearTimeout(timer)
}

/**
 * Gathers visits into sets and writes one set after another: while one is written the next fills. A
 * set that can't be written, because the database is out of reach, stays where it is and is tried
 * again until it is; a visit that fails by itself is given up, and never its neighbours.
 */
export function createClickBuffer(parts: ClickBufferParts): ClickBuffer {
  const { write, log, startTimer = startSystemTimer } = parts
  const waiting: Waiting[] = []
  const rest = createRest(startTimer)
  let running: Promise<void> | undefined
  // How many of the first are tried one by one, because their set failed.
  let suspects = 0

  async function run(): Promise<void> {
    // All visits that have arrived by now are read first, as in kernel/database/batch-calls.ts.
    await turnEnd()
    while (waiting.length > 0) await writeSet(waiting.slice(0, suspects > 0 ? 1 : MAX_SET))
    running = undefined
  }

  async function writeSet(set: Waiting[]): Promise<void> {
    try {
      const verdicts = await write(set.map(({ visit }) => visit))
      take(set, verdicts)
    } catch (error) {
      if (isDatabaseFailure(error)) {
        log.warn({ clicks: waiting.length }, 'Clicks wait to be written: no database')
        await rest.take(RETRY_MS)
      } else if (set.length > 1) {
        suspects = set.length
      } else {
        log.error({ err: error }, 'A click cannot be written')
        take(set, [])
      }
    }
  }

  /** Takes the first set out of the buffer, unless all was given up meanwhile. */
  function take(set: Waiting[], verdicts: VisitVerdict[]): void {
    if (waiting[0] !== set[0]) return
    waiting.splice(0, set.length)
    suspects = Math.max(0, suspects - set.length)
    settle(parts, set, verdicts)
  }

  return {
    record(visit) {
      if (waiting.length >= MAX_WAITING) {
        parts.lost(visit.click ? 1 : 0)
        return Promise.resolve('lost')
      }
      return new Promise((resolve) => {
        const callOff = startTimer(WAIT_MS, () => resolve('waiting'))
        waiting.push({ visit, callOff, resolve })
        running ??= run()
      })
    },
    async close() {
      if (!running) return
      rest.end()
      const patience = createRest(startTimer)
      await Promise.race([running, patience.take(CLOSE_MS)])
      patience.end()
      if (waiting.length === 0) return
      log.error({ clicks: waiting.length }, 'Clicks are lost: there was no database to the end')
      take([...waiting], [])
      rest.end()
    },
  }
}

/** Answers each visit of a set; a visit without a verdict is lost. */
function settle(parts: ClickBufferParts, set: Waiting[], verdicts: VisitVerdict[]): void {
  const recorded = set.map((_entry, index): Recorded => verdicts[index] ?? 'lost')
  const count = (what: Recorded): number =>
    set.filter(({ visit }, index) => visit.click !== null && recorded[index] === what).length
  parts.written(count('good'))
  parts.lost(count('lost'))
  set.forEach(({ callOff, resolve }, index) => {
    callOff()
    resolve(recorded[index] ?? 'lost')
  })
}

/** A pause that can be ended early. */
function createRest(startTimer: StartTimer): { take(ms: number): Promise<void>; end(): void } {
  let end = (): void => undefined
  return {
    take: (ms) =>
      new Promise((resolve) => {
        const callOff = startTimer(ms, resolve)
        end = () => {
          callOff()
          resolve()
        }
      }),
    end: () => end(),
  }
}

// Read-only after a failover, no room, in no state for it, shut down, or a broken disk: none of these
// is about the clicks.
const TROUBLE = /^(25|53|55|57|58)/

function isDatabaseFailure(error: unknown): boolean {
  if (error instanceof Problem) return error.status === 503
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined
  return isTransient(error) || (typeof code === 'string' && TROUBLE.test(code))
}
