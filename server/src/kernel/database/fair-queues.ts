/*
 * Deficit round robin over the owners of what waits, each call being one row: one organization's many calls
 * never stand before another's few. Within an owner first come is first served.
 */

// Measured: beyond this a larger set gains nothing and only makes its first call wait longer.
const MAX_SET = 256
// Of one owner while others call too: who comes next waits for no more than this to be written.
const MAX_SHARE = 32
// Measured: a set costs its statements whatever its size, so that three sets of 16 side by side take
// twice the processor time of one of 48. From this size on a further set costs little more a call.
const ENOUGH_BESIDE = 32
// An owner with so few waiting does not wait behind one with more.
const FEW = 8
// For so long after its last call another owner is thought to call again.
const SHARED_MS = 1_000
// Some seconds of work, for one owner and for all; who comes later is told so at once instead of timing out.
const MAX_WAITING_OF_OWNER = 4_000
const MAX_WAITING = 20_000

interface Queue<T> {
  entries: T[]
  /** Sets under way that hold calls of it. */
  underWay: number
  /** Whether one of them holds many. */
  isHeavy: boolean
}

export interface TakenSet<T> {
  entries: T[]
  /** To be called once the set has been worked on. */
  done(): void
}

export interface FairQueues<T> {
  /** False where too many wait already. */
  add(owner: number, entry: T): boolean
  count(): number
  /**
   * The set to begin with now; undefined where it is better to wait. `isAlone`: none is under way;
   * `isLate`: what waits has waited long enough.
   */
  take(moment: { isAlone: boolean; isLate: boolean }): TakenSet<T> | undefined
}

export function createFairQueues<T>(concurrency: number): FairQueues<T> {
  /** By owner, in the order in which their turns come. */
  const queues = new Map<number, Queue<T>>()
  let waiting = 0
  let lastOwner: number | undefined
  let sharedUntil = 0
  let wereFewLast = false

  function add(owner: number, entry: T): boolean {
    const queue = queues.get(owner) ?? { entries: [], underWay: 0, isHeavy: false }
    if (waiting >= MAX_WAITING || queue.entries.length >= MAX_WAITING_OF_OWNER) return false
    if (lastOwner !== undefined && lastOwner !== owner) sharedUntil = performance.now() + SHARED_MS
    lastOwner = owner
    queue.entries.push(entry)
    queues.set(owner, queue)
    waiting++
    return true
  }

  function take({ isAlone, isLate }: { isAlone: boolean; isLate: boolean }) {
    const turns = [...queues].filter(([, { entries }]) => entries.length > 0)
    // One place is left to the others, where there is more than one; and an owner with many waiting has one less:
    // its sets would take the processors from the others' that are small.
    const most = (isHeavy: boolean): number => Math.max(1, concurrency - (isHeavy ? 2 : 1))
    const isShared = queues.size > 1 || performance.now() < sharedUntil
    const isReady = ([, { underWay, isHeavy }]: [number, Queue<T>]): boolean =>
      !isShared || underWay < most(isHeavy)
    const ready = turns.filter(isReady)
    const chosen = chooseTurns(ready, isAlone, isLate)
    return chosen.length === 0 ? undefined : fill(chosen, isShared ? MAX_SHARE : MAX_SET)
  }

  function chooseTurns(ready: [number, Queue<T>][], isAlone: boolean, isLate: boolean) {
    const few = ready.filter(([, { entries }]) => entries.length <= FEW)
    if (isAlone) {
      // Those with few go first, and every other time: those with many come to their turn too.
      wereFewLast = !wereFewLast && few.length > 0 && few.length < ready.length
      return wereFewLast ? few : ready
    }
    const isBehindHeavy = [...queues.values()].some(({ isHeavy }) => isHeavy)
    const idle = few.filter(([, { underWay }]) => underWay === 0)
    if (isBehindHeavy && idle.length > 0) return idle
    const count = ready.reduce((sum, [, { entries }]) => sum + entries.length, 0)
    return isLate || count >= ENOUGH_BESIDE ? ready : []
  }

  function fill(chosen: [number, Queue<T>][], share: number): TakenSet<T> {
    const counts = shareOut(chosen.map(([, { entries }]) => Math.min(entries.length, share)))
    const entries: T[] = []
    const taken = chosen.filter((_turn, at) => counts[at] !== 0)
    for (const [at, [owner, queue]] of chosen.entries()) {
      const count = counts[at] ?? 0
      if (count === 0) continue
      entries.push(...queue.entries.splice(0, count))
      queue.underWay++
      queue.isHeavy ||= count >= ENOUGH_BESIDE
      // An owner that had a turn is last.
      queues.delete(owner)
      queues.set(owner, queue)
    }
    waiting -= entries.length
    return { entries, done: () => endTurns(queues, taken) }
  }

  return { add, count: () => waiting, take }
}

function endTurns<T>(queues: Map<number, Queue<T>>, taken: [number, Queue<T>][]): void {
  for (const [owner, queue] of taken) {
    queue.underWay--
    if (queue.underWay > 0) continue
    queue.isHeavy = false
    if (queue.entries.length === 0) queues.delete(owner)
  }
}

/** How many each gets of a set, one in turn, of those that it wants. */
function shareOut(wanted: number[]): number[] {
  const counts = wanted.map(() => 0)
  let left = MAX_SET
  for (let round = 0; left > 0 && wanted.some((want) => want > round); round++) {
    for (const [at, want] of wanted.entries()) {
      if (want <= round || left === 0) continue
      counts[at] = round + 1
      left--
    }
  }
  return counts
}
