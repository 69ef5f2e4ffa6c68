import { inBulkhead } from '../bulkhead.ts'
import { Problem, unavailable } from '../problem.ts'
import { Stale } from './transaction.ts'

/** What became of one call of a set: its answer, or the problem that is its own. */
export type Outcome<A> = { answer: A } | { problem: unknown }

export interface BatchOptions<C, A> {
  /** Does a set of calls at once; one outcome per call, in order. */
  work(calls: C[]): Promise<Outcome<A>[]>
  /** How many sets may be under way at once. */
  concurrency: number
  /** Told the size of each set. */
  observe?: (size: number) => void
}

// Measured: beyond this a larger set gains nothing and only makes its first call wait longer.
const MAX_SET = 256
// Measured: a set costs its statements whatever its size, so that three sets of 16 side by side take
// twice the processor time of one of 48. From this size on a further set costs little more a call.
const ENOUGH_BESIDE = 32
// Should what is under way wait for a lock or a slow disk, the calls behind it do not.
const MAX_DELAY_MS = 20
// Some seconds of work; who comes later is told so at once instead of timing out.
const MAX_WAITING = 20_000

const TOO_BUSY = unavailable('Too many calls change the same row; the same call later is safe.')

interface Waiting<C, A> {
  call: C
  resolve(answer: A): void
  reject(problem: unknown): void
}

/**
 * Gathers concurrent calls of one kind into sets: while a set is worked on the next one fills. It
 * begins when none is under way; beside another only once it is large or has waited for 20 ms. When
 * a set fails as a whole, its calls are worked on one by one, so that a bad call never fails its
 * neighbours.
 */
export function batchCalls<C, A>({
  work,
  concurrency: writers,
  observe,
}: BatchOptions<C, A>): (call: C) => Promise<A> {
  let waiting: Waiting<C, A>[] = []
  let free = writers
  let isScheduled = false
  let patience: NodeJS.Timeout | undefined

  async function workOn(set: Waiting<C, A>[]): Promise<void> {
    try {
      observe?.(set.length)
      const outcomes = await inBulkhead(() => work(set.map((entry) => entry.call)))
      set.forEach((entry, index) => {
        const outcome = outcomes[index]
        if (!outcome) entry.reject(new Error('a call of the set was left without an outcome'))
        else if ('answer' in outcome) entry.resolve(outcome.answer)
        else entry.reject(outcome.problem)
      })
    } catch (error) {
      const problem = set.length === 1 && error instanceof Stale ? TOO_BUSY : error
      // A database out of reach is out of reach for each of them.
      const isShared = problem instanceof Problem && problem.status === 503
      if (set.length === 1 || isShared) for (const entry of set) entry.reject(problem)
      else for (const entry of set) await workOn([entry])
    }
  }

  // At the end of a turn of the event loop, so that all calls that have arrived by then are read
  // first: with PGlite, which works on this thread, they wait in their sockets while a set is written.
  function schedule(): void {
    if (isScheduled) return
    isScheduled = true
    setImmediate(start)
  }

  function start(): void {
    isScheduled = false
    while (free > 0 && waiting.length >= (free === writers ? 1 : ENOUGH_BESIDE)) startSet()
    if (free > 0 && waiting.length > 0) patience ??= setTimeout(startSet, MAX_DELAY_MS)
  }

  function startSet(): void {
    clearTimeout(patience)
    patience = undefined
    if (free === 0 || waiting.length === 0) return
    const set = waiting.slice(0, MAX_SET)
    waiting = waiting.slice(MAX_SET)
    free--
    void workOn(set).finally(() => {
      free++
      if (waiting.length > 0) schedule()
    })
  }

  return (call) =>
    new Promise((resolve, reject) => {
      if (waiting.length >= MAX_WAITING) {
        reject(unavailable('Too many calls are waiting; the same call later is safe.'))
        return
      }
      waiting.push({ call, resolve, reject })
      if (free > 0) schedule()
    })
}
