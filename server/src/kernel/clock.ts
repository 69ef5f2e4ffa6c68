/** Where the time comes from; tests pass one that stands still until it is moved. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

/** A clock for one piece of work, which others with clocks of their own have a part in. */
export interface RisingClock extends Clock {
  /** From now on it shows this time at the least: something happened then by another's clock. */
  raise(to: Date): void
}

export function createRisingClock(clock: Clock): RisingClock {
  let least = new Date(0)
  return {
    now() {
      const now = clock.now()
      return now < least ? least : now
    },
    raise(to) {
      if (to > least) least = to
    },
  }
}
