import { inBulkhead } from '../bulkhead.ts'
import { Problem, unavailable } from '../problem.ts'
import { createFairQueues } from './fair-queues.ts'
import { StaleRead } from './transaction.ts'

/** What became of one call of a set: its answer, or the problem that is its own. */
export type Outcome<A> = { answer: A } | { problem: unknown }

export interface BatchOptions<C, A> {
  /** Does a set of calls at once; one outcome per call, in order. */
  work(calls: C[]): Promise<Outcome<A>[]>
  /** How many sets may be under way at once. */
  concurrency: number
  /** Whose call it is: owners take turns. Without it all calls are one owner's. */
  ownerOf?: (call: C) => number
  /** Called with the size of each set. */
  observe?: (size: number) => void
}

// Should what is under way wait for a lock or a slow disk, the calls behind it do not.
const MAX_DELAY_MS = 20

interface Waiting<C, A> {
  call: C
  resolve(answer: A): void
  reject(problem: unknown): void
}

/**
 * Micro-batching (group commit) of concurrent calls of one kind: while a set is worked on the next one
 * fills. It begins when none is under way; beside another only once it is large or has waited for 20 ms,
 * or for an owner that would wait behind another's many calls. When a set fails as a whole, its calls are
 * worked on one by one, so that a bad call never fails its neighbours.
 */
export function batchCalls<C, A>(options: BatchOptions<C, A>): (call: C) => Promise<A> {
  const { work, concurrency, ownerOf = () => 0, observe } = options
  const queues = createFairQueues<Waiting<C, A>>(concurrency)
  let free = concurrency
  let isScheduled = false
  let delay: NodeJS.Timeout | undefined

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
      // A database out of reach is out of reach for each of them; a row that others change is one call's.
      const isUnavailable = error instanceof Problem && error.status === 503
      const isShared = isUnavailable && !(error instanceof StaleRead)
      if (set.length === 1 || isShared) for (const entry of set) entry.reject(error)
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
    while (free > 0 && startSet({ isLate: false })) continue
    if (free > 0 && queues.count() > 0) delay ??= setTimeout(startLate, MAX_DELAY_MS)
  }

  function startLate(): void {
    delay = undefined
    if (free > 0) startSet({ isLate: true })
    if (queues.count() > 0) schedule()
  }

  function startSet({ isLate }: { isLate: boolean }): boolean {
    const set = queues.take({ isAlone: free === concurrency, isLate })
    if (!set) return false
    clearTimeout(delay)
    delay = undefined
    free--
    void workOn(set.entries).finally(() => {
      free++
      set.done()
      if (queues.count() > 0) schedule()
    })
    return true
  }

  return (call) =>
    new Promise((resolve, reject) => {
      if (!queues.add(ownerOf(call), { call, resolve, reject })) {
        reject(unavailable('Too many calls are waiting; the same call later is safe.'))
        return
      }
      if (free > 0) schedule()
    })
}
