import type { Clock } from '../kernel/clock.ts'

/** When each key was last used, as far as it is not written yet: in memory, so that no call writes it. */
export interface KeyUses {
  /** The key `key-…` is used now. */
  count(key: string): void
  /** When this process last saw the key, since it was written last. */
  find(key: string): Date | undefined
  /** All of them, which are forgotten here. */
  take(): Map<string, Date>
}

export function createKeyUses(clock: Clock): KeyUses {
  let uses = new Map<string, Date>()
  return {
    count: (key) => void uses.set(key, clock.now()),
    find: (key) => uses.get(key),
    take() {
      const taken = uses
      uses = new Map()
      return taken
    },
  }
}
