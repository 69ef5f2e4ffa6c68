import { unavailable } from '../kernel/problem.ts'

export interface UploadSlotsOptions {
  /** Slots for anybody. */
  capacity: number
  /** Slots beside those for owners that hold none, which a few others can't fill then. */
  reserved: number
  /** Slots that one owner may hold, so that the others never wait for that owner alone. */
  capacityPerOwner: number
  /** How long a call waits in the queue. */
  timeoutMs: number
  /** How many calls may wait. */
  maxQueued: number
}

/** A semaphore with a fair queue: first come first served, but for owners that hold as many as they may. */
export interface UploadSlots {
  /** Resolves with `release` once the caller has a slot; a 503 after the timeout or with a full queue. */
  acquire(owner: number): Promise<() => void>
}

interface QueuedCall {
  owner: number
  admit(): void
}

export function createUploadSlots(options: UploadSlotsOptions): UploadSlots {
  const { capacity, reserved, capacityPerOwner, timeoutMs, maxQueued } = options
  const holders: number[] = []
  const queue: QueuedCall[] = []
  const hasSlot = (owner: number): boolean => {
    const held = holders.filter((each) => each === owner).length
    if (held === 0) return holders.length < capacity + reserved
    return holders.length < capacity && held < capacityPerOwner
  }

  function grant(owner: number): () => void {
    holders.push(owner)
    return function release() {
      holders.splice(holders.indexOf(owner), 1)
      const next = queue.find((call) => hasSlot(call.owner))
      next?.admit()
    }
  }

  return {
    async acquire(owner) {
      // It passes no queued call that could have the slot: a release has admitted that one already.
      if (hasSlot(owner)) return grant(owner)
      if (queue.length >= maxQueued) throw full()
      return new Promise((resolve, reject) => {
        const leaveQueue = (): void => {
          clearTimeout(timer)
          queue.splice(queue.indexOf(call), 1)
        }
        const call: QueuedCall = {
          owner,
          admit() {
            leaveQueue()
            resolve(grant(owner))
          },
        }
        const timer = setTimeout(() => {
          leaveQueue()
          reject(full())
        }, timeoutMs)
        queue.push(call)
      })
    },
  }
}

function full(): Error {
  return unavailable('Too many files are coming in; the same call later is safe.')
}
